/** `require` and `package`: where modules are found, how often they run, what is said when it fails. */
import assert from "node:assert/strict";
import { assay, type Result, type RunOptions, withFolder } from "./support/assay.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { createLogger } from "../runtime/log.ts";
import { Session } from "../runtime/session.ts";
import { allModules } from "../stdlib/mod.ts";

/** Runs Lua code in a folder with the given files. The home folder is the subfolder `home`. */
async function runIn(
  files: Record<string, string>,
  code: string,
  options: RunOptions = {},
): Promise<Result> {
  return await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    const env = { HOME: `${folder}/home`, ...options.env };
    return await assay(["exec", "-e", code], { cwd: folder, ...options, env });
  });
}

async function printed(files: Record<string, string>, code: string, options?: RunOptions): Promise<string> {
  const { status, stdout, stderr } = await runIn(files, code, options);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

const PRINT_PLACE = 'print(require("assay.grafana").place or "embedded")';
const module = (place: string) => `return { place = "${place}" }`;

/** Every place of `assay.grafana`, the first looked at first. */
const PLACES: readonly [name: string, file: string][] = [
  ["package.path", "assay/grafana.lua"],
  ["package.path, init.lua", "assay/grafana/init.lua"],
  ["./modules", "modules/grafana.lua"],
  ["./modules, init.lua", "modules/grafana/init.lua"],
  ["~/.assay/modules", "home/.assay/modules/grafana.lua"],
  ["~/.assay/modules, init.lua", "home/.assay/modules/grafana/init.lua"],
];

PLACES.forEach(([name, file], index) => {
  const later = PLACES.slice(index + 1).map(([, other]) => [other, module("a later place")] as const);
  Deno.test(`require: ${name} shadows every later place`, async () => {
    assert.equal(await printed({ [file]: module(name), ...Object.fromEntries(later) }, PRINT_PLACE), name);
  });
});

Deno.test("require: an embedded module is found when no file shadows it", async () => {
  assert.equal(await printed({}, PRINT_PLACE), "embedded");
});

Deno.test("require: no file takes the place of what embedded modules have in common", async () => {
  const files = Object.fromEntries(
    PLACES.map(([, file]) => [file.replace("grafana", "internal/client"), module("file")]),
  );
  assert.equal(await printed(files, 'print(require("assay.internal.client").place)'), "nil");
});

Deno.test("require: package.preload comes before every file", async () => {
  const code =
    'package.preload["assay.grafana"] = function(name, extra) return { place = name .. " " .. extra } end ' +
    PRINT_PLACE;
  assert.equal(await printed({ "assay/grafana.lua": module("file") }, code), "assay.grafana :preload:");
});

Deno.test("require: package.loaded comes before everything", async () => {
  const code = 'package.loaded["assay.grafana"] = { place = "loaded" } ' +
    'package.preload["assay.grafana"] = function() return { place = "preload" } end ' + PRINT_PLACE;
  assert.equal(await printed({ "assay/grafana.lua": module("file") }, code), "loaded");
});

Deno.test("require: ASSAY_MODULES_PATH takes the place of ~/.assay/modules", async () => {
  const files = { "mine/grafana.lua": module("mine"), "home/.assay/modules/grafana.lua": module("home") };
  assert.equal(await printed(files, PRINT_PLACE, { env: { ASSAY_MODULES_PATH: "mine" } }), "mine");
  assert.equal(await printed(files, PRINT_PLACE, { env: { ASSAY_MODULES_PATH: "elsewhere" } }), "embedded");
});

Deno.test("require: LUA_PATH replaces the standard path, ;; stands for it", async () => {
  const files = { "lib/tool.lua": module("lib"), "tool.lua": module("here") };
  const code = 'print(require("tool").place)';
  assert.equal(await printed(files, code, { env: { LUA_PATH: "./lib/?.lua" } }), "lib");
  assert.equal(await printed(files, code, { env: { LUA_PATH: ";;./lib/?.lua" } }), "here");
});

Deno.test("require: a script may change package.path", async () => {
  const code = 'package.path = "./lib/?.lua;" .. package.path print(require("tool").place)';
  assert.equal(await printed({ "lib/tool.lua": module("lib"), "tool.lua": module("here") }, code), "lib");
});

Deno.test("require: dots in a name are folders", async () => {
  const files = { "modules/team/alerts.lua": module("team"), "tools/deep/x.lua": module("deep") };
  const code = 'print(require("assay.team.alerts").place, require("tools.deep.x").place)';
  assert.equal(await printed(files, code), "team\tdeep");
});

Deno.test("require: a name that is not ASCII finds its file", async () => {
  assert.equal(
    await printed({ "modules/prüfung.lua": module("ü") }, 'print(require("assay.prüfung").place)'),
    "ü",
  );
});

Deno.test("require: ./modules holds assay.* names only", async () => {
  const { status, stderr } = await runIn({ "modules/tool.lua": module("modules") }, 'require("tool")');
  assert.equal(status, 1);
  assert.match(stderr, /module 'tool' not found/);
});

Deno.test("require: a module that is nowhere names each place that was looked at", async () => {
  const { status, stderr } = await runIn({}, 'require("assay.team.none")', {
    env: { ASSAY_MODULES_PATH: "/opt/m" },
  });
  assert.equal(status, 1);
  const listed = stderr.slice(stderr.indexOf("module '"), stderr.indexOf("\nstack traceback"));
  assert.deepEqual(listed.split("\n\t"), [
    "module 'assay.team.none' not found:",
    "no field package.preload['assay.team.none']",
    "no file './assay/team/none.lua'",
    "no file './assay/team/none/init.lua'",
    "no file './modules/team/none.lua'",
    "no file './modules/team/none/init.lua'",
    "no file '/opt/m/team/none.lua'",
    "no file '/opt/m/team/none/init.lua'",
    "no embedded module 'assay.team.none'",
  ]);
});

Deno.test("require: a module gets its name and its file as ...", async () => {
  const files = { "tool.lua": "return { ... }" };
  assert.equal(await printed(files, 'print(table.unpack((require("tool"))))'), "tool\t./tool.lua");
});

Deno.test("require: gives the module's file as a second value when it loads it", async () => {
  const code = 'print(require("tool")) print(require("tool"))';
  assert.equal(await printed({ "tool.lua": "return 1" }, code), "1\t./tool.lua\n1");
});

Deno.test("require: a module runs once, and true stands for one that returns nothing", async () => {
  const files = { "tool.lua": 'print("runs")' };
  assert.equal(await printed(files, 'print((require("tool")), (require("tool")))'), "runs\ntrue\ttrue");
});

Deno.test("require: a module may set its own entry in package.loaded", async () => {
  const files = { "tool.lua": 'package.loaded[...] = "mine"' };
  assert.equal(await printed(files, 'print((require("tool")))'), "mine");
});

Deno.test("require: an error in a module's body carries the module's file and line", async () => {
  const { status, stderr } = await runIn({ "tool.lua": '\n\nerror("broken")' }, 'require("tool")');
  assert.equal(status, 1);
  assert.match(stderr, /\.\/tool\.lua:3: broken/);
});

Deno.test("require: a syntax error in a module carries the module's file and line", async () => {
  const { status, stderr } = await runIn({ "tool.lua": "return {}\nlocal = 1" }, 'require("tool")');
  assert.equal(status, 1);
  assert.match(stderr, /\.\/tool\.lua:2: /);
});

Deno.test("require: a module that failed is loaded anew the next time", async () => {
  const files = {
    "tool.lua": 'attempts = (attempts or 0) + 1 if attempts == 1 then error("not yet") end return attempts',
  };
  assert.equal(await printed(files, 'print(pcall(require, "tool") == false, (require("tool")))'), "true\t2");
});

Deno.test("require: a module may wait while it is loaded", async () => {
  const files = { "slow.lua": 'sleep(0.001) return "awake"' };
  assert.equal(await printed(files, 'print((require("slow")))'), "awake");
});

Deno.test("require: modules that require each other in a circle are a clear error", async () => {
  const files = {
    "a.lua": 'return require("b")',
    "b.lua": 'sleep(0.001) return require("c")',
    "c.lua": 'return require("a")',
  };
  const { status, stderr } = await runIn(files, 'require("a")');
  assert.equal(status, 1);
  assert.match(stderr, /loop while loading module 'a': a requires b requires c requires a/);
});

Deno.test("require: a module that requires itself is a clear error", async () => {
  const { status, stderr } = await runIn({ "a.lua": 'return require("a")' }, 'require("a")');
  assert.equal(status, 1);
  assert.match(stderr, /loop while loading module 'a': a requires a/);
});

Deno.test("require: the name must be a string", async () => {
  assert.match(await luaError("require(nil)"), /bad argument #1/);
});

const SLOW_MODULE = `
  package.preload.slow = function()
    loads = (loads or 0) + 1
    sleep(0.001)
    return { number = loads }
  end
`;

Deno.test("require: tasks that require the same slow module at once share one load", async () => {
  const { session } = await testSession();
  await session.run(`${SLOW_MODULE} function task() return require("slow") end`, "test.lua");
  const task = session.vm.globals.get("task");
  const [[first], [second]] = await Promise.all([session.call(task), session.call(task)]);
  assert.equal(first, second);
  assert.equal(session.vm.globals.get("loads"), 1);
});

Deno.test("require: two tasks that wait for the same failing module both get its error", async () => {
  const { session } = await testSession();
  await session.run(
    'package.preload.bad = function() sleep(0.001) error("broken") end function task() return require("bad") end',
    "test.lua",
  );
  const task = session.vm.globals.get("task");
  const outcomes = await Promise.allSettled([session.call(task), session.call(task)]);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, "rejected");
    assert.match(String(outcome.reason), /broken/);
  }
});

