/** A script that is narrowed runs as any other: what it prints, logs, reads, ends with. */
import assert from "node:assert/strict";
import { assay, assayCommand, awaitLine, shell, withFolder } from "./support/assay.ts";

/** Narrowed, but by nothing that a script of these tests would want. */
const NARROW = "--deny-sys";

interface Run {
  readonly name: string;
  readonly code: string;
  readonly args?: readonly string[];
  readonly options?: readonly string[];
  readonly stdin?: string;
  readonly env?: Record<string, string>;
}

const RUNS: readonly Run[] = [
  {
    name: "what it prints",
    code: `print("a", 1) io.write("b\\n") io.stderr:write("c\\n") print("ä\\0\\255")`,
  },
  { name: "much that it prints", code: `for i = 1, 20000 do print(i, ("x"):rep(50)) end` },
  { name: "its arguments", code: `print(arg[0], arg[1], arg[2], ...)`, args: ["one", "two words"] },
  { name: "its input", code: `print(io.read("l")) print(io.read("a"))`, stdin: "first\nsecond\nthird" },
  {
    name: "what it logs",
    code: `log.info("i") log.warn("w", {a = 1}) log.error("e")`,
    env: { RUST_LOG: "info" },
  },
  { name: "what it logs with -v", code: `log.debug("d")`, options: ["-v"], env: { RUST_LOG: "" } },
  { name: "an error", code: `local function f() error("broken") end f()` },
  { name: "an error that is a table", code: `error({code = 5})` },
  { name: "an error of a builtin", code: `json.parse("{")` },
  { name: "a syntax error", code: `x = = 1` },
  { name: "an error in a task", code: `async.spawn(function() error("in a task") end):await()` },
  { name: "os.exit", code: `print("before") os.exit(7) print("after")` },
  { name: "os.exit(true)", code: `os.exit(true)` },
  { name: "os.exit in a task", code: `async.spawn(function() os.exit(9) end) sleep(5)` },
  { name: "a timeout of a loop", code: `print("x") while true do end`, options: ["--timeout=2"] },
  { name: "a timeout of a wait", code: `print("x") sleep(60)`, options: ["--timeout=2"] },
  { name: "the end of its memory", code: `local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end` },
  { name: "less memory", code: `return ("x"):rep(20 * 1024 * 1024)`, options: ["--memory=8M"] },
  { name: "a stack without end", code: `local function f() return 1 + f() end f()` },
  { name: "a halt", code: `async.channel():recv()` },
  {
    name: "a halt of several tasks",
    code: `local a, b = async.channel(), async.channel()
      async.spawn(function() a:recv() b:send(1) end)
      b:recv()`,
  },
  {
    name: "a wait that ends",
    code: `local c = async.channel() async.spawn(function() sleep(0.7) c:send(5) end) print(c:recv())`,
  },
  {
    name: "a task that it leaves behind",
    code: `async.spawn(function() sleep(0.2) print("late") end) print("end")`,
  },
  {
    name: "what is closed at the end",
    code: `local x <close> = setmetatable({}, {__close = function() print("closed") end})`,
  },
  { name: "finalizers at the end", code: `X = setmetatable({}, {__gc = function() print("collected") end})` },
  { name: "an embedded module", code: `print(type(require("assay.vault").client))` },
  { name: "a module that is not there", code: `require("no.such.module")` },
  {
    name: "a variable",
    code: `print(env.get("OWN"), os.getenv("NOT_SET")) env.set("OWN", "x") print(env.get("OWN"))`,
    env: { OWN: "o" },
  },
  {
    name: "what a command sees",
    code: `env.set("OWN", "set") print(shell.exec("echo $OWN-$OTHER").stdout)`,
    env: { OTHER: "o" },
  },
  { name: "the other engine", code: `print(_VERSION, 3 // 2)`, options: ["--engine=fengari"] },
  { name: "the code that Lua becomes", code: `local x = 1 return x`, options: ["--dump-js"] },
  { name: "an engine without such code", code: `return 1`, options: ["--dump-js", "--engine=fengari"] },
];

/** Without what differs from run to run: a time limit finds a loop in its code, or between two slices of time. */
function steady(text: string): string {
  return text.replace("<eval>:1: execution timed out", "execution timed out").replaceAll(
    /\d{4}-\d\d-\d\dT[\d:.]+Z/g,
    "TIME",
  ).replaceAll(/0x[0-9a-f]+/g, "ADDRESS");
}

for (const { name, code, args = [], options = [], stdin, env } of RUNS) {
  Deno.test(`narrowed as plain: ${name}`, async () => {
    const settings = { ...(stdin === undefined ? {} : { stdin }), ...(env === undefined ? {} : { env }) };
    const [plain, narrowed] = await Promise.all([
      assay(["exec", ...options, "-e", code, ...args], settings),
      assay(["exec", NARROW, ...options, "-e", code, ...args], settings),
    ]);
    const { status, stdout, stderr } = narrowed;
    assert.deepEqual([status, steady(stdout), steady(stderr)], [
      plain.status,
      steady(plain.stdout),
      steady(plain.stderr),
    ]);
  });
}

