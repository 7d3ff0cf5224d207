/**
 * The socket of a PostgreSQL connection: connected, and with TLS where that is wanted. After "SSL Session
 * Encryption" in the chapter "Message Flow" of PostgreSQL's manual.
 */
import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { admit } from "../../../runtime/seam/confinement.ts";
import { DatabaseFailure } from "../failure.ts";
import type { ServerSettings } from "../settings.ts";
import { type TlsOptions, tlsOptions } from "../tls.ts";
import type { Tap } from "./tap.ts";

/** Length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const YES = "S".charCodeAt(0);
const NO = "N".charCodeAt(0);

/**
 * Connects.
 *
 * @param tap Sees what the server sends
 * @throws {DatabaseFailure | Error} What the socket says
 */
export async function openSocket(settings: ServerSettings, tap: Tap): Promise<Socket> {
  const options = await tlsOptions(settings.tls);
  if (settings.socket === undefined) {
    await admit(settings.host, settings.port, AbortSignal.timeout(settings.connectTimeout * 1000));
  }
  const plain = settings.socket === undefined
    ? connectTcp(settings.port, settings.host)
    : connectTcp(`${settings.socket}/.s.PGSQL.${settings.port}`);
  const timer = setTimeout(
    () => plain.destroy(new DatabaseFailure(`no connection within ${settings.connectTimeout} s`)),
    settings.connectTimeout * 1000,
  );
  try {
    await happened(plain, "connect");
    plain.setNoDelay(true);
    const socket = options === undefined ? plain : await encrypted(plain, settings, options);
    // Until the driver listens, an error would be nobody's
    socket.on("error", () => {});
    socket.on("data", (chunk: Uint8Array) => tap.take(chunk));
    return socket;
  } catch (error) {
    plain.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function encrypted(plain: Socket, settings: ServerSettings, options: TlsOptions): Promise<Socket> {
  plain.write(SSL_REQUEST);
  const answer = await firstByte(plain);
  if (answer === NO && settings.tls.mode === "prefer") return plain;
  if (answer !== YES) {
    throw new DatabaseFailure("the server has no TLS: use sslmode=disable, or sslmode=prefer to do without");
  }
  const { host, tls } = settings;
  const secure = connectTls({
    ...options,
    socket: plain,
    ...(isIP(host) ? { host } : { servername: host }),
    ...(tls.mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  } as ConnectionOptions);
  await happened(secure, "secureConnect");
  return secure;
}

async function firstByte(socket: Socket): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  socket.once("data", (chunk: Uint8Array) => resolve(chunk[0]));
  socket.once("error", reject);
  const closed = () => reject(new DatabaseFailure("the server closed the connection"));
  socket.once("close", closed);
  try {
    return await promise;
  } finally {
    socket.off("error", reject);
    socket.off("close", closed);
  }
}

async function happened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, resolve);
  socket.once("error", reject);
  const closed = () => reject(new DatabaseFailure("the server closed the connection"));
  socket.once("close", closed);
  try {
    await promise;
  } finally {
    socket.off("error", reject);
    socket.off("close", closed);
  }
}
