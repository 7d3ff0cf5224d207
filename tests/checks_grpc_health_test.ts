/** grpc_health checks, against a server of the protocol. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { assay, withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { errorOf } from "./support/checks.ts";

interface HealthServer extends AsyncDisposable {
  port: number;
  /** The bodies of the requests. */
  requests: Uint8Array[];
}

/** A message of the protocol: not compressed, its length, its bytes. */
const message = (...bytes: number[]) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes]);

async function serve(
  answer: (stream: ServerHttp2Stream) => void,
  tls?: { cert: string; key: string },
): Promise<HealthServer> {
  const server: Http2Server = tls === undefined ? createServer() : createSecureServer(tls);
  const requests: Uint8Array[] = [];
  server.on("stream", (stream) => {
    const chunks: Uint8Array[] = [];
    stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    stream.on("error", () => {});
    stream.on("end", () => {
      requests.push(Buffer.concat(chunks));
      answer(stream);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  };
}

function answering(status: number) {
  return (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(status === 0 ? message() : message(8, status));
  };
}

const check = ({ port }: HealthServer, rest = "") =>
  errorOf(`type: grpc_health, host: 127.0.0.1, port: ${port}, ${rest}`);

Deno.test("a server that serves passes; the service is asked for by name", async () => {
  await using server = await serve(answering(1));
  assert.equal(await check(server), undefined);
  assert.equal(await check(server, "service: my.Service"), undefined);
  assert.deepEqual(server.requests.map((bytes) => [...bytes]), [
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 12, 10, 10, ...Buffer.from("my.Service")],
  ]);
});

Deno.test("another status fails unless it is expected", async () => {
  await using server = await serve(answering(2));
  assert.equal(
    await check(server),
    `gRPC health of 127.0.0.1:${server.port}: expected SERVING, got NOT_SERVING`,
  );
  assert.equal(await check(server, "expect: {status: NOT_SERVING}"), undefined);
  await using unknown = await serve(answering(0));
  assert.match(await check(unknown) ?? "", /got UNKNOWN$/);
});

Deno.test("an error of the protocol is told with its meaning", async () => {
  await using server = await serve((stream) => {
    stream.respond({ ":status": 200, "grpc-status": "5", "grpc-message": "unknown%20service" });
    stream.end();
  });
  assert.match(
    await check(server) ?? "",
    /: gRPC status 5 \(the server does not know the service\): unknown service$/,
  );
});

Deno.test("servers of something else, of nothing, and one that hangs", async () => {
  await using other = await serve((stream) => {
    stream.respond({ ":status": 404 });
    stream.end("no");
  });
  assert.match(await check(other) ?? "", /HTTP status 404: is this a gRPC server\?$/);
  await using wrong = await serve((stream) => {
    stream.respond({ ":status": 200, "grpc-status": "0" });
    stream.end("garbage");
  });
  assert.match(await check(wrong) ?? "", /the answer is no single message without compression$/);
  await using hanging = await serve(() => {});
  assert.match(await check(hanging, "timeout: 200ms") ?? "", /: timed out after 0\.2s$/);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.match(
    await errorOf(`type: grpc_health, host: 127.0.0.1, port: ${port}`) ?? "",
    /connection refused: nothing listens there$/,
  );
});

Deno.test("over TLS, in the confined worker", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    await using server = await serve(answering(1), await authority.issue("IP:127.0.0.1", 2));
    const keys = `type: grpc_health, host: 127.0.0.1, port: ${server.port}, ca: '${authority.file}'`;
    assert.equal(await errorOf(keys), undefined);
    await Deno.writeTextFile(`${folder}/checks.yaml`, `{retries: 0, checks: [{name: a, ${keys}}]}`);
    const { status, stdout } = await assay(["checks.yaml"], { cwd: folder });
    assert.equal(status, 0, stdout);
  });
});
