/** Reaches a server with node:http, which can do what `fetch` cannot: connect without checking certificates, upgrade. */
import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { admit } from "../../runtime/seam/confinement.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { wantsCredentials } from "./connection_error.ts";
import { environmentProxy } from "./environment_proxy.ts";
import { defaultRoots, hasRoots } from "./roots.ts";
import { type Proxy, type Settings, speaksHttp } from "./settings.ts";

/** How to make a request: with which function, and what to give it beside method and headers. */
export interface Route {
  readonly request: typeof requestHttp;
  readonly options: RequestOptions;
  /** What a proxy wants to see of a request that it passes on. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Finds the way to a server: directly, through a proxy, or a socket.
 *
 * @param tunnel Whether a proxy must not see what is sent, encrypted or not
 * @throws {unknown} What a connection failed with, or the signal's reason
 */
export async function findRoute(
  url: URL,
  settings: Settings,
  signal: AbortSignal,
  tunnel = false,
): Promise<Route> {
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const host = hostOf(url);
  const port = portOf(url);
  const path = `${url.pathname}${url.search}`;
  const tls = tlsOptions(settings, host);
  const { unixSocket } = settings;
  if (unixSocket !== undefined) {
    if (!secure) return plainRoute({ socketPath: unixSocket, path, agent: false });
    const socket = await opened(connectPlain({ path: unixSocket }), "connect", signal);
    return over(await secured(socket, tls, signal), path);
  }
  const proxy = settings.proxy ?? environmentProxy(url);
  if (proxy === undefined) await admit(host, port, signal);
  else await admit(hostOf(proxy.url), portOf(proxy.url), signal);
  if (proxy === undefined) {
    if (!secure) return plainRoute({ host, port, path, agent: false });
    return { request: requestHttps, options: { host, port, path, agent: false, ...tls }, headers: {} };
  }
  if (!speaksHttp(proxy)) {
    throw new ScriptError("this kind of request cannot go through a socks5 proxy: use an http proxy");
  }
  if (!secure && !tunnel) return passedOn(url, proxy, settings);
  const socket = await openTunnel(proxy, settings, `${url.hostname}:${port}`, signal);
  return over(secure ? await secured(socket, tls, signal) : socket, path);
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" || protocol === "wss:" ? 443 : 80;
}

function plainRoute(options: RequestOptions): Route {
  return { request: requestHttp, options, headers: {} };
}

/** A request over a connection that is there already. */
function over(socket: Socket, path: string): Route {
  return plainRoute({ path, createConnection: () => socket });
}

function passedOn(url: URL, proxy: Proxy, settings: Settings): Route {
  return {
    ...proxyRequest(proxy, settings, { path: url.href }),
    headers: proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization },
  };
}

function proxyRequest({ url }: Proxy, settings: Settings, options: RequestOptions): Omit<Route, "headers"> {
  const secure = url.protocol === "https:";
  const host = hostOf(url);
  const port = portOf(url);
  const common = { ...options, host, port, agent: false } as const;
  return secure
    ? { request: requestHttps, options: { ...common, ...tlsOptions(settings, host) } }
    : { request: requestHttp, options: common };
}

/** Asks a proxy for a connection of its own to `target`, as `host:port`. */
function openTunnel(proxy: Proxy, settings: Settings, target: string, signal: AbortSignal): Promise<Socket> {
  const { request, options } = proxyRequest(proxy, settings, { path: target });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const outgoing = request({
    ...options,
    method: "CONNECT",
    headers: {
      host: target,
      ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
    },
  });
  const stop = () => outgoing.destroy(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const name = `the proxy ${proxy.url.host}`;
  outgoing.on("connect", ({ statusCode = 0 }, socket: Socket) => {
    if (statusCode >= 200 && statusCode < 300) return resolve(socket);
    socket.destroy();
    reject(
      new ScriptError(
        statusCode === 407
          ? wantsCredentials(proxy.url)
          : `${name} refused the connection to ${target} (status ${statusCode})`,
      ),
    );
  });
  outgoing.on("error", (error) => reject(signal.aborted ? signal.reason : proxyFailure(name, error)));
  outgoing.end();
  return promise.finally(() => signal.removeEventListener("abort", stop));
}

function proxyFailure(name: string, error: Error): ScriptError {
  return new ScriptError(`${name} cannot be used: ${error.message}`, { cause: error });
}

async function secured(socket: Socket, options: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  return await opened(connectTls({ ...options, socket }), "secureConnect", signal);
}

/** Waits until a connection stands. */
function opened<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const stop = () => socket.destroy(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const fail = (error: Error) => reject(error);
  const left = () => reject(new Error("socket hang up"));
  socket.once(event, () => resolve(socket));
  socket.once("error", fail);
  socket.once("close", left);
  return promise.finally(() => {
    signal.removeEventListener("abort", stop);
    socket.off("close", left);
    // Without a listener an error later on would end the process
    socket.on("error", () => {});
  });
}

function tlsOptions({ caCerts, identity, verify }: Settings, host: string): ConnectionOptions {
  return {
    // An address is no name to ask for: RFC 6066, section 3
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ...(caCerts.length === 0 && !hasRoots() ? {} : { ca: [...defaultRoots(), ...caCerts] }),
    ...(identity === undefined ? {} : identity),
    ...(verify ? {} : { rejectUnauthorized: false }),
  };
}
