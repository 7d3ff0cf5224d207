/** An HTTP proxy of a test: passes on what it is asked for, and keeps the heads of the requests. */
import { createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Certificate } from "./certificates.ts";

export interface Proxy extends AsyncDisposable {
  /** `host:port`. */
  address: string;
  /** Lines such as `CONNECT host:port` and `GET http://host/path`. */
  requests: string[];
}

/**
 * @param credentials `user:password` that it asks for; others get status 407
 * @param certificate Of the proxy itself, which is then reached over TLS
 */
export async function startProxy(credentials?: string, certificate?: Certificate): Promise<Proxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const refused = ({ headers }: IncomingMessage) =>
    credentials !== undefined && headers["proxy-authorization"] !== `Basic ${btoa(credentials)}`;
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    requests.push(`${incoming.method} ${incoming.url}`);
    if (refused(incoming)) {
      outgoing.writeHead(407).end();
      return;
    }
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const onward = requestHttp(incoming.url ?? "", { method: incoming.method ?? "GET", headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  };
  const server = certificate === undefined ? createServer(pass) : createSecureServer(certificate, pass);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket, head: Uint8Array) => {
    requests.push(`CONNECT ${incoming.url}`);
    socket.on("error", () => {});
    if (refused(incoming)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const onward = connect({ host: hostname, port: Number(port) }, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      if (head.length > 0) onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    sockets.add(onward);
    onward.on("close", () => {
      sockets.delete(onward);
      socket.destroy();
    });
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
    socket.on("close", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
