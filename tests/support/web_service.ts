/** A web service whose answers the Lua pages of tests/lua/network/ know. */

export interface WebService extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  url: string;
}

/**
 * | path | answer |
 * | --- | --- |
 * | `/request` | what has come, as JSON: method, url, headers, body (text) |
 * | `/body` | the body as it came |
 * | `/status/N?…` | status N; a query becomes header lines |
 * | `/chunked`, `/gzip` | the text "some text" in pieces; packed |
 * | `/flaky/N/NAME` | status 503 N times for each NAME, then 200 with the number of requests |
 * | `/events` | three server-sent events |
 * | `/ws` | a WebSocket that sends back what it gets, speaks the first subprotocol, and tells its headers when asked |
 */
export function webService(): WebService {
  const counts = new Map<string, number>();
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const [, name = "", ...rest] = url.pathname.split("/");
    switch (name) {
      case "request":
        return Response.json({
          method: request.method,
          url: url.pathname + url.search,
          headers: Object.fromEntries(request.headers),
          body: await request.text(),
        });
      case "body":
        return new Response(await request.bytes());
      case "status":
        return new Response(null, { status: Number(rest[0]), headers: [...url.searchParams] });
      case "chunked":
        return new Response(ReadableStream.from(["some", " ", "text"]).pipeThrough(new TextEncoderStream()));
      case "gzip":
        return new Response(
          new Blob(["some text"]).stream().pipeThrough(new CompressionStream("gzip")),
          { headers: { "content-encoding": "gzip" } },
        );
      case "flaky": {
        const count = (counts.get(url.pathname) ?? 0) + 1;
        counts.set(url.pathname, count);
        return new Response(String(count), { status: count > Number(rest[0]) ? 200 : 503 });
      }
      case "events":
        return new Response("data: 1\n\nevent: e\ndata: 2\n\nid: 3\n\n", {
          headers: { "content-type": "text/event-stream" },
        });
      case "ws":
        return upgrade(request, sockets);
      default:
        return new Response("not found", { status: 404 });
    }
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

function upgrade(request: Request, sockets: Set<WebSocket>): Response {
  const [protocol] = (request.headers.get("sec-websocket-protocol") ?? "").split(", ");
  const headers = JSON.stringify(Object.fromEntries(request.headers));
  const { socket, response } = Deno.upgradeWebSocket(request, protocol ? { protocol } : {});
  sockets.add(socket);
  socket.onclose = () => sockets.delete(socket);
  socket.onmessage = ({ data }) => {
    if (data === "headers") return socket.send(headers);
    const [, code, reason] = /^close (\d+) (.*)$/.exec(data) ?? [];
    if (code !== undefined) socket.close(Number(code), reason);
    else socket.send(data);
  };
  return response;
}
