/** What a browser makes of `http.serve`: EventSource, WebSocket, fetch. */
import assert from "node:assert/strict";
import { findBrowser, withBrowser } from "./support/browser.ts";
import { withService } from "./support/service.ts";

const executable = findBrowser();

const ROUTES = `{
  GET = {
    ["/"] = function() return { body = "<!doctype html><title>page</title>", headers = { ["Content-Type"] = "text/html" } } end,
    ["/events"] = function(req)
      local last = tonumber(req.headers["last-event-id"] or "0")
      return { sse = function(send, closed)
        if last == 0 then
          send { retry = 1 }
          send { event = "tick", id = 1, data = "first\\nline" }
          send { id = 2, data = "grüße" }
          return
        end
        send { event = "tick", id = last + 1, data = "after " .. last }
        while not closed() do sleep(0.001) end
        left = true
      end }
    end,
    ["/left"] = function() while not left do sleep(0.001) end return { body = "left" } end,
    ["/socket"] = function() return { protocol = "chat", ws = function(conn)
      for message in function() return conn:receive() end do
        conn:write(message.data .. "!", { binary = message.binary })
      end
      socket_ended = conn:ending().code
    end } end,
    ["/socket-ended"] = function() while not socket_ended do sleep(0.001) end return { json = { socket_ended } } end,
  },
  POST = { ["/echo"] = function(req) return { body = req.body, headers = { ["X-Length"] = #req.body } } end },
}`;

/** In the page: the events until one is the third, as "type id data". */
const EVENTS = `new Promise((resolve) => {
  const seen = [];
  const source = window.source = new EventSource("/events");
  const note = (event) => {
    seen.push([event.type, event.lastEventId, event.data]);
    if (seen.length === 3) resolve(seen);
  };
  source.addEventListener("tick", note);
  source.addEventListener("message", note);
})`;

const SOCKET = `new Promise((resolve) => {
  const socket = new WebSocket(location.href.replace("http", "ws") + "socket", ["chat"]);
  socket.binaryType = "arraybuffer";
  const seen = [];
  socket.onopen = () => { seen.push(socket.protocol); socket.send("grüße"); socket.send(new Uint8Array([0, 255])); };
  socket.onmessage = ({ data }) => {
    seen.push(typeof data === "string" ? data : Array.from(new Uint8Array(data)).join(","));
    if (seen.length === 3) socket.close(4000, "done");
  };
  socket.onclose = () => resolve(seen);
})`;

const POST = `(async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const reply = await fetch("/echo", { method: "POST", body: bytes });
  const back = new Uint8Array(await reply.arrayBuffer());
  return [reply.headers.get("x-length"), back.length, back.every((byte, i) => byte === i)];
})()`;

Deno.test({
  name: "a browser's EventSource goes on where it was, its WebSocket and fetch get their bytes" +
    (executable === undefined ? " (skipped: no Chromium; install it or set CHROMIUM to its path)" : ""),
  ignore: executable === undefined,
  // The driver keeps timers and pipes of its own
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withBrowser(executable ?? "", (browser) =>
      withService(ROUTES, async ({ url, logged }) => {
        const page = await browser.newPage();
        await page.goto(`${url}/`);
        assert.deepEqual(await page.evaluate(EVENTS), [
          ["tick", "1", "first\nline"],
          ["message", "2", "grüße"],
          ["tick", "3", "after 2"],
        ]);
        assert.deepEqual(await page.evaluate(SOCKET), ["chat", "grüße!", "0,255,33"]);
        assert.deepEqual(await (await fetch(`${url}/socket-ended`)).json(), [4000]);
        assert.deepEqual(await page.evaluate(POST), ["256", 256, true]);
        await page.close();
        assert.equal(await (await fetch(`${url}/left`)).text(), "left");
        assert.doesNotMatch(logged(), /ERROR/);
      })),
});