Deno.test("require: a circle that two tasks close together is an error, not a wait without end", async () => {
  const { session } = await testSession();
  await session.run(
    `
    package.preload.a = function() sleep(0.001) return require("b") end
    package.preload.b = function() sleep(0.001) return require("a") end
    function task(name) return require(name) end
  `,
    "test.lua",
  );
  const task = session.vm.globals.get("task");
  const outcomes = await Promise.allSettled([session.call(task, "a"), session.call(task, "b")]);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, "rejected");
    assert.match(String(outcome.reason), /loop while loading module/);
  }
});

Deno.test("require: without module files, embedded modules are found and files are not", async () => {
  // What a script check has
  const session = new Session({
    engine: await loadEngine(),
    log: createLogger({ level: "off", colour: false, write() {} }),
    output: { write() {}, flush() {} },
    environment: new FixedEnvironment({}),
  });
  const code =
    'local ok, err = pcall(require, "assay.none") return err, require("assay.healthcheck").multi ~= nil';
  const [err, found] = await session.run(code, "check.lua");
  const tried = ["no field package.preload['assay.none']", "no embedded module 'assay.none'"].join("\n\t");
  assert.ok(String(err).endsWith(`module 'assay.none' not found:\n\t${tried}`), String(err));
  assert.equal(found, true);
});

