/** The command line: commands, arguments, streams and exit codes. */
import assert from "node:assert/strict";
import { assay, assayCommand, ROOT, shell, withFolder } from "./support/assay.ts";
import config from "../deno.json" with { type: "json" };

Deno.test("--version prints the version of deno.json", async () => {
  for (const flag of ["--version", "-V"]) {
    const { status, stdout, stderr } = await assay([flag]);
    assert.deepEqual({ status, stdout, stderr }, {
      status: 0,
      stdout: `assay ${config.version}\n`,
      stderr: "",
    });
  }
});

Deno.test("--help prints help on stdout and succeeds", async () => {
  for (const args of [["--help"], ["-h"], ["help"], ["run", "--help"]]) {
    const { status, stdout } = await assay(args);
    assert.equal(status, 0);
    assert.match(stdout, /^Runs Lua scripts.*Usage: assay/s);
  }
});

Deno.test("no argument at all prints help on stdout and fails", async () => {
  const { status, stdout, stderr } = await assay([]);
  assert.equal(status, 1);
  assert.match(stdout, /Usage: assay/);
  assert.equal(stderr, "");
});

Deno.test("a command line that makes no sense ends with 2 and says why", async () => {
  const cases: [string[], RegExp][] = [
    [["--nonsense"], /unknown option '--nonsense'/],
    [["run"], /run requires a FILE/],
    [["exec"], /exec requires -e CODE or a FILE/],
    [["run", "--timeout", "soon", "x.lua"], /invalid value 'soon' for --timeout/],
    [["run", "--mode", "magic", "x.lua"], /invalid value 'magic' for --mode/],
    [["checks.yaml", "extra"], /unexpected argument 'extra'/],
    [["--engine", "luajit", "x.lua"], /invalid value 'luajit' for --engine: it must be lua or fengari/],
    [["--timeout", "5", "x.lua"], /option '--timeout' does not go with a file alone/],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await assay(args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, message);
    assert.match(stderr, /assay --help/);
    assert.equal(stdout, "");
  }
});

Deno.test("a word that is no command is a file, whatever JavaScript makes of it", async () => {
  for (const args of [["constructor"], ["-v", "constructor"], ["-v", "__proto__"]]) {
    const { status, stderr } = await assay(args);
    assert.equal(status, 1, args.join(" "));
    assert.match(stderr, /unsupported file extension ""/);
  }
});

Deno.test("exec -e runs code, and its arguments are in '...'", async () => {
  const { status, stdout } = await assay(["exec", "-e", "print(...)", "a", "b c", "--x"]);
  assert.equal(status, 0);
  assert.equal(stdout, "a\tb c\t--x\n");
  assert.equal((await assay(["exec", "--eval=print(1)"])).stdout, "1\n");
  assert.equal((await assay(["exec", "-e", "#!/usr/bin/assay\nprint(2)"])).stdout, "2\n");
});

Deno.test("--engine and ASSAY_LUA choose the engine, the option wins", async () => {
  const version = async (args: string[], env: Record<string, string> = {}) =>
    (await assay([...args, "exec", "-e", "print(_VERSION)"], { env })).stdout.trim();
  assert.equal(await version([]), "Lua 5.5");
  assert.equal(await version(["--engine", "fengari"]), "Lua 5.3");
  assert.equal(await version([], { ASSAY_LUA: "fengari" }), "Lua 5.3");
  assert.equal(await version(["--engine=lua"], { ASSAY_LUA: "fengari" }), "Lua 5.5");
  const wrong = await assay(["exec", "-e", ""], { env: { ASSAY_LUA: "luajit" } });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /invalid value 'luajit' of ASSAY_LUA: it must be lua or fengari/);
});

