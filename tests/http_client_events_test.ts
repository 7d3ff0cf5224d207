/** Streams of events that the HTTP client reads. */
import assert from "node:assert/strict";
import { error, field, ok, run } from "./support/http_client.ts";
import { rawServer } from "./support/wire.ts";

Deno.test("events are given to on_event as the standard reads them", async () => {
  await using server = rawServer(() => [
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n",
    "\xef\xbb\xbf: comment\r\nevent:update\r",
    "\ndata: one\r\ndata:  two\r\n\r\n:only a comment\n\nid: 7\rretry: 250\rretry: x\rdata\r\runknown: x\n\ndata: cut off",
  ]);
  const result = await run(
    server.url,
    `local seen = {}
     local reply = http.get(url, { on_event = function(e) sleep(0) seen[#seen + 1] = json.encode(e) end })
     return table.concat(seen, "\\n") .. "\\n" .. reply.status .. " " .. tostring(reply.body) .. " " .. reply.headers["content-type"]`,
  );
  assert.equal(
    result,
    [
      `{"data":"one\\n two","event":"update"}`,
      `{"data":"","id":"7","retry":250}`,
      "200 nil text/event-stream; charset=utf-8",
    ].join("\n"),
  );
});

Deno.test("a stream of events outlives the timeout, and ends when on_event says close", async () => {
  let left = () => {};
  const gone = new Promise<void>((resolve) => left = resolve);
  await using server = rawServer(async function* () {
    yield "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
    yield* until(gone, "data: more\n\n");
  });
  const count = await run(
    server.url,
    `local count, start = 0, time()
     http.post(url, nil, { timeout = 0.02, on_event = function(e)
       count = count + 1
       if time() - start > 0.06 then return "close" end
     end })
     return count`,
  );
  left();
  assert.ok(count as number > 1);
});

async function* until(end: Promise<void>, piece: string): AsyncGenerator<string> {
  let ended = false;
  end.then(() => ended = true);
  while (!ended) {
    yield piece;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("errors of on_event come out of the call; other content types are plain responses", async () => {
  await using events = ok("data: x\n\n", ["Content-Type: text/event-stream"]);
  await using plain = ok("data: x\n\n", ["Content-Type: text/plain"]);
  assert.match(
    await error(events.url, "return http.get(url, { on_event = function() error('from the callback') end })"),
    /^test\.lua:1: from the callback$/,
  );
  assert.equal(
    field(await run(plain.url, "return http.get(url, { on_event = function() error('never') end })"), "body"),
    "data: x\n\n",
  );
});

Deno.test("events in pieces of any size are the same events", async () => {
  const { EventParser } = await import("../builtins/http/event_parser.ts");
  const stream = "\xef\xbb\xbfevent: a\r\ndata: 1\r\n\r\nid: 2\rdata:x\rdata:\ry\n\n: c\n\ndata: 3\n\n";
  const whole = new EventParser(1000).push(stream);
  assert.deepEqual(whole, [{ event: "a", data: "1" }, { id: "2", data: "x\n" }, { data: "3" }]);
  for (let size = 1; size < 6; size++) {
    const parser = new EventParser(1000);
    const events = [];
    for (let i = 0; i < stream.length; i += size) events.push(...parser.push(stream.slice(i, i + size)));
    assert.deepEqual(events, whole);
  }
  const small = new EventParser(10);
  assert.throws(() => small.push("data: 12345678"), /an event is larger than 10 bytes/);
});
