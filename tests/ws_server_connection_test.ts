/** The connection object over the platform's WebSocket, as a handler of `http.serve` has it. */
import assert from "node:assert/strict";
import { serverConnection } from "../builtins/ws/connection.ts";
import type { LuaValue } from "../runtime/seam/value.ts";
import { fromText } from "../runtime/seam/text.ts";
import { testSession } from "./support/lua.ts";

/** Serves one WebSocket with Lua code that has it as `conn`, while `client` uses the other end. */
async function converse(
  code: string,
  client: (socket: WebSocket) => Promise<void>,
  maxMessage?: number,
): Promise<LuaValue> {
  const { session } = await testSession();
  const result = Promise.withResolvers<LuaValue>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    session.vm.globals.set("conn", serverConnection(session, socket, maxMessage));
    session.run(fromText(code), "handler.lua").then(([first]) => result.resolve(first), result.reject);
    return response;
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  await client(socket);
  const value = await result.promise;
  socket.close();
  await closed;
  return value;
}

const opened = (socket: WebSocket) => new Promise((resolve) => socket.onopen = resolve);
const next = (socket: WebSocket) =>
  new Promise<MessageEvent>((resolve) => socket.addEventListener("message", resolve, { once: true }));

Deno.test("a handler writes before and after the client has spoken, text and bytes", async () => {
  const result = await converse(
    `conn:write("welcome") local text = conn:read() conn:write("\\0\\255", { binary = true })
     local message = conn:receive() conn:close(4002, "enough")
     return text .. tostring(message.binary) .. #message.data .. tostring(conn:is_closed())`,
    async (socket) => {
      socket.binaryType = "arraybuffer";
      const closing = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
      assert.equal((await next(socket)).data, "welcome");
      socket.send("hé");
      assert.deepEqual(new Uint8Array((await next(socket)).data), Uint8Array.of(0, 255));
      socket.send(Uint8Array.of(1, 2, 3));
      const { code, reason } = await closing;
      assert.deepEqual([code, reason], [4002, "enough"]);
    },
  );
  assert.equal(result, fromText("hétrue3true"));
});

Deno.test("a client that closes ends read, and tells its code", async () => {
  const result = await converse(
    `local last = conn:read() return tostring(last) .. conn:ending().code .. conn:ending().reason`,
    async (socket) => {
      await opened(socket);
      socket.close(3001, "over");
    },
  );
  assert.equal(result, "nil3001over");
});

Deno.test("a server closes with the codes of the protocol too", async () => {
  for (const code of [1001, 1008, 1013, 3000, 4999]) {
    await converse(`conn:close(${code})`, async (socket) => {
      const closing = await new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
      assert.equal(closing.code, code);
    });
  }
});

Deno.test("a server's connection leaves pings to the platform", async () => {
  const result = await converse(
    `local ok, message = pcall(conn.ping, conn) conn:close() return message`,
    async () => {},
  );
  assert.match(String(result), /ws\.ping: a server's connection sends its pings by itself$/);
});

Deno.test("what nobody receives is kept up to max_message, then the connection ends", async () => {
  const result = await converse(
    `while not conn:is_closed() do sleep(0.001) end
     local sum = #conn:read() + #conn:read() local _, message = pcall(conn.recv, conn)
     return sum .. tostring(message)`,
    async (socket) => {
      await opened(socket);
      socket.send("x".repeat(60));
      socket.send("x".repeat(60));
    },
    100,
  );
  assert.match(String(result), /^120.*more than 100 bytes wait to be received: raise max_message/s);
});