Deno.test("package.searchpath: gives the file, or nil and what was tried", async () => {
  const [missing, tried] = await runLua('return package.searchpath("a.b", "./?.x;./?.y")');
  assert.equal(missing, undefined);
  assert.equal(tried, "no file './a/b.x'\n\tno file './a/b.y'");
});

Deno.test("dofile and loadfile: run a file, and say which one is missing", async () => {
  const files = { "part.lua": "return 1, ..." };
  assert.equal(await printed(files, 'print(dofile("part.lua"), loadfile("part.lua")(2))'), "1\t1\t2");
  const { stderr } = await runIn({}, 'dofile("none.lua")');
  assert.match(stderr, /cannot open none\.lua: No such file or directory/);
});

Deno.test("stdlib: every Lua file is embedded under its path", async () => {
  const modules = await allModules();
  const found: string[] = [];
  const walk = async (folder: URL, prefix: string) => {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory) await walk(new URL(`${entry.name}/`, folder), `${prefix}${entry.name}/`);
      else if (entry.name.endsWith(".lua")) {
        const name = prefix + entry.name.slice(0, -".lua".length);
        found.push(name);
        assert.equal(
          modules.get(name),
          await Deno.readTextFile(new URL(entry.name, folder)),
          `${name} in stdlib/mod.ts`,
        );
      }
    }
  };
  await walk(new URL("../stdlib/", import.meta.url), "");
  assert.deepEqual([...modules.keys()].sort(), found.sort());
});
