/** exec checks: only what is allowed runs, and all of it ends with the check. */
import assert from "node:assert/strict";
import type { CheckResult } from "../checks/run/result.ts";
import { assay, assayCommand, withFolder } from "./support/assay.ts";
import { errorOf } from "./support/checks.ts";

/** Runs a file of checks as users do, confined. */
async function confined(yaml: string, cwd: string): Promise<readonly CheckResult[]> {
  await Deno.writeTextFile(`${cwd}/checks.yaml`, yaml);
  const { stdout } = await assay(["checks.yaml"], { cwd });
  return (JSON.parse(stdout) as { results: CheckResult[] }).results;
}

Deno.test("the exit status and what is printed are compared", async () => {
  const sh = (script: string, rest = "") => errorOf(`type: exec, command: [sh, -c, '${script}'], ${rest}`);
  assert.equal(await sh("echo hi"), undefined);
  assert.equal(await sh("exit 3", "expect: {status: 3}"), undefined);
  assert.equal(await sh("echo broken >&2; exit 3"), "expected exit status 0, got 3: broken");
  assert.equal(await sh("echo hi 5", "expect: {stdout: {contains: hi, matches: '\\d'}}"), undefined);
  assert.equal(await sh("echo hi", "expect: {stdout: ho}"), 'stdout does not contain "ho"');
  assert.equal(await sh("cat", "stdin: 'from the file', expect: {stdout: from the file}"), undefined);
  assert.match(await sh("kill -9 $$") ?? "", /^"sh" was ended by SIGKILL/);
  assert.equal(
    await errorOf("type: exec, command: [no-such-program]"),
    'cannot start "no-such-program": no folder in PATH has this program',
  );
});

Deno.test("the program sees its own variables and PATH alone", async () => {
  const check = "type: exec, command: [sh, -c, 'echo $A-$HOME-$PWD; test -n \"$PATH\"'], env: {A: own}";
  assert.equal(await errorOf(`${check}, cwd: /tmp, expect: {stdout: {equals: \"own--/tmp\\n\"}}`), undefined);
});

Deno.test("endless output is cut, with the program", async () => {
  assert.equal(await errorOf("type: exec, command: ['yes']"), '"yes" printed more than 1 MiB and was killed');
});

Deno.test("nothing runs that 'allow' does not name", async () => {
  await withFolder(async (folder) => {
    const [denied, other, allowed] = await confined(
      `
retries: 0
checks:
  - {name: denied, type: exec, command: [touch, '${folder}/a']}
  - {name: other, type: exec, command: [touch, '${folder}/b'], allow: {run: echo}}
  - {name: allowed, type: exec, command: [touch, '${folder}/c'], allow: {run: [touch]}}`,
      folder,
    );
    assert.match(denied?.error ?? "", /permission denied: run of touch \(add allow: \{run: \["touch"\]\}\)/);
    assert.match(other?.error ?? "", /permission denied: run of touch/);
    assert.equal(allowed?.status, "passed");
    const exists = (name: string) => Deno.stat(`${folder}/${name}`).then(() => true, () => false);
    assert.deepEqual([await exists("a"), await exists("b"), await exists("c")], [false, false, true]);
  });
});

Deno.test("at its timeout the whole process group is killed, though the worker may start one program only", async () => {
  await withFolder(async (folder) => {
    const script = `sh -c "echo \\$\\$ > ${folder}/pid; exec sleep 300" & sleep 300`;
    const [result] = await confined(
      `
retries: 0
checks:
  - name: hangs
    type: exec
    timeout: 500ms
    command: [sh, -c, ${JSON.stringify(script)}]
    allow: {run: [sh]}`,
      folder,
    );
    assert.equal(result?.error, "timed out after 0.5s");
    await assertGone((await Deno.readTextFile(`${folder}/pid`)).trim());
  });
});

/** A killed process takes a moment to go. */
async function assertGone(pid: string): Promise<void> {
  for (let tries = 0;; tries++) {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    // It is gone, or has ended and was not waited for yet
    if (stat === "" || stat.includes(") Z ")) return;
    assert.ok(tries < 200, `process ${pid} is still there: ${stat}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("programs end with assay, even when it is killed", async () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await withFolder(async (folder) => {
      // The shell that ends programs where assay cannot has to hear of this one first
      const yaml = `
retries: 0
checks:
  - name: hangs
    type: exec
    command: [sh, -c, 'sleep 0.5; echo $$ > ${folder}/new; mv ${folder}/new ${folder}/pid; sleep 300']
    allow: {run: [sh]}`;
      await Deno.writeTextFile(`${folder}/checks.yaml`, yaml);
      const child = assayCommand(["checks.yaml"], { cwd: folder, stdout: "null", stderr: "null" }).spawn();
      let pid: string | undefined;
      while (pid === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        pid = await Deno.readTextFile(`${folder}/pid`).then((text) => text.trim(), () => undefined);
      }
      child.kill(signal);
      await child.status;
      await assertGone(pid);
    });
  }
});
