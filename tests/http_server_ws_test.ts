/** Handlers of `http.serve` that go on as WebSockets. */
import assert from "node:assert/strict";
import { answerOf, exchangeBytes, rawRequest, withService } from "./support/service.ts";

/** Opens a socket; gives its messages and its end as they come. */
function connect(url: string, protocols: string[] = []) {
  const socket = new WebSocket(url.replace("http", "ws"), protocols);
  socket.binaryType = "arraybuffer";
  const messages: (string | Uint8Array)[] = [];
  const ended = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  const opened = new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  let wake = () => {};
  socket.addEventListener("message", ({ data }) => {
    messages.push(typeof data === "string" ? data : new Uint8Array(data));
    wake();
  });
  const next = async () => {
    while (messages.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return messages.shift();
  };
  return { socket, opened, ended, next };
}

Deno.test("text and bytes go both ways, and the connection ends with its function", async () => {
  await withService(
    `{ GET = { ["/echo/:name"] = function(req) return { ws = function(conn)
      conn:write("hello " .. req.params.name)
      for _ = 1, 2 do
        local message = conn:receive()
        conn:write(message.data:rep(2), { binary = message.binary })
      end
    end } end } }`,
    async ({ url, logged }) => {
      const { socket, next, ended } = connect(`${url}/echo/w%C3%B6rld`);
      assert.equal(await next(), "hello wörld");
      socket.send("ü");
      assert.equal(await next(), "üü");
      socket.send(new Uint8Array([0, 255]));
      assert.deepEqual(await next(), new Uint8Array([0, 255, 0, 255]));
      const { code, wasClean } = await ended;
      assert.equal(code, 1000);
      assert.ok(wasClean);
      assert.doesNotMatch(logged(), /ERROR/);
    },
  );
});

Deno.test("the function chooses the close code, and learns the client's", async () => {
  await withService(
    `{ GET = {
      ["/close"] = function() return { ws = function(conn) conn:close(4001, "enough") end } end,
      ["/"] = function() return { ws = function(conn)
        got = tostring(conn:read()) .. " " .. tostring(conn:is_closed())
        seen = conn:ending()
      end } end,
      ["/seen"] = function() while not seen do sleep(0.001) end return { json = { got, seen.code, seen.reason } } end,
    } }`,
    async ({ url }) => {
      const closed = await connect(`${url}/close`).ended;
      assert.equal(closed.code, 4001);
      assert.equal(closed.reason, "enough");
      const { socket, opened } = connect(url);
      await opened;
      socket.close(4002, "bye");
      assert.deepEqual(await (await fetch(`${url}/seen`)).json(), ["nil true", 4002, "bye"]);
    },
  );
});

Deno.test("a subprotocol is agreed on where the client has offered it", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { protocol = "v2.test", ws = function(conn) conn:write(conn:protocol()) end } end } }`,
    async ({ url, logged }) => {
      const { socket, next, ended } = connect(url, ["v1.test", "v2.test"]);
      assert.equal(await next(), "v2.test");
      assert.equal(socket.protocol, "v2.test");
      await ended;
      await connect(url, ["v1.test"]).ended;
      assert.match(logged(), /protocol "v2\.test" is none of those that the client has offered/);
    },
  );
});

Deno.test("a request that asks for no WebSocket is answered with 426", async () => {
  const answer = await answerOf(`function() return { ws = function() end } end`);
  assert.match(
    answer,
    /^HTTP\/1\.1 426 [\s\S]*\r\nupgrade: websocket\r\n[\s\S]*a WebSocket request is expected$/i,
  );
});

Deno.test("a broken handshake is an error of the request", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { ws = function() end } end } }`,
    async ({ port }) => {
      const answer = await exchangeBytes(
        port,
        rawRequest("GET", "/", ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]),
      );
      assert.match(answer, /^HTTP\/1\.1 (?:400|500) /);
    },
  );
});

Deno.test("an error of the function is logged and closes with 1011; the client's leaving is none", async () => {
  await withService(
    `{ GET = {
      ["/fail"] = function() return { ws = function(conn) error("no words") end } end,
      ["/"] = function() return { ws = function(conn)
        local ok, err = pcall(conn.recv, conn)
        seen = err
        conn:recv()
      end } end,
      ["/seen"] = function() while not seen do sleep(0.001) end return { body = seen } end,
    } }`,
    async ({ url, logged }) => {
      const { opened, socket } = connect(url);
      await opened;
      socket.close();
      assert.match(await (await fetch(`${url}/seen`)).text(), /ws\.recv: connection closed/);
      assert.doesNotMatch(logged(), /ERROR/);
      const { code, reason } = await connect(`${url}/fail`).ended;
      assert.equal(code, 1011);
      assert.equal(reason, "the server has failed");
      assert.match(logged(), /ERROR http\.serve: the ws function failed: service\.lua:\d+: no words/);
    },
  );
});

Deno.test("a message beyond max_message closes the connection", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { ws = function(conn) conn:write("ready") while conn:read() do end end } end } }`,
    async ({ url }) => {
      const { socket, next, ended } = connect(url);
      assert.equal(await next(), "ready");
      socket.send("x".repeat(2000));
      await ended;
    },
    "{ host = '127.0.0.1', max_message = 1000 }",
  );
});

Deno.test("stopping closes open WebSockets", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { ws = function(conn) conn:write("ready") conn:read() end } end } }`,
    async ({ url, session }) => {
      const { next, ended } = connect(url);
      assert.equal(await next(), "ready");
      await session.stop();
      assert.equal((await ended).code, 1001);
    },
  );
});

Deno.test("connections go on beside each other", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { ws = function(conn)
       clients[conn] = true
       for message in function() return conn:read() end do
         for other in pairs(clients) do other:write(message) end
       end
       clients[conn] = nil
     end } end } }`,
    async ({ url, session }) => {
      session.vm.globals.set("clients", session.vm.newTable());
      const members = [connect(url), connect(url), connect(url)];
      await Promise.all(members.map(({ opened }) => opened));
      const [first] = members;
      first?.socket.send("to all");
      for (const { next } of members) assert.equal(await next(), "to all");
      for (const { socket, ended } of members) {
        socket.close();
        await ended;
      }
    },
  );
});