Deno.test("a narrowed script whose reader goes away ends as a plain one", async () => {
  const code = "for i = 1, 1e7 do print(i) end";
  const { stdout, stderr } = await shell(
    `("$ASSAY" exec ${NARROW} -e "$1"; echo "status $?" >&2) | head -n 1`,
    [code],
  );
  assert.equal(stdout, "1\n");
  assert.equal(stderr, "status 141\n");
});

for (const [signal, expected] of [["SIGTERM", "SIGTERM"], ["SIGINT", "SIGINT"]] as const) {
  Deno.test(`${signal} ends a narrowed script, even one that computes`, async () => {
    for (const body of ["sleep(100)", "while true do end"]) {
      const child = assayCommand(["exec", NARROW, "-e", `print("ready") io.stdout:flush() ${body}`]).spawn();
      await awaitLine(child.stdout, /ready/);
      child.kill(signal);
      const status = await child.status;
      await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
      assert.equal(status.signal, expected);
    }
  });
}

Deno.test("SIGTERM lets a narrowed server end its requests, and its status is 0", async () => {
  const code = `async.spawn(function() print("port " .. _SERVER_PORT) io.stdout:flush() end)
    http.serve(0, {GET = {["/"] = function() print("asked") io.stdout:flush() sleep(0.3) return {body = "done"} end}},
      {host = "127.0.0.1"})`;
  const child = assayCommand(["exec", "--allow-net=127.0.0.1", "-e", code]).spawn();
  const [, port] = await awaitLine(child.stdout, /port (\d+)/);
  const answer = fetch(`http://127.0.0.1:${port}/`);
  await awaitLine(child.stdout, /asked/);
  child.kill("SIGTERM");
  assert.equal(await (await answer).text(), "done");
  assert.deepEqual(await child.status.then(({ code, signal }) => [code, signal]), [0, null]);
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("a second Ctrl-C ends a narrowed server at once", async () => {
  const code = `async.spawn(function() print("port " .. _SERVER_PORT) io.stdout:flush() end)
    http.serve(0, {GET = {["/"] = function() print("asked") io.stdout:flush() sleep(60) end}}, {host = "127.0.0.1"})`;
  const child = assayCommand(["exec", "--allow-net=127.0.0.1", "-e", code]).spawn();
  const [, port] = await awaitLine(child.stdout, /port (\d+)/);
  const answer = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text()).catch(() => "none");
  await awaitLine(child.stdout, /asked/);
  child.kill("SIGINT");
  // It no longer accepts anything once it has noticed
  while (
    await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }).then(
      (c) => (c.close(), true),
      () => false,
    )
  );
  child.kill("SIGINT");
  assert.equal((await child.status).code, 130);
  await answer;
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("a narrowed script requires modules of the folders that it may read", async () => {
  await withFolder(async (folder) => {
    const cwd = await Deno.realPath(folder);
    await Deno.mkdir(`${cwd}/modules`);
    await Deno.writeTextFile(`${cwd}/own.lua`, `return {value = markdown.to_html("*own*")}`);
    await Deno.writeTextFile(`${cwd}/modules/mine.lua`, `return {value = "mine"}`);
    const code = `print(require("own").value, require("assay.mine").value)`;
    const allowed = await assay(["exec", `--allow-read=${cwd}`, "-e", code], { cwd });
    assert.deepEqual([allowed.stdout, allowed.stderr], ["<p><em>own</em></p>\n\tmine\n", ""]);
    const denied = await assay(["exec", "--allow-net", "-e", code], { cwd });
    assert.match(
      denied.stderr,
      /no file '\.\/own\.lua': permission denied: read of \S+\/own\.lua \(add --allow-read=/,
    );
  });
});

Deno.test("what an allowed path leads to at the start is allowed", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/real`);
    await Deno.writeTextFile(`${folder}/real/file`, "content");
    await Deno.symlink(`${folder}/real`, `${folder}/link`);
    const code = `print(fs.read("${folder}/link/file")) fs.write("${folder}/link/new", "x")`;
    const { stdout, stderr } = await assay(["exec", `--allow-write=${folder}/link`, "-e", code]);
    assert.deepEqual([stdout, stderr], ["content\n", ""]);
    assert.equal(await Deno.readTextFile(`${folder}/real/new`), "x");
  });
});

Deno.test("a link that is put in the place of an allowed file leads nowhere", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/inside`);
    await Deno.writeTextFile(`${folder}/inside/file`, "first");
    await Deno.writeTextFile(`${folder}/secret`, "secret");
    const code = `local path = "${folder}/inside/file"
      print(fs.read(path)) io.stdout:flush() io.read("l") print(pcall(fs.read, path))`;
    const child = assayCommand(["exec", `--allow-read=${folder}/inside`, "-e", code], { stdin: "piped" })
      .spawn();
    await awaitLine(child.stdout, /first/);
    await Deno.remove(`${folder}/inside/file`);
    await Deno.symlink(`${folder}/secret`, `${folder}/inside/file`);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("go on\n"));
    await writer.close();
    await awaitLine(child.stdout, /permission denied: read of \S+\/secret/);
    await Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
  });
});
