/** `assay modules`: the list of globals and modules, those on disk included. */
import assert from "node:assert/strict";
import { assay, shell, withFolder } from "./support/assay.ts";
import config from "../deno.json" with { type: "json" };

interface Listed {
  version: string;
  modules: {
    name: string;
    source: string;
    description: string;
    keywords: string[];
    env_vars: string[];
    quickrefs: { signature: string; return_hint: string; description: string }[];
    functions: string[];
  }[];
}

const TICKETS = [
  "--- @module assay.tickets",
  "--- @description Tickets of the help desk",
  "--- @keywords tickets, support",
  "--- @env TICKETS_URL",
  "--- @quickref c:get(id) -> ticket|nil | Get a ticket",
  "local M = {}",
  "function M.client(url) end",
  "return M",
].join("\n");

/** Runs in a folder that has these files, with `user/` as the folder of the user's modules. */
async function inProject<T>(files: Record<string, string>, body: (folder: string) => Promise<T>): Promise<T> {
  return await withFolder(async (folder) => {
    for (const [path, text] of Object.entries(files)) {
      const file = `${folder}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return await body(folder);
  });
}

async function list(folder: string, env: Record<string, string> = {}): Promise<Listed["modules"]> {
  const { status, stdout, stderr } = await assay(["modules", "--json"], {
    cwd: folder,
    env: { ASSAY_MODULES_PATH: `${folder}/user`, ...env },
  });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return (JSON.parse(stdout) as Listed).modules;
}

Deno.test("modules: the table has a head, a rule, and a row with padded columns for each", async () => {
  const { status, stdout, stderr } = await assay(["modules"], { env: { ASSAY_MODULES_PATH: "/nowhere" } });
  const [head, rule, ...rows] = stdout.trimEnd().split("\n");
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.equal(head, `${"MODULE".padEnd(30)} ${"SOURCE".padEnd(10)} DESCRIPTION`);
  assert.equal(rule, "-".repeat(80));
  assert.ok(
    rows.includes(
      `${"assay.grafana".padEnd(30)} ${"builtin".padEnd(10)} ` +
        "Grafana monitoring and dashboards. Health, datasources, annotations, alerts, folders.",
    ),
  );
  for (const row of rows) assert.match(row, /^\S+ +builtin {4}\S/);
});

Deno.test("modules: rows are sorted by name, nested modules have dotted names, internal ones are not there", async () => {
  const names = await withFolder(async (folder) => (await list(folder)).map(({ name }) => name));
  assert.deepEqual(names, names.toSorted());
  assert.equal(new Set(names).size, names.length);
  for (const name of ["assay.ory.kratos", "assay.k8s", "http", "process", "json"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(!names.some((name) => name.includes("internal")));
});

Deno.test("modules --json: everything that a header says, and the version", () =>
  inProject({ "modules/tickets.lua": TICKETS }, async (folder) => {
    const { stdout } = await assay(["modules", "--json"], { cwd: folder });
    assert.equal((JSON.parse(stdout) as Listed).version, config.version);
    assert.deepEqual((await list(folder)).find(({ name }) => name === "assay.tickets"), {
      name: "assay.tickets",
      source: "project",
      description: "Tickets of the help desk",
      keywords: ["tickets", "support"],
      env_vars: ["TICKETS_URL"],
      quickrefs: [{ signature: "c:get(id)", return_hint: "ticket|nil", description: "Get a ticket" }],
      functions: ["client"],
    });
  }));

Deno.test("modules --json: a global has the signatures that its declaration gives", async () => {
  const modules = await withFolder((folder) => list(folder));
  const base64 = modules.find(({ name }) => name === "base64");
  assert.deepEqual(base64?.functions, ["encode", "decode"]);
  assert.equal(base64?.quickrefs[0]?.signature, "base64.encode(bytes, opts?)");
  assert.equal(base64?.quickrefs[0]?.return_hint, "string");
  const http = modules.find(({ name }) => name === "http");
  assert.equal(http?.quickrefs[0]?.return_hint, "{status, body, headers, header_lists, url}");
});

Deno.test("modules: a module of the project wins over the user's, and that over an embedded one", () =>
  inProject({
    "modules/both.lua": "--- @description the project's",
    "user/both.lua": "--- @description the user's",
    "user/grafana.lua": "--- @description my own Grafana",
  }, async (folder) => {
    const found = (await list(folder)).filter(({ name }) => /both|grafana/.test(name));
    assert.deepEqual(found.map(({ name, source, description }) => [name, source, description]), [
      ["assay.both", "project", "the project's"],
      ["assay.grafana", "global", "my own Grafana"],
    ]);
  }));

Deno.test("modules: what is listed from disk is what require finds, in folders and init.lua too", () =>
  inProject({
    "modules/plain.lua": "return 'plain'",
    "modules/team/init.lua": "return 'team'",
    "modules/team/deploy.lua": "return 'deploy'",
    "modules/un.usable.lua": "return 'a dot is a folder'",
    "modules/notes.txt": "no module",
    "modules/.hidden/secret.lua": "return 'hidden'",
  }, async (folder) => {
    const names = (await list(folder)).filter(({ source }) => source === "project").map(({ name }) => name);
    assert.deepEqual(names, ["assay.plain", "assay.team", "assay.team.deploy"]);
    const code = names.map((name) => `print((require("${name}")))`).join(" ");
    const { stdout } = await assay(["exec", "-e", code], { cwd: folder });
    assert.equal(stdout, "plain\nteam\ndeploy\n");
  }));

Deno.test("modules: without ASSAY_MODULES_PATH the user's modules are in ~/.assay/modules", () =>
  inProject({ ".assay/modules/mine.lua": "--- @description mine" }, async (folder) => {
    const { stdout } = await new Deno.Command("/usr/bin/env", {
      args: ["-u", "ASSAY_MODULES_PATH", `HOME=${folder}`, Deno.execPath(), ...assayArgs(["modules"])],
      cwd: folder,
      env: { DENO_DIR: await denoFolder() },
    }).output();
    assert.match(new TextDecoder().decode(stdout), /^assay\.mine {21}global {5}mine$/m);
  }));

Deno.test("modules: links to files count, folders and pipes with a module's name do not", () =>
  inProject(
    { "data/linked.lua": "--- @description through a link", "modules/odd.lua/x": "" },
    async (folder) => {
      await Deno.symlink("../data/linked.lua", `${folder}/modules/linked.lua`);
      await new Deno.Command("mkfifo", { args: [`${folder}/modules/pipe.lua`] }).output();
      const found = (await list(folder)).filter(({ source }) => source === "project");
      assert.deepEqual(found.map(({ name, description }) => [name, description]), [
        ["assay.linked", "through a link"],
      ]);
    },
  ));

Deno.test("modules: what a header says cannot command the terminal", () =>
  inProject({ "modules/evil.lua": "--- @description red \x1b[31m\x07and \x9b2J" }, async (folder) => {
    const { stdout } = await assay(["modules"], { cwd: folder });
    assert.match(stdout, /^assay\.evil +project +red {2}\[31m and {2}2J$/m);
  }));

Deno.test("modules: modules and context need no permission but to read files and variables", () =>
  inProject({ "modules/tickets.lua": TICKETS }, async (folder) => {
    for (const args of [["modules"], ["context", "tickets"]]) {
      const allowed = assayArgs(args).map((arg) => arg === "-A" ? "--allow-read" : arg);
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: allowed.toSpliced(2, 0, "--allow-env"),
        cwd: folder,
        stdin: "null",
      }).output();
      assert.equal(code, 0);
      assert.match(new TextDecoder().decode(stdout), /assay\.tickets/);
    }
  }));

Deno.test("modules: a reader that has had enough ends it in silence", async () => {
  for (const command of ["modules", "modules --json", "context http -l 99", "types"]) {
    const { stdout, stderr } = await shell(`"$ASSAY" ${command} | head -n 1`, []);
    assert.equal(stdout.split("\n").length, 2, command);
    assert.equal(stderr, "", command);
  }
});

Deno.test("modules: what makes no sense is refused", async () => {
  const cases: [string[], RegExp][] = [
    [["modules", "grafana"], /unexpected argument 'grafana' of 'modules'/],
    [["modules", "--limit", "3"], /unknown option '--limit'/],
    [["context"], /context requires a QUERY/],
    [["context", "x", "--limit", "none"], /invalid value 'none' for --limit/],
    [["types", "--output", ""], /invalid value '' for --output/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await assay(args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, message);
  }
});

function assayArgs(args: string[]): string[] {
  const root = new URL("..", import.meta.url).pathname;
  return ["run", "-A", "--no-prompt", "--quiet", `--config=${root}deno.json`, `${root}main.ts`, ...args];
}

/** Where Deno keeps what it has compiled: another home would make it begin anew. */
async function denoFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}
