/** What only a process of its own can show of `io` and `os`: standard streams and exit statuses. */
import assert from "node:assert/strict";
import { assay, assayCommand, awaitLine, ROOT, shell, withFolder } from "./support/assay.ts";

Deno.test("io.read takes standard input by formats", async () => {
  const { stdout } = await assay(
    ["exec", "-e", `print(io.read("n", "l", "L")) print(io.read("a")) print(io.read("l"))`],
    { stdin: "42 is it\nline\nall\nthe rest" },
  );
  assert.equal(stdout, "42\t is it\tline\n\nall\nthe rest\nnil\n");
});

Deno.test("io.lines goes through standard input", async () => {
  const { stdout } = await assay(["exec", "-e", `for line in io.lines() do io.write("[", line, "]") end`], {
    stdin: "a\n\nb",
  });
  assert.equal(stdout, "[a][][b]");
});

Deno.test("reading standard input lets other tasks go on", async () => {
  const code = `
    local other = async.spawn(function() return "done" end)
    local pipe = io.popen("cat", "w")
    print(io.read(), other:await())
    pipe:close()`;
  const { stdout } = await assay(["exec", "-e", code], { stdin: "line\n" });
  assert.equal(stdout, "line\tdone\n");
});

Deno.test("print, io.write and commands keep their order", async () => {
  const code = `
    print("1")
    io.write("2\\n")
    os.execute("echo 3")
    io.stdout:write("4\\n"):write("5\\n")
    io.popen("echo 6 >&1; cat >/dev/null", "w"):close()
    print("7")`;
  const { stdout } = await assay(["exec", "-e", code]);
  assert.equal(stdout, "1\n2\n3\n4\n5\n6\n7\n");
});

Deno.test("what was printed comes before what io.stderr writes", async () => {
  const code = `print("1") io.stderr:write("2\\n") io.write("3\\n") io.stderr:write("4", "\\n")`;
  // A script of assay starts another one with both streams in one pipe
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-prompt", `${ROOT}main.ts`, "exec", "-e"];
  const { stdout } = await assay(
    ["exec", "-e", `io.write(io.popen(env.get("COMMAND") .. ' "$CODE" 2>&1'):read("a"))`],
    { env: { COMMAND: command.join(" "), CODE: code } },
  );
  assert.equal(stdout, "1\n2\n3\n4\n");
});

Deno.test("os.exit ends with its status, output and files written", async () => {
  await withFolder(async (folder) => {
    for (
      const [argument, status] of [["", 0], ["true", 0], ["false", 1], ["7", 7], ["256 + 3", 3]] as const
    ) {
      const file = `${folder}/f`;
      const code =
        `io.open("${file}", "w"):write("kept") io.write("out") os.exit(${argument}) print("not reached")`;
      const result = await assay(["exec", "-e", code]);
      assert.equal(result.status, status);
      assert.equal(result.stdout, "out");
      assert.equal(await Deno.readTextFile(file), "kept");
      await Deno.remove(file);
    }
  });
});

Deno.test("a script that ends, well or not, leaves its files written", async () => {
  await withFolder(async (folder) => {
    for (const end of ["", `error("stop")`]) {
      const file = `${folder}/f${end.length}`;
      await assay(["exec", "-e", `f = io.open("${file}", "w") f:write("kept") ${end}`]);
      assert.equal(await Deno.readTextFile(file), "kept");
    }
  });
});

Deno.test("dates are in UTC whatever the zone of the machine", async () => {
  const code = `print(os.date("%c", 0), os.time({ year = 1970, month = 1, day = 1, hour = 0 }))`;
  const { stdout } = await assay(["exec", "-e", code], { env: { TZ: "America/New_York" } });
  assert.equal(stdout, "1970-01-01 00:00:00\t0\n");
});

Deno.test("what the process is not allowed is told without advice about flags", async () => {
  const code = `
    for _, call in ipairs({ { fs.read, "/etc/x" }, { fs.exists, "/etc/x" }, { fs.glob, "/etc/*" }, { io.lines, "/etc/x" } }) do
      print(select(2, pcall(call[1], call[2])))
    end
    print(select(2, io.open("/etc/x")))`;
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-env",
      `--allow-read=${ROOT}`,
      "--no-prompt",
      "--quiet",
      `${ROOT}main.ts`,
      "exec",
      "-e",
      code,
    ],
    env: { RUST_LOG: "error" },
  });
  const lines = new TextDecoder().decode((await command.output()).stdout).trimEnd().split("\n");
  assert.equal(lines.length, 5);
  for (const line of lines) {
    assert.match(line, /permission denied: read of \/etc(\/x)?/);
    assert.doesNotMatch(line, /--allow|internal error/);
  }
});

Deno.test("output that cannot be written is told in one line and ends the script", async () => {
  for (const args of [["exec", "-e", `print("x")`], ["exec", "-e", `print("x") sleep(60)`], ["--help"]]) {
    const { status, stdout } = await shell(`"$ASSAY" "$@" 2>&1 >/dev/full`, args);
    assert.equal(stdout, "error: cannot write to standard output: No space left on device (os error 28)\n");
    assert.equal(status, 1);
  }
});

Deno.test("a log that cannot be written does not end the script", async () => {
  const { status, stdout } = await shell(`"$ASSAY" "$@" 2>/dev/full`, [
    "exec",
    "-e",
    `log.error("x") print("went on")`,
  ]);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "went on\n" });
});

Deno.test("what was printed is seen while a long computation goes on", async () => {
  const child = assayCommand(["exec", "-e", `print("begun") while true do end`]).spawn();
  await awaitLine(child.stdout, /begun\n/);
  child.kill("SIGKILL");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel(), child.status]);
});
