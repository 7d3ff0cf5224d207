/** How the lists of processes are read, those of a system that the tests do not run on too. */
import assert from "node:assert/strict";
import type { ProcessEntry } from "../builtins/process/entry.ts";
import { listProc, parseProc } from "../builtins/process/proc.ts";
import { listPs, parsePs } from "../builtins/process/ps.ts";
import { runs } from "../builtins/process/table.ts";

const STAT = "0 0 -1 4194560 1 0 0 0 0 0";

Deno.test("proc: names may hold brackets, blanks and line ends", () => {
  assert.deepEqual(parseProc(`12 (a) S (b \n) R 1 ${STAT}`, "/bin/x\0-a\0b c\0"), {
    pid: 12,
    name: "a) S (b \n",
    parent: 1,
    isZombie: false,
    commandLine: "/bin/x -a b c",
  });
});

Deno.test("proc: threads of the kernel have no command line, ended processes are told apart", () => {
  assert.deepEqual(parseProc(`2 (kthreadd) S 0 ${STAT}`, ""), {
    pid: 2,
    name: "kthreadd",
    parent: 0,
    isZombie: false,
  });
  assert.equal(parseProc(`3 (sleep) Z 1 ${STAT}`, "")?.isZombie, true);
  assert.equal(parseProc("", ""), undefined);
});

Deno.test("ps: names are those of programs, which may hold blanks; processes may end between the lists", () => {
  const names = [
    "    1     0 Ss   /sbin/launchd",
    "  345     1 S    /Applications/Visual Studio Code.app/Contents/MacOS/Code Helper",
    "12345   345 Z    (sleep)",
    "  400   345 R+   -zsh",
    "",
  ].join("\n");
  const commands = [
    "    1 /sbin/launchd",
    "  345 /Applications/Visual Studio Code.app/Contents/MacOS/Code Helper --type=gpu",
    "  400 -zsh  ",
    "99999 gone already",
    "",
  ].join("\n");
  assert.deepEqual(parsePs(names, commands), [
    { pid: 1, name: "launchd", parent: 0, isZombie: false, commandLine: "/sbin/launchd" },
    {
      pid: 345,
      name: "Code Helper",
      parent: 1,
      isZombie: false,
      commandLine: "/Applications/Visual Studio Code.app/Contents/MacOS/Code Helper --type=gpu",
    },
    { pid: 12345, name: "(sleep)", parent: 345, isZombie: true },
    { pid: 400, name: "-zsh", parent: 345, isZombie: false, commandLine: "-zsh" },
  ]);
});

Deno.test({
  name: "both ways of listing show the same processes",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
    const find = (entries: readonly ProcessEntry[]) => entries.find(({ pid }) => pid === child.pid);
    assert.deepEqual(find(await listPs()), find(await listProc()));
    assert.equal(find(await listProc())?.parent, Deno.pid);
    child.kill("SIGKILL");
    await child.status;
  },
});

Deno.test("a name runs when a process has exactly it, or all of it that the kernel keeps", () => {
  const entry = (name: string, commandLine?: string, isZombie = false): ProcessEntry => ({
    pid: 1,
    name,
    parent: 0,
    isZombie,
    ...(commandLine === undefined ? {} : { commandLine }),
  });
  assert.ok(runs([entry("nginx")], ["x", "nginx"]));
  assert.ok(!runs([entry("nginx", "nginx: worker")], ["nginx:", "ngin"]));
  assert.ok(!runs([entry("nginx", undefined, true)], ["nginx"]));
  assert.ok(
    runs([entry("kube-controller", "/usr/bin/kube-controller-manager -v")], ["kube-controller-manager"]),
  );
  assert.ok(!runs([entry("kube-controller", "/usr/bin/kube-controller-x")], ["kube-controller-manager"]));
  assert.ok(!runs([entry("kube-controller")], ["kube-controller-manager"]));
  assert.ok(!runs([entry("nginx")], []));
});
