/** What options and first lines of scripts allow, what makes no sense there, and how `assay permissions` shows it. */
import assert from "node:assert/strict";
import { effectiveGrants, grantsOf, grantsOfScript } from "../cli/permission_options.ts";
import { EVERYTHING, type Grants, NOTHING } from "../runtime/permissions.ts";
import { assay, withFolder } from "./support/assay.ts";

/** What anything narrowed is without: see `grantsOf`. */
const CONFINED: Grants = { ...EVERYTHING, ffi: false, import: false };

Deno.test("without an option everything is allowed", () => {
  assert.deepEqual(grantsOf([]), EVERYTHING);
  assert.equal(effectiveGrants("-- a comment\nprint(1)", []), undefined);
});

Deno.test("with an --allow option only what is given is allowed", () => {
  assert.deepEqual(grantsOf(["--allow-net"]), { ...NOTHING, net: true });
  assert.deepEqual(grantsOf(["--allow-net=Example.com:443,b"]), {
    ...NOTHING,
    net: ["example.com:443", "b"],
  });
  assert.deepEqual(grantsOf(["--allow-net=a", "--allow-net=b"]), { ...NOTHING, net: ["a", "b"] });
  assert.deepEqual(grantsOf(["--allow-net=a", "--allow-net"]), { ...NOTHING, net: true });
  assert.deepEqual(grantsOf(["--allow-read=/a/../b/./c"]), { ...NOTHING, read: ["/b/c"] });
  assert.deepEqual(grantsOf(["--allow-read=data"]), { ...NOTHING, read: [`${Deno.cwd()}/data`] });
  assert.deepEqual(grantsOf(["--allow-env=HOME, USER"]), { ...NOTHING, env: ["HOME", "USER"] });
});

Deno.test("with --deny options alone all else is allowed", () => {
  assert.deepEqual(grantsOf(["--deny-net"]), { ...CONFINED, net: false });
  assert.deepEqual(grantsOf(["--deny-run", "--deny-sys"]), { ...CONFINED, run: false, sys: false });
});

Deno.test("a --deny option wins over an --allow option, in any order", () => {
  assert.deepEqual(grantsOf(["--allow-net", "--allow-run", "--deny-run"]), { ...NOTHING, net: true });
  assert.deepEqual(grantsOf(["--deny-run", "--allow-net", "--allow-run"]), { ...NOTHING, net: true });
  assert.deepEqual(grantsOf(["--allow-net=a,b,c", "--deny-net=b"]), { ...NOTHING, net: ["a", "c"] });
  assert.deepEqual(grantsOf(["--allow-net=a", "--deny-net=a"]), NOTHING);
});

Deno.test("what cannot be held, or makes no sense, is refused with what to do", () => {
  for (
    const [options, message] of [
      [["--deny-net=a"], /cannot be held: a part cannot be taken from the whole. Deny all with --deny-net/],
      [["--allow-read=/a", "--deny-read=/a/b"], /cannot be held/],
      [["--deny-read"], /cannot be held where writing is allowed: .* Add --deny-write/],
      [["--allow-write=/a", "--deny-read"], /cannot be held where writing is allowed/],
      [["--allow-ffi"], /unknown permission in '--allow-ffi': known are net, read, write, env, run, sys/],
      [["--allow-all"], /unknown permission/],
      [["--allow-net="], /names nothing behind '='/],
    ] as const
  ) {
    assert.throws(() => grantsOf(options), { name: "UsageError", message }, options.join(" "));
  }
});

Deno.test("comments before any code narrow a script", () => {
  const grants = (lines: string) => grantsOfScript(lines);
  assert.deepEqual(grants("#!/usr/bin/env assay\n\n-- About\n-- assay: allow-net=a\nprint()"), {
    ...NOTHING,
    net: ["a"],
  });
  assert.deepEqual(grants("--assay: allow-net=a allow-run\n--  assay:   deny-run\n"), {
    ...NOTHING,
    net: ["a"],
  });
  assert.deepEqual(grants("print()\n-- assay: allow-net=a"), EVERYTHING);
  assert.deepEqual(grants("-- see assay: allow-net=a"), EVERYTHING);
  assert.deepEqual(grants("-- assay:"), EVERYTHING);
  assert.throws(() => grants("-- assay: allow-nte"), /unknown permission in 'allow-nte'/);
  assert.throws(() => grants("-- assay: narrow"), /unknown permission in 'narrow'/);
});

Deno.test("the command line narrows further what a script says of itself, and widens nothing", () => {
  const effective = (line: string, ...options: string[]) => effectiveGrants(`-- assay: ${line}`, options);
  assert.deepEqual(effective("allow-env allow-run", "--allow-run=git", "--allow-read"), {
    ...NOTHING,
    run: ["git"],
  });
  assert.deepEqual(effective("allow-read=/a", "--allow-read=/a/b,/c"), { ...NOTHING, read: ["/a/b"] });
  assert.deepEqual(effective("allow-read=/a/b", "--allow-read=/a"), { ...NOTHING, read: ["/a/b"] });
  assert.deepEqual(effective("allow-read=/ab", "--allow-read=/a"), NOTHING);
  assert.deepEqual(effective("allow-read", "--allow-net"), NOTHING);
  assert.deepEqual(effective("allow-env=A", "--deny-net"), { ...NOTHING, env: ["A"] });
});

