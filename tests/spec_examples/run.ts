/** Runs examples as a user would, in folders of their own. */
import assert from "node:assert/strict";
import { type EngineName, ENGINES } from "../../runtime/engines.ts";
import { assay, assayCommand, awaitLine, type Result, ROOT, withFolder } from "../support/assay.ts";
import { Internet, type Services } from "../support/internet.ts";
import type { ChecksExample, ScriptExample, SkipReason } from "./example.ts";

// Examples have a HOME of their own; Deno would begin a new cache there
const DENO_DIR = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;

// Says the port that http.serve has chosen, once it waits for requests
const ANNOUNCE = 'async.spawn(function() log.info("listening on http://127.0.0.1:" .. _SERVER_PORT) end) ';

/** Writes an example's files into a folder, with the example's changes. */
async function lay(
  folder: string,
  source: URL,
  { files = {}, replace = {}, before = "" }: Pick<ScriptExample, "files" | "replace" | "before">,
): Promise<string> {
  const inFolder = (text: string) => text.replaceAll("{folder}", folder);
  for (const [name, content] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, inFolder(content));
  }
  let code = await Deno.readTextFile(source);
  for (const [text, other] of Object.entries(replace)) {
    assert.ok(code.includes(text), `the example has no ${text}`);
    code = code.replaceAll(text, inFolder(other));
  }
  const file = `${folder}/example${/\.\w+$/.exec(source.pathname)?.[0]}`;
  const [shebang = ""] = /^#!.*\n/.exec(code) ?? [];
  await Deno.writeTextFile(file, shebang + inFolder(before) + "\n" + code.slice(shebang.length));
  return file;
}

/** Runs `body` where an example's services are, and checks that all of them were asked, and nobody else. */
async function withServices(
  services: Services,
  body: (folder: string, environment: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/certificates`);
    await using internet = await Internet.start(services, `${folder}/certificates`);
    try {
      await body(folder, { ...internet.environment, HOME: folder, DENO_DIR, RUST_LOG: "info" });
    } finally {
      assert.deepEqual(internet.unexpected, [], "requests that no service is there for");
    }
    assert.deepEqual([...new Set(internet.asked)].sort(), Object.keys(services).sort(), "services asked");
  });
}

/** Runs a script to its end, or asks the service that it is. */
export async function runScript(
  source: URL,
  example: ScriptExample,
  engine: EngineName = ENGINES[0],
): Promise<SkipReason | void> {
  const { within } = example;
  if (within !== undefined) {
    const { within: _, ...rest } = example;
    return await within(async ({ replace, before }) => {
      await runScript(source, {
        ...rest,
        replace: { ...rest.replace, ...replace },
        ...(before !== undefined && { before }),
      }, engine);
    });
  }
  const { services = {}, env = {}, output = /^/, ask } = example;
  await withServices(services, async (folder, environment) => {
    const before = (example.before ?? "") + (ask === undefined ? "" : ANNOUNCE);
    const file = await lay(folder, source, { ...example, before });
    const options = { cwd: folder, env: { ...environment, ...env, ASSAY_LUA: engine } };
    if (ask !== undefined) return await askService(file, options, ask);
    const { status, stdout, stderr } = await assay([file], options);
    assert.equal(status, 0, stderr);
    assert.match(stdout + stderr, output);
  });
}

async function askService(
  file: string,
  options: { cwd: string; env: Record<string, string> },
  ask: (url: string) => Promise<void>,
): Promise<void> {
  const child = assayCommand([file], { ...options, stdout: "null" }).spawn();
  try {
    const [, url = ""] = await awaitLine(child.stderr, /listening on (http:\S+)\n/);
    await ask(url);
  } finally {
    child.kill("SIGTERM");
    await Promise.all([child.status, child.stderr.cancel()]);
  }
}

/** Runs a file of checks, which must all pass. */
export async function runChecks(source: URL, example: ChecksExample): Promise<void> {
  await withServices(example.services, async (folder, env) => {
    const file = await lay(folder, source, example);
    const { status, stdout, stderr } = await assay([file], { cwd: folder, env });
    assert.equal(status, 0, stdout + stderr);
    const { results } = JSON.parse(stdout) as { results: { name: string; status: string }[] };
    assert.deepEqual(results.map(({ name, status }) => `${name} ${status}`), example.checks);
  });
}

/** Runs lines of shell in a folder with an example's file, where `assay` is a command. */
export async function runShell(
  lines: string,
  files: Record<string, string> = {},
  services: Services = {},
): Promise<Result> {
  const results: Result[] = [];
  await withServices(services, async (folder, env) => {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(
        `${folder}/${name}`,
        content.replaceAll("/usr/bin/assay", `${folder}/bin/assay`),
      );
    }
    await Deno.mkdir(`${folder}/bin`);
    await Deno.symlink(`${ROOT}bin/assay`, `${folder}/bin/assay`);
    const command = new Deno.Command("/bin/sh", {
      args: ["-ec", lines],
      cwd: folder,
      env: {
        ...env,
        PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
        ASSAY_DENO: Deno.execPath(),
        NO_COLOR: "1",
      },
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    results.push({ status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) });
  });
  const [result] = results;
  assert.ok(result);
  return result;
}
