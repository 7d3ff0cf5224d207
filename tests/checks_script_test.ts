/** script checks: what passes, what scripts see, and that they cannot get at more. */
import assert from "node:assert/strict";
import { assay, ROOT, withFolder } from "./support/assay.ts";
import { runFile } from "./support/checks.ts";
import { MockServer } from "./support/mock.ts";

/** Runs a script as the only check. */
function script(source: string, rest = "", settings = "retries: 0") {
  return withFolder(async (folder) => {
    const file = `${folder}/check.lua`;
    await Deno.writeTextFile(file, source);
    const run = await runFile(`{${settings}, checks: [{name: it, type: script, file: '${file}', ${rest}}]}`);
    const [result] = run.report.results;
    assert.ok(result);
    return { ...run, result, error: result.error?.replaceAll(file, "check.lua") };
  });
}

Deno.test("a script passes when it ends without an error, whatever it returns", async () => {
  assert.equal((await script("return false, 'ignored'")).result.status, "passed");
  assert.equal((await script("sleep(0.001)")).result.status, "passed");
});

Deno.test("an error is the message, with its traceback", async () => {
  const { error } = await script("local function f() error('broken') end\nf()");
  assert.match(error ?? "", /^check\.lua:1: broken\nstack traceback:\n[^]*check\.lua:2: in main chunk/);
  assert.match(
    (await script("error(setmetatable({}, {__tostring = function() return 'an object' end}))")).error ?? "",
    /^an object\n/,
  );
  assert.match((await script("x = = 1")).error ?? "", /^check\.lua:1: .*near '='/);
});

Deno.test("env is the check's own, as text, and nothing of the process", async () => {
  const source = `
    assert(env.get("A") == "text" and env.get("N") == "1.50" and env.get("B") == "true" and env.get("E") == "")
    assert(env.get("HOME") == nil and env.get("PATH") == nil)
    assert(#env.list() == 4)`;
  assert.equal((await script(source, "env: {A: text, N: 1.50, B: true, E: }")).error, undefined);
});

Deno.test("every attempt has a VM of its own", async () => {
  const { result, error } = await script(
    "assert(seen == nil, 'seen'); seen = true; error('again')",
    "",
    "retries: 2, backoff: 1ms",
  );
  assert.equal(result.attempts, 3);
  assert.match(error ?? "", /again/);
});

Deno.test("an endless loop ends with the global timeout", async () => {
  for (
    const source of [
      "while true do end",
      "while true do pcall(function() while true do end end) end",
      "sleep(1000)",
    ]
  ) {
    const { result } = await script(source, "", "timeout: 200ms");
    assert.equal(result.error, "global timeout of 0.2s exceeded", source);
    assert.equal(result.duration_ms, 0);
  }
});

Deno.test("a script that cannot be read fails its check", async () => {
  const { report } = await runFile(
    "{retries: 1, backoff: 1ms, checks: [{name: a, type: script, file: no/such.lua}]}",
  );
  assert.equal(
    report.results[0]?.error,
    'failed to read Lua script "no/such.lua": No such file or directory (os error 2)',
  );
  assert.equal(report.results[0]?.attempts, 2);
});

Deno.test("scripts may use the network and the builtins that need no more", () =>
  withFolder(async (folder) => {
    await using server = new MockServer({ body: { ok: true } });
    await Deno.writeTextFile(
      `${folder}/probe.lua`,
      `local response = http.get(env.get("URL"))
       assert(response.status == 200 and json.parse(response.body).ok == true)
       assert(yaml.parse("a: 1").a == 1 and base64.decode(base64.encode("x")) == "x")
       assert(time() > 0)
       sleep(0)
       require("assay.prometheus")
       log.info("probe logged")
       print("probe printed")`,
    );
    await Deno.writeTextFile(
      `${folder}/checks.yaml`,
      `{retries: 0, checks: [{name: probe, type: script, file: probe.lua, env: {URL: '${server.url}'}}]}`,
    );
    const { status, stdout, stderr } = await assay(["checks.yaml"], {
      cwd: folder,
      env: { RUST_LOG: "info" },
    });
    assert.equal(status, 0, stdout);
    assert.equal(JSON.parse(stdout).passed, 1);
    assert.match(stderr, /INFO probe logged\n[^]*^probe printed\n/m);
  }));

Deno.test("a text that a confined script loads has the builtins that it names", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/loads.lua`,
      `assert(load("return ya" .. "ml.parse('a: 1').a")() == 1)
       assert(load("return ba" .. "se64.encode('hi')")() == "aGk=")
       assert(load("return markd" .. "own")() == nil)`,
    );
    await Deno.writeTextFile(
      `${folder}/c.yaml`,
      "{retries: 0, checks: [{name: loads, type: script, file: loads.lua}]}",
    );
    const { status, stdout } = await assay(["c.yaml"], { cwd: folder });
    assert.equal(status, 0, stdout);
  }));

Deno.test("scripts have no way to files, commands and the process's environment", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/secret.lua`, "return 'secret'");
    await Deno.writeTextFile(
      `${folder}/probe.lua`,
      `for _, name in ipairs{"fs", "io", "os", "shell", "process", "disk", "db", "dofile", "loadfile", "debug"} do
         assert(_G[name] == nil, name)
         assert(load("return " .. name)() == nil, name)
       end
       assert(env.get("TOKEN") == nil)
       local ok, err = pcall(require, "secret")
       assert(not ok and tostring(err):find("module 'secret' not found", 1, true), tostring(err))
       package.path = "./?.lua"
       assert(not pcall(require, "secret"))
       assert(package.searchpath == nil and package.loadlib == nil)
       local ok, err = pcall(http.get, "file:///etc/hostname")
       assert(not ok)
       local ok, err = pcall(http.client, { ca_cert_file = "/etc/hostname" })
       assert(not ok and tostring(err):lower():find("permission denied"), tostring(err))`,
    );
    await Deno.writeTextFile(
      `${folder}/c.yaml`,
      "{retries: 0, checks: [{name: probe, type: script, file: probe.lua}]}",
    );
    const { status, stdout } = await assay(["c.yaml"], { cwd: folder, env: { TOKEN: "x" } });
    assert.equal(status, 0, stdout);
  }));

Deno.test("the process itself has given up everything but the network", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-prompt",
      "--quiet",
      `--config=${ROOT}deno.json`,
      `${ROOT}tests/support/restricted.ts`,
    ],
  }).output();
  const names = ["read", "write", "run", "env", "sys", "ffi"];
  assert.equal(new TextDecoder().decode(stdout), names.map((name) => `${name}: NotCapable\n`).join(""));
});