Deno.test("who may use the network may list the CAs that the system trusts", () => {
  const net = (extent: Grants["net"]): Grants => ({ ...NOTHING, net: extent, sys: ["ca"] });
  assert.deepEqual(effectiveGrants("", ["--allow-net"]), net(true));
  assert.deepEqual(effectiveGrants("-- assay: allow-net=a", ["--allow-net=a:1,ab"]), net(["a:1"]));
});

Deno.test("a wrong option ends with status 2 before the script runs", async () => {
  for (
    const args of [
      ["exec", "--allow-nte", "-e", "print(1)"],
      ["exec", "-e", "-- assay: deny-net=x\nprint(1)"],
      ["check", "--allow-net", "x.yaml"],
    ]
  ) {
    const { status, stdout, stderr } = await assay(args);
    assert.deepEqual([status, stdout], [2, ""], args.join(" "));
    assert.match(stderr, /^error: .*allow-nte|^error: .*deny-net=x|^error: .*goes with scripts only/);
  }
});

Deno.test("what is confined is so however a script is started", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/s.lua`, `-- assay: allow-env=OWN\nprint(pcall(env.get, "HOME"))`);
    await Deno.writeTextFile(`${folder}/plain.lua`, `print(pcall(env.get, "HOME"))`);
    for (
      const args of [
        ["s.lua"],
        ["run", "s.lua"],
        ["exec", "s.lua"],
        ["run", "--allow-env=OWN", "plain.lua"],
        [
          "--allow-env=OWN",
          "plain.lua",
        ],
      ]
    ) {
      const { stdout } = await assay(args, { cwd: folder });
      assert.match(
        stdout,
        /^false\t\S*permission denied: env of HOME|^false\t.*env\.get: permission denied/,
        args.join(" "),
      );
    }
  });
});

/** Runs `assay permissions` beside a script and a file of checks. */
async function shown(...args: string[]): Promise<{ status: number; text: string }> {
  return await withFolder(async (folder) => {
    const hosts = Array.from({ length: 6 }, (_, i) => `host-${i}.example.com:443`).join();
    await Deno.writeTextFile(`${folder}/plain.lua`, "print(1)");
    await Deno.writeTextFile(`${folder}/wide.lua`, `-- assay: allow-net=${hosts} allow-write=/srv\n`);
    await Deno.writeTextFile(
      `${folder}/c.yaml`,
      `{checks: [{name: a, type: tcp, host: h, port: 1}, {name: b, type: script, file: plain.lua, allow: {run: [git]}}]}`,
    );
    const { status, stdout, stderr } = await assay(["permissions", ...args], { cwd: folder });
    return { status, text: stdout + stderr };
  });
}

Deno.test("permissions shows a table of the modes", async () => {
  const { status, text } = await shown();
  assert.equal(status, 0);
  const lines = text.split("\n");
  assert.match(lines[0] ?? "", /^MODE +ENTERED BY +MAY$/);
  assert.ok(lines.every((line) => line.length <= 100), text);
  for (const mode of ["script", "checks", "script check", "modules", "help"]) {
    assert.ok(lines.some((line) => line.startsWith(`${mode}  `)), mode);
  }
});

Deno.test("permissions MODE shows what it may do", async () => {
  assert.match(
    (await shown("checks")).text,
    /\n {2}net {5}all\n {2}nothing else: no read, write, env, run, sys, /,
  );
  assert.match((await shown("help")).text, /\n {2}nothing: no net, read, /);
});

Deno.test("permissions SCRIPT shows what it would be granted, in lines that fit", async () => {
  assert.match(
    (await shown("plain.lua")).text,
    /^plain\.lua may do everything: neither it nor the command line/,
  );
  const { text } = await shown("wide.lua");
  assert.match(
    text,
    /^wide\.lua may\n {2}net {5}host-0.*,\n {10}host-\d.*\n {2}write {3}\/srv\n {2}sys {5}ca\n/,
  );
  assert.match(text, /\n {2}What may be written may be read too\.\n$/);
  assert.ok(text.split("\n").every((line) => line.length <= 100));
  assert.match(
    (await shown("--allow-run", "plain.lua")).text,
    /^plain\.lua may\n {2}run {5}all\n {2}nothing else: .*\n {2}Programs that are run may do everything\.\n$/,
  );
});

Deno.test("permissions FILE.yaml shows the checks apart that may do something else", async () => {
  const { text } = await shown("c.yaml");
  assert.match(text, /^c\.yaml: 'a' may\n {2}net {5}h:1\n {2}nothing else: /);
  assert.match(text, /\n\nc\.yaml: 'b' may\n {2}net {5}h:1\n {2}run {5}git\n {2}nothing else: /);
});

Deno.test("permissions tells what it does not know", async () => {
  const unknown = await shown("nope");
  assert.equal(unknown.status, 2);
  assert.match(unknown.text, /^error: 'nope' is neither a mode nor a file: modes are 'script', 'checks'/);
  const missing = await shown("nope.lua");
  assert.equal(missing.status, 1);
  assert.match(missing.text, /^error: reading nope\.lua: No such file or directory \(os error 2\)\n/);
  const option = await shown("--allow-net", "c.yaml");
  assert.equal(option.status, 2);
  assert.match(option.text, /^error: option '--allow-net' goes with scripts only: name one behind it\n/);
});
