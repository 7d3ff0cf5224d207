/** Checks that try to do more than their file says: nothing but the hosts that it names, and what 'allow:' adds. */
import assert from "node:assert/strict";
import { World } from "../support/escape.ts";

interface CheckEscape {
  /** What is tried. */
  readonly name: string;
  /** The checks in YAML's flow form, with the names of the world. */
  readonly checks: string;
  /** Lua of `INSIDE/check.lua`. */
  readonly script?: string;
  /** What the last of them must tell. */
  readonly told: string;
  /** See `Escape`. */
  readonly isName?: boolean;
  readonly ignore?: boolean;
}

function testCheckEscapes(escapes: readonly CheckEscape[]): void {
  for (const { name, checks, script = "", told, isName = false, ignore = false } of escapes) {
    Deno.test({
      name: `a check cannot ${name}`,
      ignore,
      async fn() {
        await using world = new World();
        await Deno.writeTextFile(`${world.inside}/check.lua`, world.fill(script));
        await Deno.writeTextFile(
          `${world.inside}/checks.yaml`,
          world.fill(`{retries: 0, timeout: 20s, checks: [${checks}]}`),
        );
        const result = await world.run(["checks.yaml"]);
        assert.ok(result.stdout.startsWith("{"), result.stderr);
        const { results } = JSON.parse(result.stdout) as { results: { error?: string }[] };
        const error = results.at(-1)?.error ?? "passed";
        assert.ok(error.includes(world.fill(told)), `expected ${world.fill(told)}, got:\n${error}`);
        world.assertUntouched(result, isName ? 2 : 0);
      },
    });
  }
}

const DENIED = 'permission denied: net to 127.0.0.1:FORBIDDEN (add allow: {net: ["127.0.0.1:FORBIDDEN"]})';

/** A name of this machine other than localhost: see network_test.ts. */
const ownName = Deno.hostname();
const leadsHere = await leadsToLoopback(ownName);

async function leadsToLoopback(hostname: string): Promise<boolean> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    (await Deno.connect({ hostname, port: listener.addr.port })).close();
    return true;
  } catch {
    return false;
  }
}

const names = (escapes: readonly Pick<CheckEscape, "name" | "checks">[]): CheckEscape[] =>
  escapes.map(({ name, checks }) => ({
    name: `be led to this machine by a name, in a check of type ${name}`,
    checks: checks.replaceAll("NAME", ownName),
    told: DENIED,
    isName: true,
    ignore: !leadsHere,
  }));

testCheckEscapes([
  {
    name: "follow a redirect to a host that the file does not name",
    checks: `{name: a, type: http, url: 'http://127.0.0.1:PORT/to/http://127.0.0.1:FORBIDDEN/'}`,
    told: DENIED,
  },
  {
    name: "follow a redirect with node's client",
    checks:
      `{name: a, type: http, insecure: true, url: 'http://127.0.0.1:PORT/to/http://127.0.0.1:FORBIDDEN/'}`,
    told: DENIED,
  },
  {
    name: "have Prometheus send it on to another host",
    checks:
      `{name: a, type: prometheus, query: up, url: 'http://127.0.0.1:PORT/to/http://127.0.0.1:FORBIDDEN/'}`,
    told: DENIED,
  },
  ...names([
    { name: "http", checks: `{name: a, type: http, url: 'http://NAME:FORBIDDEN/'}` },
    { name: "tcp", checks: `{name: a, type: tcp, host: NAME, port: FORBIDDEN}` },
    { name: "tls", checks: `{name: a, type: tls, host: NAME, port: FORBIDDEN}` },
    { name: "ws", checks: `{name: a, type: ws, url: 'ws://NAME:FORBIDDEN/'}` },
    { name: "grpc_health", checks: `{name: a, type: grpc_health, host: NAME, port: FORBIDDEN}` },
    {
      name: "sql, PostgreSQL",
      checks: `{name: a, type: sql, url: 'postgres://u:p@NAME:FORBIDDEN/d', query: x}`,
    },
    { name: "sql, MySQL", checks: `{name: a, type: sql, url: 'mysql://u:p@NAME:FORBIDDEN/d', query: x}` },
    { name: "prometheus", checks: `{name: a, type: prometheus, url: 'http://NAME:FORBIDDEN/', query: up}` },
    { name: "k8s", checks: `{name: a, type: k8s, server: 'http://NAME:FORBIDDEN/', kind: Pod, object: x}` },
  ]),
  {
    name: "attach another database",
    checks: `{name: a, type: sql, url: 'sqlite::memory:', query: "ATTACH 'OUTSIDE/secret' AS other"}`,
    told: "permission denied: ATTACH and VACUUM INTO are out of reach of all that is confined",
  },
  {
    name: "write a database elsewhere",
    checks: `{name: a, type: sql, url: 'sqlite::memory:', query: "VACUUM INTO 'OUTSIDE/new'"}`,
    told: "permission denied: ATTACH and VACUUM INTO are out of reach of all that is confined",
  },
  {
    name: "run a program without 'allow:'",
    checks: `{name: a, type: exec, command: [touch, OUTSIDE/new]}`,
    told: 'permission denied: run of touch (add allow: {run: ["touch"]})',
  },
  {
    name: "run another program than the one allowed",
    checks: `{name: a, type: exec, command: [touch, OUTSIDE/new], allow: {run: ["true"]}}`,
    told: "permission denied: run of touch",
  },
]);

