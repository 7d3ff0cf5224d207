/** Streams of events that `http.serve` sends. */
import assert from "node:assert/strict";
import { answerOf, withService } from "./support/service.ts";

Deno.test("events are written field by field, and the stream ends with its function", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { status = 201, headers = { ["X-A"] = "b" }, sse = function(send)
      send { event = "update", data = "one\\ntwo", id = "1", retry = 500 }
      sleep(0.001)
      send { data = "a\\revent: forged", retry = "soon", event = {} }
      send { id = 2 }
    end } end } }`,
    async ({ url }) => {
      const reply = await fetch(url);
      assert.equal(reply.status, 201);
      assert.equal(reply.headers.get("content-type"), "text/event-stream");
      assert.equal(reply.headers.get("cache-control"), "no-cache");
      assert.equal(reply.headers.get("x-a"), "b");
      assert.equal(
        await reply.text(),
        "event: update\ndata: one\ndata: two\nid: 1\nretry: 500\n\n" +
          "data: a\ndata: event: forged\n\nid: 2\n\n",
      );
    },
  );
});

Deno.test("a status without a body refuses events", async () => {
  assert.match(
    await answerOf(`function() return { status = 204, sse = function() end } end`),
    /^HTTP\/1\.1 500 [\s\S]*status 204 cannot have events/,
  );
});

Deno.test("send refuses names and ids of several lines; other errors end the stream and are logged", async () => {
  await withService(
    `{ GET = { ["/"] = function() return { sse = function(send)
      local function message(...) return select(2, pcall(send, ...)):gsub("^.-:%d+: ", "") end
      send { data = message { event = "a\\nb" } }
      send { data = message { id = "a\\rb" } }
      send { data = message("text") }
      error("producer failed")
    end } end } }`,
    async ({ url, logged }) => {
      const text = await (await fetch(url)).text();
      assert.match(text, /data: SSE event name must not contain newlines\n/);
      assert.match(text, /data: SSE id must not contain newlines\n/);
      assert.match(text, /data: send: expects a table such as .*, got string\n/);
      assert.match(logged(), /ERROR http\.serve: the sse function failed: service\.lua:\d+: producer failed/);
    },
  );
});

Deno.test("send raises when the client has gone, which is not logged", async () => {
  await withService(
    `{ GET = {
      ["/"] = function() return { sse = function(send)
        local ok, err repeat ok, err = pcall(send, { data = "x" }) sleep(0.001) until not ok
        seen = err
        send { data = "not caught" }
      end } end,
      ["/seen"] = function() while not seen do sleep(0.001) end return { body = seen } end,
    } }`,
    async ({ url, logged }) => {
      const abort = new AbortController();
      const reply = await fetch(url, { signal: abort.signal });
      await reply.body?.getReader().read();
      abort.abort();
      assert.match(await (await fetch(`${url}/seen`)).text(), /SSE stream closed$/);
      assert.doesNotMatch(logged(), /ERROR/);
    },
  );
});

Deno.test("stopping ends open event streams and lets requests finish", async () => {
  await withService(
    `{ GET = {
      ["/events"] = function() return { sse = function(send) send { data = "x" } while true do sleep(10) end end } end,
      ["/work"] = function() while not stopping do sleep(0.001) end return { body = "finished" } end,
      ["/"] = function() return { body = "" } end,
    } }`,
    async ({ url, session }) => {
      const events = await fetch(`${url}/events`);
      const work = fetch(`${url}/work`);
      await (await fetch(url)).text();
      const stopped = session.stop();
      assert.equal(await events.text(), "data: x\n\n");
      session.vm.globals.set("stopping", true);
      assert.equal(await (await work).text(), "finished");
      await stopped;
    },
  );
});

Deno.test("comments keep a stream alive, and closed() tells that the client has gone without an event", async () => {
  await withService(
    `{ GET = {
      ["/"] = function() return { sse = function(send, closed)
        send { comment = "one\\ntwo" }
        open = not closed()
        while not closed() do sleep(0.001) end
        gone = true
      end } end,
      ["/gone"] = function() while not gone do sleep(0.001) end return { json = { open } } end,
    } }`,
    async ({ url }) => {
      const abort = new AbortController();
      const reply = await fetch(url, { signal: abort.signal });
      const { value } = await reply.body?.getReader().read() ?? {};
      assert.equal(new TextDecoder().decode(value), ": one\n: two\n\n");
      abort.abort();
      assert.deepEqual(await (await fetch(`${url}/gone`)).json(), [true]);
    },
  );
});

Deno.test("HEAD of an event stream gives its headers and calls no function", async () => {
  await withService(
    `{ GET = {
      ["/"] = function() return { sse = function() called = true end } end,
      ["/called"] = function() return { json = { called or false } } end,
    } }`,
    async ({ url }) => {
      const reply = await fetch(url, { method: "HEAD" });
      assert.equal(reply.headers.get("content-type"), "text/event-stream");
      assert.equal(await reply.text(), "");
      assert.deepEqual(await (await fetch(`${url}/called`)).json(), [false]);
    },
  );
});