Deno.test("exec FILE runs any file as Lua", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/script.txt`, "print(arg[0], arg[1])");
    const { status, stdout } = await assay(["exec", "script.txt", "A"], { cwd: folder });
    assert.equal(status, 0);
    assert.equal(stdout, "script.txt\tA\n");
  }));

Deno.test("script arguments reach arg and '...', options of the script included", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/s.lua`, "print(arg[0], #arg, table.concat(arg, '|'), ...)");
    const run = async (...args: string[]) => (await assay(args, { cwd: folder })).stdout;
    assert.equal(await run("s.lua", "A", "-v", "--help"), "s.lua\t3\tA|-v|--help\tA\t-v\t--help\n");
    assert.equal(await run("run", "s.lua", "--", "A", "--timeout"), "s.lua\t2\tA|--timeout\tA\t--timeout\n");
    assert.equal(await run("run", "s.lua", "--timeout", "9", "--", "A"), "s.lua\t1\tA\tA\n");
    assert.equal(await run("--", "s.lua", "-v"), "s.lua\t1\t-v\t-v\n");
    assert.equal(await run("run", "--", "s.lua", "--", "A"), "s.lua\t2\t--|A\t--\tA\n");
    assert.equal(await run("exec", "--", "s.lua", "A"), "s.lua\t1\tA\tA\n");
    assert.equal(await run("-v", "s.lua", "-v"), "s.lua\t1\t-v\t-v\n");
    assert.equal(await run("run", "s.lua"), "s.lua\t0\t\n");
  }));

Deno.test("a shebang script runs through the launcher, and line numbers stay true", () =>
  withFolder(async (folder) => {
    const script = `${folder}/hello.lua`;
    await Deno.writeTextFile(script, "#!/usr/bin/env assay\nprint('hi', ...)\nerror('third line')\n", {
      mode: 0o755,
    });
    await Deno.symlink(`${ROOT}bin/assay`, `${folder}/assay`);
    const { code, stdout, stderr } = await new Deno.Command(script, {
      args: ["A"],
      cwd: "/",
      env: { PATH: `${folder}:${Deno.env.get("PATH")}`, ASSAY_DENO: Deno.execPath(), NO_COLOR: "1" },
    }).output();
    assert.equal(code, 1);
    assert.equal(new TextDecoder().decode(stdout), "hi\tA\n");
    assert.match(new TextDecoder().decode(stderr), /hello\.lua:3: third line/);
  }));

Deno.test("a script's error is one ERROR line with position and traceback, status 1", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/e.lua`, "local function f()\n  error('bad')\nend\nf()\n");
    const { status, stdout, stderr } = await assay(["e.lua"], { cwd: folder });
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^\S+Z ERROR e\.lua:2: bad\nstack traceback:\n.*e\.lua:4: in main chunk\n$/s);
    assert.doesNotMatch(stderr, /\.ts:/);
    assert.equal((await assay(["e.lua"], { cwd: folder, env: { RUST_LOG: "off" } })).stderr, "");
  }));

Deno.test("a builtin's error carries the position of its call", async () => {
  const { status, stderr } = await assay(["exec", "-e", "\nsleep('x')"]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /ERROR <eval>:2: bad argument #1: error converting Lua string to number \(sleep expects/,
  );
});

Deno.test("an error object is shown through tostring", async () => {
  const code = "error(setmetatable({}, {__tostring = function() return 'shown' end}))";
  assert.match((await assay(["exec", "-e", code])).stderr, /ERROR shown\n/);
  const broken = "error(setmetatable({}, {__tostring = function() error('no') end}))";
  assert.match((await assay(["exec", "-e", broken])).stderr, /ERROR \(error object is a table value\)\n/);
});

Deno.test("a syntax error names file, line and token, without a traceback", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/s.lua`, "print('never')\nlocal x = = 1\n");
    const { status, stdout, stderr } = await assay(["s.lua"], { cwd: folder });
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^\S+Z ERROR s\.lua:2: unexpected symbol near '='\n$/);
  }));

