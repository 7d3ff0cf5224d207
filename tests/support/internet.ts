/**
 * Stands for every host that a script may want to reach: a proxy that answers `http://` and `https://` requests
 * itself. A script keeps its own addresses; `HTTP_PROXY`, `HTTPS_PROXY` and `DENO_CERT` lead it here.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { makeAuthority } from "./certificates.ts";

/** A request as a service gets it. */
export interface ServiceRequest {
  method: string;
  /** As in the URL: with the port where there is one. */
  host: string;
  path: string;
  /** Without `?`. */
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A body alone is status 200; an object or array is sent as JSON. */
export type ServiceReply = object | string | Answer;

/** A reply with more than a body. */
export class Answer {
  constructor(
    readonly status: number,
    readonly body: object | string = "",
    readonly headers: Record<string, string> = {},
  ) {}
}

/** Answers a request. @param before How many there have been already */
export type Service = (request: ServiceRequest, before: number) => ServiceReply;

/** What services answer, by `METHOD host/path`. */
export type Services = Record<string, ServiceReply | Service>;

/** Answers one request after the other; the last reply is given again and again. */
export function inTurn(...replies: readonly [ServiceReply, ...ServiceReply[]]): Service {
  return (_request, before) => replies[Math.min(before, replies.length - 1)] ?? "";
}

export class Internet implements AsyncDisposable {
  /** The routes that have been asked for, once a request. */
  readonly asked: string[] = [];
  /** Requests that no service is there for. */
  readonly unexpected: string[] = [];
  readonly #services: Services;
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  #environment: Record<string, string> = {};

  private constructor(services: Services) {
    this.#services = services;
  }

  /** @param folder Where its certificates go */
  static async start(services: Services, folder: string): Promise<Internet> {
    const internet = new Internet(services);
    const hosts = Object.keys(services).map((route) => /^\S+ ([^:/]+)/.exec(route)?.[1] ?? "");
    const authority = await makeAuthority(folder);
    // A Host header may name another host of the domain than the URL does
    const siblings = hosts.map((host) => host.replace(/^[^.]+(?=\..*\.)/, "*"));
    const names = [...new Set([...hosts, ...siblings])].map((host) => `DNS:${host}`).join(",");
    const handler = (incoming: IncomingMessage, outgoing: ServerResponse) =>
      void internet.#answer(incoming, outgoing);
    const certificate = await authority.issue(names || "DNS:localhost", 1);
    const secure = createSecureServer(certificate, handler);
    const securePort = await internet.#listen(secure);
    const proxy = createServer(handler);
    proxy.on("connect", (_request: IncomingMessage, socket: Socket, head: Uint8Array) => {
      const onward = connect({ host: "127.0.0.1", port: securePort }, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        if (head.length > 0) onward.write(head);
        onward.pipe(socket);
        socket.pipe(onward);
      });
      for (const one of [socket, onward]) one.on("error", () => {});
      socket.on("close", () => onward.destroy());
    });
    const address = `http://127.0.0.1:${await internet.#listen(proxy)}`;
    internet.#environment = {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      NO_PROXY: "",
      DENO_CERT: authority.file,
    };
    return internet;
  }

  /** What leads a process here. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", headers } = incoming;
    const host = headers.host ?? "";
    // A proxy is given whole URLs, a server behind CONNECT paths
    const target = (incoming.url ?? "").replace(/^http:\/\/[^/]*/, "");
    const [, path = "", query = ""] = /^([^?]*)\??(.*)$/.exec(target) ?? [];
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
    const reply = this.#reply({ method, host, path, query, headers, body });
    const { status, body: content, headers: more } = reply instanceof Answer ? reply : new Answer(200, reply);
    const isText = typeof content === "string";
    outgoing.writeHead(status, { ...(isText ? {} : { "content-type": "application/json" }), ...more });
    outgoing.end(isText ? content : JSON.stringify(content));
  }

  #reply(request: ServiceRequest): ServiceReply {
    const route = `${request.method} ${request.host}${request.path}`;
    const service = this.#services[route];
    if (service === undefined) {
      this.unexpected.push(`${route}?${request.query}`);
      return new Answer(404, `no service for ${route}`);
    }
    const before = this.asked.filter((other) => other === route).length;
    this.asked.push(route);
    // A function is an object too, so that its type must be told
    return typeof service === "function" ? (service as Service)(request, before) : service;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}
