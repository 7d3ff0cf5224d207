/** WebSocket frames and handshakes, right and wrong, as the client takes them. */
import assert from "node:assert/strict";
import { withUrl } from "./support/http_client.ts";
import { luaError, runLua } from "./support/lua.ts";
import { clientFrames, socketServer } from "./support/socket_server.ts";
import { rawServer } from "./support/wire.ts";

const CONNECT = `local conn = ws.connect(env.get("URL")) `;

async function run(url: string, code: string): Promise<readonly unknown[]> {
  return await runLua(code, withUrl(url));
}

const close = (code: number, reason = "") =>
  `\x88${String.fromCharCode(2 + reason.length, code >> 8, code & 0xff)}${reason}`;

Deno.test("messages in pieces, with pings between them, are whole messages", async () => {
  const bytes = "\x01\x03fra\x89\x02hi\x00\x03gme\x80\x02nt\x82\x01\xff\x81\x00" + close(1000, "bye");
  for (const size of [bytes.length, 1, 3]) {
    await using server = socketServer(bytes, { size });
    const results = await run(
      server.url,
      `${CONNECT} local a, b, c = conn:recv(), conn:receive(), conn:receive()
       local last = conn:read()
       return a, b.data, b.binary, c.data, c.binary, last, conn:ending().code, conn:ending().reason`,
    );
    assert.deepEqual(results, ["fragment", "\xff", true, "", false, undefined, 1000, "bye"]);
    assert.deepEqual(clientFrames(await server.received), [
      { opcode: 0xa, payload: "hi" },
      { opcode: 0x8, payload: "\x03\xe8" },
    ]);
  }
});

Deno.test("what breaks the protocol ends the connection with its code, and says so", async () => {
  const cases: Record<string, [bytes: string, code: number]> = {
    "a frame uses an extension that was not agreed on": ["\xc1\x01a", 1002],
    "a frame is of the unknown kind 3": ["\x83\x01a", 1002],
    "a frame of the server is masked": ["\x81\x81\x00\x00\x00\x00a", 1002],
    "a control frame is too long or in pieces": ["\x09\x00", 1002],
    "a message begins in its middle": ["\x80\x01a", 1002],
    "a message begins within another": ["\x01\x01a\x81\x01b", 1002],
    "a close frame holds half a code": ["\x88\x01\x03", 1002],
    "a close frame holds the code 1005": [close(1005), 1002],
    "a text message is not UTF-8": ["\x81\x01\xff", 1007],
    "a close reason is not UTF-8": [close(1000, "\xff"), 1007],
  };
  for (const [message, [bytes, code]] of Object.entries(cases)) {
    await using server = socketServer(bytes);
    const raised = await luaError(`${CONNECT} conn:recv()`, withUrl(server.url));
    assert.equal(raised, `test.lua:1: ws.recv: connection closed: ${message}`);
    assert.deepEqual(clientFrames(await server.received), [
      { opcode: 0x8, payload: String.fromCharCode(code >> 8, code & 0xff) },
    ]);
  }
});

Deno.test("a message beyond max_message is refused, announced, in pieces or of an absurd length", async () => {
  const cases = [
    "\x82\x7e\x00\x80" + "x".repeat(128),
    "\x02\x7d" + "x".repeat(125) + "\x80\x01x",
    "\x82\x7f" + "\x7f".repeat(8),
  ];
  for (const bytes of cases) {
    await using server = socketServer(bytes);
    const code = `ws.connect(env.get("URL"), { max_message = 125 }):recv()`;
    assert.match(
      await luaError(code, withUrl(server.url)),
      /ws\.recv: connection closed: a message is larger than 125 bytes: raise max_message$/,
    );
    assert.deepEqual(clientFrames(await server.received), [{ opcode: 0x8, payload: "\x03\xf1" }]);
  }
});

Deno.test("a server that leaves without a close frame is told apart from one that closes", async () => {
  await using server = socketServer("\x81\x01a", { end: true });
  const results = await run(server.url, `${CONNECT} return conn:recv(), pcall(conn.recv, conn)`);
  assert.deepEqual(results.slice(0, 2), ["a", false]);
  assert.match(String(results[2]), /connection closed: the other side left without a close frame$/);
});

