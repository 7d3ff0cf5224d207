/** What happens to commands when the script that has started them ends, one way or another. */
import assert from "node:assert/strict";
import { assayCommand, awaitLine, withFolder } from "./support/assay.ts";

/** A child and a grandchild that are there as long as they are let; the grandchild's id is in the file `pid`. */
const FAMILY = "sleep 1000 & echo $! > new; mv new pid; wait";

const WAYS = {
  "shell.exec": `async.spawn(function() shell.exec("${FAMILY}") end) sleep(1000)`,
  "shell.exec in a busy script":
    `async.spawn(function() shell.exec("${FAMILY}") end) sleep(0.001) while true do end`,
  "process.spawn": `process.spawn("${FAMILY}") sleep(1000)`,
} as const;

/** Waits for the file `pid` in a folder. */
async function pidIn(folder: string): Promise<number> {
  for (;;) {
    const text = await Deno.readTextFile(`${folder}/pid`).catch(() => undefined);
    if (text !== undefined) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^\d+ \(.*\) [ZX]/s.test(stat);
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

const ignore = Deno.build.os !== "linux";

for (const [name, code] of Object.entries(WAYS)) {
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.test({
      name: `${signal} ends a script and what ${name} has started`,
      ignore,
      fn: () =>
        withFolder(async (folder) => {
          const child = assayCommand(["exec", "-e", code], { cwd: folder, stdout: "null", stderr: "null" })
            .spawn();
          const pid = await pidIn(folder);
          child.kill(signal);
          assert.equal((await child.status).code, expected);
          await ended(pid);
        }),
    });
  }
}

for (
  const [how, end, status] of [
    ["its last line", "", 0],
    ["os.exit", "os.exit(3)", 3],
    ["an error", "error('x')", 1],
  ] as const
) {
  Deno.test({
    name: `a process ends with its script, by ${how}`,
    ignore,
    fn: () =>
      withFolder(async (folder) => {
        const code = `process.spawn("${FAMILY}") while not fs.exists("pid") do sleep(0.005) end ${end}`;
        const { code: actual } = await assayCommand(["exec", "-e", code], { cwd: folder }).output();
        assert.equal(actual, status);
        await ended(await pidIn(folder));
      }),
  });
}

Deno.test({
  name: "a detached process goes on when its script has ended",
  ignore,
  async fn() {
    const code =
      `print(process.spawn({ "sleep", "1000" }, { detach = true, stdin = "null", stdout = "null", stderr = "null" }).pid)`;
    const { stdout } = await assayCommand(["exec", "-e", code]).output();
    const pid = Number(new TextDecoder().decode(stdout));
    assert.ok(isAlive(pid));
    Deno.kill(pid, "SIGKILL");
    await ended(pid);
  },
});

Deno.test({
  name: "the time limit of a script ends its commands",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      const code = `shell.exec("echo $$ > ${folder}/new; mv ${folder}/new ${folder}/pid; sleep 1000")`;
      await Deno.writeTextFile(`${folder}/s.lua`, code);
      let timeout = 0.5;
      let stderr = "";
      const pidOf = () => Deno.readTextFile(`${folder}/pid`).catch(() => undefined);
      while (await pidOf() === undefined) {
        const output = await assayCommand(["run", "--timeout", String(timeout), `${folder}/s.lua`]).output();
        assert.equal(output.code, 1);
        stderr = new TextDecoder().decode(output.stderr);
        timeout *= 2;
      }
      assert.match(stderr, /execution timed out after/);
      await ended(Number(await pidOf()));
    });
  },
});

Deno.test({
  name: "a server's last requests may use commands before they are ended",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      const code = `
        async.spawn(function() io.stderr:write("port=", _SERVER_PORT, ".\\n") end)
        http.serve(0, { GET = { ["/"] = function()
          local r = shell.exec("echo > ${folder}/started; cat ${folder}/go")
          return { body = r.stdout .. r.status }
        end } }, { host = "127.0.0.1" })`;
      await new Deno.Command("mkfifo", { args: [`${folder}/go`] }).output();
      const child = assayCommand(["exec", "-e", code], { stdout: "null" }).spawn();
      const [, port] = await awaitLine(child.stderr, /port=(\d+)\./);
      const answer = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
      while (!await Deno.stat(`${folder}/started`).then(() => true, () => false)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill("SIGTERM");
      // Nobody is listened to any more, so that the signal has arrived
      while (
        await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }).then(
          (c) => (c.close(), true),
          () => false,
        )
      );
      await Deno.writeTextFile(`${folder}/go`, "all is well ");
      assert.equal(await answer, "all is well 0");
      assert.equal((await child.status).code, 0);
      await child.stderr.cancel();
    });
  },
});
