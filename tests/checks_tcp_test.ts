/** tcp checks. */
import assert from "node:assert/strict";
import { errorOf } from "./support/checks.ts";

/** Serves one connection and gives the error of a check against it. */
async function against(
  handler: (connection: Deno.Conn) => Promise<void>,
  rest = "",
): Promise<string | undefined> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (connection) => {
    await handler(connection);
    connection.close();
  });
  const error = await errorOf(`type: tcp, host: 127.0.0.1, port: ${listener.addr.port}, ${rest}`);
  await served;
  return error;
}

const write = (text: string) => async (connection: Deno.Conn) => {
  await connection.write(new TextEncoder().encode(text));
};

/** Waits until the client has left. */
async function untilClosed(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(100);
  while (await connection.read(buffer).catch(() => null) !== null);
}

Deno.test("an open port passes, a closed one is refused", async () => {
  assert.equal(await against(untilClosed), undefined);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.equal(
    await errorOf(`type: tcp, host: 127.0.0.1, port: ${port}`),
    `cannot connect to 127.0.0.1:${port}: connection refused: nothing listens there`,
  );
});

Deno.test("what is sent is answered", async () => {
  const echo = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(100);
    const count = await connection.read(buffer) ?? 0;
    await connection.write(buffer.subarray(0, count));
    await untilClosed(connection);
  };
  assert.equal(await against(echo, 'send: "PING\\r\\n", expect: {response: PING}'), undefined);
});

Deno.test("the answer is read until it is as expected, however many pieces it has", async () => {
  const pieces = async (connection: Deno.Conn) => {
    for (const piece of ["220 ma", "il.exam", "ple.com ES"]) await write(piece)(connection);
    await write("MTP\r\n")(connection);
    await untilClosed(connection);
  };
  assert.equal(await against(pieces, "expect: {response: {matches: '^220 .* ESMTP'}}"), undefined);
});

Deno.test("another answer, none, and one without end fail", async () => {
  assert.equal(
    await against(write("500 no\r\n"), "expect: {response: '220'}"),
    'the response does not contain "220"',
  );
  assert.match(
    await against(async () => {}, "expect: {response: x}") ?? "",
    /closed the connection without an answer$/,
  );
  assert.match(
    await against(async (connection) => {
      await write("abc")(connection);
      await untilClosed(connection);
    }, "timeout: 100ms, expect: {response: x}") ?? "",
    /: timed out after 0\.1s: so far came "abc"$/,
  );
  const flood = async (connection: Deno.Conn) => {
    const chunk = new Uint8Array(65536);
    for (;;) if (await connection.write(chunk).then(() => false, () => true)) return;
  };
  assert.match(await against(flood, "expect: {response: x}") ?? "", /sent more than 65536 bytes/);
});
