/** A script with a server as a process: signals and its end. */
import assert from "node:assert/strict";
import { assayCommand, awaitLine, withFolder } from "./support/assay.ts";

Deno.test("a script with a server ends with 130 on Ctrl-C and with 0 on SIGTERM, its request answered", async () => {
  await withFolder(async (folder) => {
    const script = `${folder}/service.lua`;
    await Deno.writeTextFile(
      script,
      `async.spawn(function() print("port " .. _SERVER_PORT) end)
       http.serve(0, { GET = { ["/"] = function() print("working") sleep(0.05) return { body = "done" } end } })`,
    );
    for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 0]] as const) {
      const child = assayCommand([script]).spawn();
      const [, port] = await awaitLine(child.stdout, /port (\d+)\n/);
      const reply = fetch(`http://127.0.0.1:${port}/`);
      await awaitLine(child.stdout, /working\n/);
      child.kill(signal);
      assert.equal(await (await reply).text(), "done");
      assert.equal((await child.status).code, status);
      await child.stdout.cancel();
      assert.equal(await new Response(child.stderr).text(), "");
    }
  });
});

Deno.test("an endless loop in a handler keeps neither other requests nor Ctrl-C waiting", async () => {
  const code = `
    async.spawn(function() print("port " .. _SERVER_PORT) end)
    http.serve(0, { GET = {
      ["/loop"] = function() print("looping") while true do pcall(function() while true do end end) end end,
      ["/"] = function() return { body = "answered" } end,
    } })`;
  const child = assayCommand(["exec", "-e", code]).spawn();
  const [, port] = await awaitLine(child.stdout, /port (\d+)\n/);
  const looping = fetch(`http://127.0.0.1:${port}/loop`).catch(() => {});
  await awaitLine(child.stdout, /looping\n/);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "answered");
  // The first lets requests finish, the second does not
  child.kill("SIGINT");
  await refused(Number(port));
  child.kill("SIGINT");
  assert.equal((await child.status).code, 130);
  await Promise.all([looping, child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("a computation of many slices in a handler comes to its result", async () => {
  const code = `
    async.spawn(function()
      local results = {}
      for i = 1, 3 do results[i] = async.spawn(function() return http.get("http://127.0.0.1:" .. _SERVER_PORT .. "/").body end) end
      for i = 1, 3 do print(results[i]:await()) end
      os.exit(0)
    end)
    http.serve(0, { GET = { ["/"] = function()
      local sum = 0
      for _ = 1, 100 do sum = sum + select("#", pcall(function() for i = 1, 20000 do sum = sum + 1 end end)) end
      return { body = tostring(sum) }
    end } })`;
  const { code: status, stdout } = await assayCommand(["exec", "-e", code]).output();
  assert.equal(new TextDecoder().decode(stdout), "2000100\n".repeat(3));
  assert.equal(status, 0);
});

Deno.test("a handler that does not end is waited for as long as grace says, then the process ends", async () => {
  const code = `
    async.spawn(function() print("port " .. _SERVER_PORT) end)
    http.serve(0, { GET = {
      ["/"] = function() print("working") sleep(3600) end,
      ["/events"] = function() return { sse = function(send) send { data = "x" } print("sending") sleep(3600) end } end,
    } }, { host = "127.0.0.1", grace = 0.05 })`;
  const child = assayCommand(["exec", "-e", code]).spawn();
  const [, port] = await awaitLine(child.stdout, /port (\d+)\n/);
  const events = await fetch(`http://127.0.0.1:${port}/events`);
  await awaitLine(child.stdout, /sending\n/);
  const reply = fetch(`http://127.0.0.1:${port}/`).catch((error) => error);
  await awaitLine(child.stdout, /working\n/);
  child.kill("SIGTERM");
  assert.equal(await events.text(), "data: x\n\n");
  assert.ok(await reply instanceof TypeError);
  assert.equal((await child.status).code, 0);
  await child.stdout.cancel();
  assert.equal(await new Response(child.stderr).text(), "");
});

/** Waits until nothing listens on a port any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      return;
    }
  }
}
