/** Further attempts of requests: when they are made, when not, and what is left at the end. */
import assert from "node:assert/strict";
import { error, field, run } from "./support/http_client.ts";
import { testSession } from "./support/lua.ts";
import { withFolder } from "./support/assay.ts";
import { rawResponse, rawServer } from "./support/wire.ts";

/** Answers one request after the other; the last answer again and again. */
const answers = (...list: readonly string[]) => {
  let count = 0;
  return rawServer(() => [list[Math.min(count++, list.length - 1)] ?? ""]);
};

const OK = rawResponse("200 OK", [], "at last");
const BUSY = (line: string) => rawResponse("503 Busy", [line]);

Deno.test("a connection that breaks off, before the answer or in it, is tried again", async () => {
  await using server = answers("", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", OK);
  const result = await run(server.url, "return http.get(url, { retry = { times = 2, backoff = 0 } })");
  assert.equal(field(result, "body"), "at last");
  assert.equal(server.requests.length, 3);
});

Deno.test("the last failure is raised, with the number of attempts", async () => {
  await using server = answers("");
  assert.match(
    await error(server.url, "return http.get(url, { retry = { times = 2, backoff = 0 } })"),
    /http\.get failed: .* closed the connection without an answer \(after 3 attempts\)$/,
  );
  assert.equal(server.requests.length, 3);
});

Deno.test("each attempt has the whole timeout", async () => {
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  let count = 0;
  await using server = rawServer(async function* () {
    if (++count < 3) await never;
    yield OK;
  });
  const result = await run(
    server.url,
    "return http.get(url, { timeout = 0.2, retry = { times = 2, backoff = 0 } })",
  );
  release();
  assert.equal(field(result, "body"), "at last");
});

Deno.test("Retry-After is waited for, as seconds or as a date, but not beyond max_wait", async () => {
  const soon = new Date(Date.now() - 1000).toUTCString();
  await using server = answers(BUSY("Retry-After: 0"), BUSY(`Retry-After: ${soon}`), OK);
  const policy = "retry = { times = 5, backoff = 0, max_wait = 1 }";
  assert.equal(field(await run(server.url, `return http.get(url, { ${policy} })`), "body"), "at last");
  const later = new Date(Date.now() + 3_600_000).toUTCString();
  for (const line of ["Retry-After: 60", `Retry-After: ${later}`]) {
    await using busy = answers(BUSY(line), OK);
    assert.equal(field(await run(busy.url, `return http.get(url, { ${policy} })`), "status"), 503);
    assert.equal(busy.requests.length, 1);
  }
});

Deno.test("what another attempt cannot change is not tried again", async () => {
  await using large = answers(rawResponse("200 OK", [], "12345"));
  const policy = "retry = { times = 3, backoff = 0 }";
  assert.match(
    await error(large.url, `return http.get(url, { max_body = 4, ${policy} })`),
    /4 bytes: raise max_body/,
  );
  assert.equal(large.requests.length, 1);
  await using turning = answers(rawResponse("302 Found", ["Location: /"]));
  assert.match(await error(turning.url, `return http.get(url, { ${policy} })`), /too many redirects/);
  assert.equal(turning.requests.length, 11);
  await using missing = answers(rawResponse("404 Not Found"));
  assert.equal(field(await run(missing.url, `return http.get(url, { ${policy} })`), "status"), 404);
  assert.equal(missing.requests.length, 1);
});

Deno.test("a download begins again from the start", async () => {
  await using server = answers(BUSY("X: y"), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", OK);
  await withFolder(async (folder) => {
    const code = `return http.download(url, "${folder}/file", { retry = { times = 2, backoff = 0 } })`;
    assert.equal(await run(server.url, code), 7);
    assert.equal(await Deno.readTextFile(`${folder}/file`), "at last");
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test("that a POST is not retried is said, when its call asks for it", async () => {
  await using server = answers(BUSY("X: y"), OK);
  const { session, logged } = await testSession();
  const [status] = await session.run(
    `return http.post("${server.url}", "x", { retry = 3 }).status`,
    "test.lua",
  );
  assert.equal(status, 503);
  assert.match(logged(), /WARN http\.post: POST is not retried, .* allow it with retry\.unsafe = true/);
});

Deno.test("the end of the VM ends the wait for the next attempt", async () => {
  await using server = answers(BUSY("Retry-After: 20"));
  const controller = new AbortController();
  const { session, logged } = await testSession({ signal: controller.signal });
  const running = session.run(`http.get("${server.url}", { retry = 1 })`, "test.lua");
  while (!/attempt 1 failed, the next one follows in 20s/.test(logged())) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  controller.abort(new Error("the VM has ended"));
  await assert.rejects(running, /the VM has ended/);
  assert.equal(server.requests.length, 1);
});

Deno.test("a cancelled task ends its request, and makes no further attempt", async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: left, resolve: gone } = Promise.withResolvers<Response>();
  let count = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    count++;
    request.signal.addEventListener("abort", () => gone(new Response()));
    arrived();
    return left;
  });
  const { session } = await testSession();
  session.vm.globals.set("arrived", session.vm.newFunction("arrived", () => asked.then(() => undefined)));
  await session.run(
    `local handle = async.spawn(function()
       http.get("http://127.0.0.1:${server.addr.port}/", { retry = { times = 9, backoff = 0 } })
     end)
     arrived() handle:cancel() pcall(handle.await)`,
    "test.lua",
  );
  await left;
  assert.equal(count, 1);
});