const script = (escape: Pick<CheckEscape, "name" | "script" | "told"> & { allow?: string }): CheckEscape => ({
  ...escape,
  name: `${escape.name}, in a script`,
  checks: `{name: a, type: script, file: check.lua${
    escape.allow === undefined ? "" : `, allow: ${escape.allow}`
  }}`,
});

testCheckEscapes([
  { name: "reach a host", script: `http.get("http://127.0.0.1:FORBIDDEN/")`, told: DENIED },
  {
    name: "read a file",
    script: `return fs.read("OUTSIDE/secret")`,
    told: "attempt to index a nil value (global 'fs')",
  },
  { name: "open a file", script: `return io.open("OUTSIDE/secret")`, told: "a nil value" },
  {
    name: "run a command",
    script: `return os.execute("touch OUTSIDE/new")`,
    told: "a nil value (global 'os')",
  },
  {
    name: "remove a file",
    script: `return os.remove("OUTSIDE/secret")`,
    told: "a nil value (global 'os')",
  },
  {
    name: "run a shell",
    script: `return shell.exec("touch OUTSIDE/new")`,
    told: "a nil value (global 'shell')",
  },
  {
    name: "start a program",
    script: `return process.spawn({"true"})`,
    told: "a nil value (global 'process')",
  },
  {
    name: "open a database",
    script: `return db.connect("sqlite://OUTSIDE/new?mode=rwc")`,
    told: "a nil value (global 'db')",
  },
  {
    name: "render a template",
    script: `return template.render("OUTSIDE/secret", {})`,
    told: "a nil value (global 'template')",
  },
  { name: "use debug", script: `return debug.getregistry()`, told: "a nil value (global 'debug')" },
  {
    name: "find debug among the modules",
    script: `return require("debug").getregistry()`,
    told: "module 'debug' not found",
  },
  { name: "run a file", script: `return dofile("OUTSIDE/code.lua")`, told: "a nil value (global 'dofile')" },
  {
    name: "load a file",
    script: `return loadfile("OUTSIDE/code.lua")()`,
    told: "a nil value (global 'loadfile')",
  },
  {
    name: "require a file",
    script: `package.path = "OUTSIDE/?.lua"; return require("code")`,
    told: "module 'code' not found",
  },
  {
    name: "have a builtin by loading code that names it",
    script: `return load("return " .. "f" .. "s")().read("OUTSIDE/secret")`,
    told: "attempt to index a nil value",
  },
  {
    name: "see a variable of the process",
    script: `error("SEEN " .. tostring(env.get("SECRET")))`,
    told: "SEEN nil",
  },
  {
    name: "see a variable that is not among those allowed",
    allow: "{env: [HOME]}",
    script: `error("SEEN " .. tostring(env.get("SECRET")))`,
    told: "SEEN nil",
  },
  {
    name: "read beside what is allowed",
    allow: "{read: [INSIDE]}",
    script: `return fs.read("OUTSIDE/secret")`,
    told: `permission denied: read of OUTSIDE/secret (add allow: {read: ["OUTSIDE/secret"]})`,
  },
  {
    name: "read through a link in what is allowed",
    allow: "{read: [INSIDE]}",
    script: `return fs.read("INSIDE/link")`,
    told: `permission denied: read of OUTSIDE/secret`,
  },
  {
    name: "include a linked file in a template",
    allow: "{read: [INSIDE]}",
    script: `return template.render("INSIDE/link", {})`,
    told: `permission denied: read of OUTSIDE/secret`,
  },
  {
    name: "write where it may read",
    allow: "{read: [OUTSIDE]}",
    script: `return fs.write("OUTSIDE/new", "x")`,
    told: `permission denied: write to OUTSIDE/new`,
  },
  {
    name: "run another program than the one allowed",
    allow: `{run: ["true"]}`,
    script: `return shell.exec("touch OUTSIDE/new")`,
    told: `permission denied: run of /bin/sh (add allow: {run: ["/bin/sh"]})`,
  },
  {
    name: "leave a listener behind",
    script: `async = nil; return http.serve(0, {}, {host = "127.0.0.1"})`,
    told: "permission denied: net to 127.0.0.1:0",
  },
].map(script));

testCheckEscapes([
  {
    name: "find what another script has left in the globals and in the metatable of strings",
    script:
      `local kept = left or ("x").left; left = env.get("OWN"); getmetatable("").__index.left = env.get("OWN")
      error("FOUND " .. tostring(kept))`,
    checks: `{name: a, type: script, file: check.lua, env: {OWN: SECRET-OF-A}},
      {name: b, type: script, file: check.lua, depends_on: [], env: {OWN: of-b}}`,
    told: "FOUND nil",
  },
  {
    name: "see what another check may do",
    script: `return fs.read("OUTSIDE/secret")`,
    checks: `{name: a, type: script, file: check.lua, allow: {read: [INSIDE]}},
      {name: b, type: script, file: check.lua}`,
    told: "a nil value (global 'fs')",
  },
]);
