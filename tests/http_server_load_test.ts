/** `http.serve` with fifty connections that never rest, by wrk. */
import assert from "node:assert/strict";
import { ENGINES } from "../runtime/engines.ts";
import { assayCommand, awaitLine } from "./support/assay.ts";

const CONNECTIONS = 50;

const SERVICE = `
  async.spawn(function() print("port " .. _SERVER_PORT) end)
  http.serve(0, {
    GET = {
      ["/plain"] = function() return { body = "hello" } end,
      ["/wait"] = function() sleep(0.001) return { json = { waited = true } } end,
      ["/items/:id"] = function(req) return { body = req.params.id:rep(100) } end,
      ["/events"] = function() return { sse = function(send) for i = 1, 5 do send { data = i } sleep(0) end end } end,
    },
  }, { host = "127.0.0.1" })`;

async function isInstalled(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

const hasWrk = await isInstalled("wrk");

/** wrk's report. @param seconds Of load */
async function load(url: string, seconds: number): Promise<string> {
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url],
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

for (const engine of ENGINES) {
  Deno.test({
    name:
      `every request of ${CONNECTIONS} busy connections is answered well, and SIGTERM among them ends with 0 ` +
      `(${engine})${hasWrk ? "" : " (skipped: no wrk)"}`,
    ignore: !hasWrk,
    async fn() {
      const child = assayCommand(["exec", "--engine", engine, "-e", SERVICE]).spawn();
      const [, port] = await awaitLine(child.stdout, /port (\d+)\n/);
      const url = `http://127.0.0.1:${port}`;
      for (const path of ["/plain", "/wait", "/items/abc", "/events"]) {
        const report = await load(url + path, 1);
        const [, answered] = /(\d+) requests in /.exec(report) ?? [];
        assert.ok(Number(answered) > CONNECTIONS, report);
        assert.doesNotMatch(report, /Non-2xx|Socket errors/, path);
      }
      const underLoad = load(`${url}/wait`, 2);
      await (await fetch(`${url}/wait`)).body?.cancel();
      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0);
      await underLoad;
      await child.stdout.cancel();
      assert.equal(await new Response(child.stderr).text(), "");
    },
  });
}