Deno.test("files that cannot be run: one line each, status 1", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/dir.lua`);
    await Deno.writeFile(`${folder}/binary.lua`, new Uint8Array([0xff, 0xfe, 0x00, 0x41]));
    const cases: [string, RegExp][] = [
      ["missing.lua", /^error: reading missing\.lua: No such file or directory \(os error 2\)\n$/],
      ["dir.lua", /^error: reading dir\.lua: Is a directory \(os error 21\)\n$/],
      ["data.txt", /^error: unsupported file extension "txt" \(expected \.yaml, \.yml, or \.lua\)\n$/],
      ["noext", /^error: unsupported file extension "" \(expected/],
      ["upper.LUA", /^error: unsupported file extension "LUA"/],
      ["binary.lua", /ERROR binary\.lua:1: unexpected symbol near/],
    ];
    for (const [file, message] of cases) {
      const { status, stdout, stderr } = await assay([file], { cwd: folder });
      assert.equal(status, 1, file);
      assert.equal(stdout, "");
      assert.match(stderr, message);
    }
  }));

Deno.test("a byte order mark before a script, a module or a shebang is no part of it", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/s.lua`,
      `\ufeff#!/usr/bin/env assay\nprint(require("m"), dofile("m.lua"))`,
    );
    await Deno.writeTextFile(`${folder}/m.lua`, `\ufeffreturn "module"`);
    const { stdout, stderr } = await assay(["s.lua"], { cwd: folder });
    assert.deepEqual({ stdout, stderr }, { stdout: "module\tmodule\n", stderr: "" });
  }));

