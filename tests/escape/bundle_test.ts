/** Confinement in the form in which assay is installed: what is in files of a bundle must have been imported before. */
import assert from "node:assert/strict";
import { attempt, deniedNet, deniedRead, deniedWrite, World } from "../support/escape.ts";

const EVERYTHING = [
  `fs.read("INSIDE/link")`,
  `fs.write("INSIDE/new", "x")`,
  `http.get("http://127.0.0.1:FORBIDDEN/")`,
  `ws.connect("ws://127.0.0.1:FORBIDDEN/")`,
  `db.connect("postgres://u:p@127.0.0.1:FORBIDDEN/d")`,
  `db.connect("mysql://u:p@127.0.0.1:FORBIDDEN/d")`,
  `db.connect("sqlite://INSIDE/link?mode=ro")`,
  `temporal.connect({url = "127.0.0.1:FORBIDDEN", connect_timeout = 2})`,
  `template.render("INSIDE/link", {})`,
  `shell.exec("touch OUTSIDE/new")`,
  `env.get("SECRET")`,
];

Deno.test("a narrowed script of the bundle cannot do what is not allowed", async () => {
  await using world = new World();
  const code = EVERYTHING.map((expression) => `do ${attempt(`return ${expression}`)} end`).join("\n");
  const result = await world.launch(["exec", "--allow-read=INSIDE", "-e", code]);
  const lines = result.stdout.trim().split("\n");
  assert.equal(lines.length, EVERYTHING.length, result.stdout + result.stderr);
  const net = deniedNet("127.0.0.1:FORBIDDEN");
  const secret = deniedRead("OUTSIDE/secret");
  const run = "permission denied: run of /bin/sh (add --allow-run=/bin/sh)";
  const env = "permission denied: env of SECRET (add --allow-env=SECRET)";
  const told = [secret, deniedWrite("OUTSIDE/new"), net, net, net, net, secret, net, secret, run, env];
  told.forEach((text, i) => assert.ok(lines[i]?.includes(world.fill(text)), `${EVERYTHING[i]}: ${lines[i]}`));
  world.assertUntouched(result);
});

Deno.test("a narrowed script of the bundle has packages at hand that only it names", async () => {
  await using world = new World();
  await Deno.writeTextFile(`${world.inside}/pages.lua`, `return {html = markdown.to_html("# x")}`);
  const result = await world.launch([
    "exec",
    "--allow-read=INSIDE",
    "-e",
    `print(require("pages").html, template.render_string("{{ 1 + 2 }}", {}))
     print(db.query(db.connect("sqlite::memory:"), "SELECT 1 + 3 AS n")[1].n)
     print(toml.encode({a = 5}), crypto.hash("x", "sha256"):sub(1, 4), yaml.encode({b = 6}))`,
  ]);
  assert.equal(result.stderr, "");
  assert.match(result.stdout, /^<h1>x<\/h1>\n\t3\n4\na = 5\n\t2d71\tb: 6\n/);
});

Deno.test("a narrowed script of the bundle can look at itself", async () => {
  await using world = new World();
  const code = `local lines = 0
debug.sethook(function() lines = lines + 1 end, "l")
local x = 1
x = x + 1
debug.sethook()
print(lines > 1, type(require("assay." .. "vault")))`;
  const { stdout, stderr } = await world.launch(["exec", "--allow-net", "-e", code]);
  assert.deepEqual([stdout, stderr], ["true\ttable\n", ""]);
});

Deno.test("a script check of the bundle has the builtins and modules of checks", async () => {
  await using world = new World();
  await Deno.writeTextFile(
    `${world.inside}/check.lua`,
    `assert(type(require("assay.vault")) == "table" and yaml.parse("a: 1").a == 1)
     assert.matches("abc", "b.")
     assert(template.render_string("{{ 1 + 1 }}", {}) == "2")
     print(db.query(db.connect("sqlite::memory:"), "SELECT 1 AS n")[1].n)`,
  );
  await Deno.writeTextFile(
    `${world.inside}/checks.yaml`,
    "{retries: 0, checks: [{name: a, type: script, file: check.lua, allow: {read: true}}]}",
  );
  const { stdout, stderr, status } = await world.launch(["checks.yaml"]);
  assert.equal(status, 0, stdout + stderr);
});

Deno.test("a check of the bundle cannot do what its file does not say", async () => {
  await using world = new World();
  await Deno.writeTextFile(`${world.inside}/check.lua`, world.fill(`return fs.read("INSIDE/link")`));
  await Deno.writeTextFile(
    `${world.inside}/checks.yaml`,
    world.fill(`{retries: 0, checks: [
      {name: a, type: http, url: 'http://127.0.0.1:PORT/to/http://127.0.0.1:FORBIDDEN/'},
      {name: b, type: script, file: check.lua, allow: {read: [INSIDE]}}]}`),
  );
  const result = await world.launch(["checks.yaml"]);
  const { results } = JSON.parse(result.stdout) as { results: { error: string }[] };
  assert.match(results[0]?.error ?? "", /permission denied: net to 127\.0\.0\.1:\d+ \(add allow: /);
  assert.match(results[1]?.error ?? "", /permission denied: read of .*outside\/secret \(add allow: /);
  world.assertUntouched(result);
});
