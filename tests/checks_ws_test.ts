/** ws checks. */
import assert from "node:assert/strict";
import type { CheckResult } from "../checks/run/result.ts";
import { assay, withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { errorOf } from "./support/checks.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";
import { webService } from "./support/web_service.ts";

/** A server that sends messages to whoever connects, and then closes or waits. */
function sender(messages: readonly string[], closes: boolean) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      for (const message of messages) socket.send(message);
      if (closes) socket.close(1001, "bye");
    };
    return response;
  });
  return { url: `ws://127.0.0.1:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("a message is sent and comes back", async () => {
  await using service = webService();
  const url = `${service.url.replace("http", "ws")}/ws`;
  assert.equal(await errorOf(`type: ws, url: '${url}'`), undefined);
  assert.equal(
    await errorOf(`type: ws, url: '${url}', send: 'hällo', expect: {message: {equals: 'hällo'}}`),
    undefined,
  );
});

Deno.test("other messages are passed over", async () => {
  await using server = sender(["a", "b", "ready 5"], false);
  assert.equal(
    await errorOf(`type: ws, url: '${server.url}', expect: {message: {matches: 'ready \\d'}}`),
    undefined,
  );
});

Deno.test("a server that closes, and one that is silent", async () => {
  await using closing = sender(["a", "b"], true);
  assert.equal(
    await errorOf(`type: ws, url: '${closing.url}', expect: {message: c}`),
    'connection closed: code 1001, bye: the message does not contain "c" (last message: "b")',
  );
  await using silent = sender([], false);
  assert.equal(
    await errorOf(`type: ws, url: '${silent.url}', timeout: 200ms, expect: {message: c}`),
    "timed out after 0.2s: the message did not come",
  );
});

Deno.test("no connection, and a server that does not upgrade", async () => {
  assert.match(
    await errorOf(`type: ws, url: '${refusedUrl().replace("http", "ws")}'`) ?? "",
    /^cannot connect to ws:\/\/127\.0\.0\.1:\d+: connection refused: nothing listens on/,
  );
  await using server = new MockServer({ body: "x" });
  assert.match(
    await errorOf(`type: ws, url: '${server.url.replace("http", "ws")}/'`) ?? "",
    /the server answered with status 200 and does not upgrade to WebSocket$/,
  );
});

Deno.test("over TLS with a CA of one's own, in the confined worker", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("IP:127.0.0.1", 2);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      (request) => {
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onopen = () => socket.send("hello");
        return response;
      },
    );
    const keys = `type: ws, url: 'wss://127.0.0.1:${server.addr.port}/', expect: {message: hello}`;
    const yaml = `{retries: 0, checks: [{name: a, ${keys}, ca: ca.pem}, {name: b, ${keys}}]}`;
    await Deno.writeTextFile(`${folder}/checks.yaml`, yaml);
    const { stdout } = await assay(["checks.yaml"], { cwd: folder });
    const [known, unknown] = (JSON.parse(stdout) as { results: CheckResult[] }).results;
    assert.equal(known?.error, undefined);
    assert.match(unknown?.error ?? "", /is not trusted: unknown issuer \(name its CA in 'ca'/);
  });
});