Deno.test("an empty script succeeds", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/empty.lua`, "");
    assert.deepEqual(await assay(["empty.lua"], { cwd: folder }), { status: 0, stdout: "", stderr: "" });
  }));

Deno.test("bytes that are no UTF-8 pass through a script unchanged", async () => {
  const { stdout } = await assayCommand(["exec", "-e", "print('a\\xff\\0b')"]).output();
  assert.deepEqual([...stdout], [0x61, 0xff, 0x00, 0x62, 0x0a]);
});

Deno.test("the log goes to stderr behind what was printed, in the documented form", async () => {
  const code = "print('out') log.info('in formation') log.warn('careful') log.error('bad')";
  const { stdout, stderr } = await assay(["exec", "-e", code], { env: { RUST_LOG: "" } });
  assert.equal(stdout, "out\n");
  const lines = stderr.trimEnd().split("\n").map((line) =>
    line.replace(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z /, "")
  );
  assert.deepEqual(lines, [
    " INFO starting assay (inline eval mode)",
    " INFO in formation",
    " WARN careful",
    "ERROR bad",
  ]);
});

Deno.test("RUST_LOG chooses the level, -v wins", async () => {
  const shown = async (level: string, ...flags: string[]) => {
    const { stderr } = await assay([...flags, "exec", "-e", "log.info('i') log.warn('w') log.error('e')"], {
      env: { RUST_LOG: level },
    });
    return stderr.split("\n").map((line) => line.at(-1)).filter((end) =>
      end === "i" || end === "w" || end === "e"
    );
  };
  assert.deepEqual(await shown("warn"), ["w", "e"]);
  assert.deepEqual(await shown("off"), []);
  assert.deepEqual(await shown("warn,lua=error"), ["e"]);
  assert.deepEqual(await shown("nonsense"), ["i", "w", "e"]);
  assert.deepEqual(await shown("off", "-v"), ["i", "w", "e"]);
});

Deno.test("--dump-js shows on stderr what Lua becomes, and runs it", async () => {
  const code = "local function double(n) return n * 2 end print(double(21))";
  const { status, stdout, stderr } = await assay(["exec", "--dump-js", "-e", code]);
  assert.equal(status, 0);
  assert.equal(stdout, "42\n");
  assert.match(stderr, /function F1_1\(v\d+\)\{/);
  const refused = await assay(["--engine", "fengari", "exec", "--dump-js", "-e", code]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /the engine 'fengari' generates no JavaScript/);
});

Deno.test("--timeout ends an endless loop, a wait and a loop that catches errors", async () => {
  const loops = [
    "while true do end",
    "sleep(3600)",
    "while true do pcall(function() while true do end end) end",
  ];
  for (const code of loops) {
    const { status, stderr } = await assay(["exec", "--timeout", "0.3", "-e", code]);
    assert.equal(status, 1);
    assert.match(stderr, /execution timed out after 0\.3s/);
  }
});

Deno.test("a reader that goes away ends the script quietly", async () => {
  const child = assayCommand(["exec", "-e", "for i = 1, 1e6 do print(i) end"]).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assert.equal(code, 141);
  assert.equal(stderr, "");
});

Deno.test("a script that waits for itself is ended with a message", async () => {
  const code = "local h; h = async.spawn(function() h:await() end) h:await()";
  const { status, stderr } = await assay(["exec", "-e", code]);
  assert.equal(status, 1);
  assert.match(stderr, /already awaited|every task waits/);
});

Deno.test("spawned tasks are dropped when the script ends", async () => {
  const { status, stdout } = await assay([
    "exec",
    "-e",
    "async.spawn(function() sleep(3600) end) print('end')",
  ]);
  assert.equal(status, 0);
  assert.equal(stdout, "end\n");
});

Deno.test("the launcher goes past npm's wrapper script to the real binary", () =>
  withFolder(async (folder) => {
    // As npm lays it out: a link to a script of the package, the binary in a package of its own
    const real = `${folder}/lib/node_modules/deno/node_modules/@deno/some-platform`;
    await Deno.mkdir(real, { recursive: true });
    await Deno.symlink(Deno.execPath(), `${real}/deno`);
    const wrapper = `${folder}/lib/node_modules/deno/bin.cjs`;
    await Deno.writeTextFile(wrapper, "#!/bin/sh\necho the wrapper ran\nexit 9\n", { mode: 0o755 });
    await Deno.mkdir(`${folder}/bin`);
    await Deno.symlink("../lib/node_modules/deno/bin.cjs", `${folder}/bin/deno`);
    const { code, stdout } = await new Deno.Command(`${ROOT}bin/assay`, {
      args: ["exec", "-e", "print('direct')"],
      cwd: folder,
      clearEnv: true,
      env: { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: Deno.env.get("HOME") ?? folder },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "direct\n");
    assert.equal(code, 0);
  }));

Deno.test("the launcher told of a deno that is none says so", async () => {
  const { status, stderr } = await shell(`ASSAY_DENO=/no/deno "$ASSAY" "$@"`, ["--version"]);
  assert.equal(status, 127);
  assert.equal(stderr, "error: ASSAY_DENO names no program that can be run: /no/deno\n");
});

Deno.test("the launcher without a deno says how to get one", () =>
  withFolder(async (folder) => {
    for (const program of ["sh", "readlink"]) await Deno.symlink(`/bin/${program}`, `${folder}/${program}`);
    const { code, stderr } = await new Deno.Command(`${ROOT}bin/assay`, {
      args: ["--version"],
      clearEnv: true,
      env: { PATH: folder, HOME: folder },
    }).output();
    assert.equal(code, 127);
    assert.match(new TextDecoder().decode(stderr), /^error: cannot find deno: install it .* ASSAY_DENO\n$/);
  }));

Deno.test("without a deno on the PATH the launcher takes the one that npx has left behind", () =>
  withFolder(async (folder) => {
    const real = `${folder}/.npm/_npx/0123abcd/node_modules/@deno/some-platform`;
    await Deno.mkdir(real, { recursive: true });
    await Deno.mkdir(`${folder}/.npm/_npx/0123abcd/node_modules/deno`);
    await Deno.symlink(Deno.execPath(), `${real}/deno`);
    await Deno.mkdir(`${folder}/bin`);
    for (const program of ["sh", "readlink"]) {
      await Deno.symlink(`/bin/${program}`, `${folder}/bin/${program}`);
    }
    const { code, stdout } = await new Deno.Command(`${ROOT}bin/assay`, {
      args: ["--version"],
      clearEnv: true,
      env: { PATH: `${folder}/bin`, HOME: folder },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), `assay ${config.version}\n`);
    assert.equal(code, 0);
  }));