Deno.test("a close frame without a code is answered, and has no more to tell", async () => {
  await using server = socketServer("\x88\x00");
  assert.equal(
    await luaError(`${CONNECT} conn:recv()`, withUrl(server.url)),
    "test.lua:1: ws.recv: connection closed",
  );
  assert.deepEqual(clientFrames(await server.received), [{ opcode: 0x8, payload: "\x03\xe8" }]);
});

Deno.test("an answer that is no handshake is refused", async () => {
  const cases: Record<string, Record<string, string>> = {
    "no WebSocket handshake (Sec-WebSocket-Accept does not fit)": { "Sec-WebSocket-Accept": "x" },
    "the server uses an extension that was not asked for": {
      "Sec-WebSocket-Extensions": "permessage-deflate",
    },
    'the server chose the subprotocol "b", which was not asked for': { "Sec-WebSocket-Protocol": "b" },
  };
  for (const [message, lines] of Object.entries(cases)) {
    await using server = socketServer("", { lines });
    const raised = await luaError(`ws.connect(env.get("URL"), { subprotocols = "a" })`, withUrl(server.url));
    assert.ok(raised.startsWith("test.lua:1: ws.connect: cannot connect to ws://127.0.0.1:"), raised);
    assert.ok(raised.endsWith(message), raised);
  }
});

Deno.test("headers of the handshake cannot be replaced, others can", async () => {
  await using server = socketServer(close(1000));
  await run(
    server.url,
    `ws.connect(env.get("URL"), { headers = {
       Upgrade = "other", ["Sec-WebSocket-Key"] = "x", Host = "name.example", ["User-Agent"] = "own", Many = { 1, 2 },
     } }):read()`,
  );
  const head = await server.request;
  assert.match(head, /^GET \/ HTTP\/1\.1\r\n/);
  assert.match(head, /^upgrade: websocket\r$/mi);
  assert.match(head, /^host: name\.example\r$/mi);
  assert.match(head, /^user-agent: own\r$/mi);
  assert.match(head, /^many: 1\r\nmany: 2\r$|^many: 1, 2\r$/mi);
  assert.doesNotMatch(head, /other|^sec-websocket-key: x\r$/mi);
});

Deno.test("connecting ends at its timeout, and with its VM", async () => {
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  await using server = rawServer(async function* () {
    arrived();
    await never;
    yield "";
  });
  const url = server.url.replace("http", "ws");
  assert.match(
    await luaError(`ws.connect("${url}", { timeout = 0.05 })`),
    /ws\.connect: cannot connect to ws:.*: timed out after 0\.05s$/,
  );
  const controller = new AbortController();
  const running = runLua(`ws.connect("${url}")`, { signal: controller.signal });
  await asked;
  controller.abort(new Error("the VM has ended"));
  await assert.rejects(running, /the VM has ended/);
  release();
});

Deno.test("a connection ends with its VM", async () => {
  await using server = socketServer("\x81\x01a");
  const controller = new AbortController();
  const code = `${CONNECT} conn:recv() ready() conn:recv()`;
  const { testSession } = await import("./support/lua.ts");
  const { session } = await testSession({ ...withUrl(server.url), signal: controller.signal });
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  session.vm.globals.set("ready", session.vm.newFunction("ready", () => resolve()));
  const running = session.run(code, "test.lua");
  await ready;
  controller.abort(new Error("the VM has ended"));
  await assert.rejects(running, /the VM has ended|connection closed/);
  assert.equal(await server.received, "");
});

Deno.test("a ping without an answer times out", async () => {
  await using server = socketServer("");
  assert.match(
    await luaError(`${CONNECT} conn:ping({ timeout = 0.01 })`, withUrl(server.url)),
    /ws\.ping: timed out after 0\.01s$/,
  );
});

Deno.test("a server that speaks something else is told apart", async () => {
  await using foreign = rawServer(() => ["SSH-2.0-server\r\n"]);
  await using mute = rawServer(() => []);
  const at = ({ port }: { port: number }, scheme = "ws") => `ws.connect("${scheme}://127.0.0.1:${port}/")`;
  assert.match(
    await luaError(at(foreign)),
    /does not answer in HTTP\/1\.1: is the URL to begin with wss:\/\//,
  );
  assert.match(await luaError(at(mute)), /closed the connection without an answer$/);
  await using plain = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response());
  assert.match(await luaError(at(plain.addr, "wss")), /does not speak TLS: is the URL to begin with ws:\/\//);
});
