/**
 * The examples of the specification's documents do what they say. Each is run as a user would, against services of
 * the test's own; those that are not run are listed with the reason.
 */
import assert from "node:assert/strict";
import { ENGINES } from "../runtime/engines.ts";
import { DOCUMENTS } from "./spec_examples/index.ts";
import type { Example, SkipReason } from "./spec_examples/example.ts";
import { runChecks, runScript } from "./spec_examples/run.ts";

const FOLDER = new URL("./spec_examples/", import.meta.url);

for (const { name, folder, scripts = [], checks = [], others = [] } of DOCUMENTS) {
  const register = (example: Example, run: () => Promise<SkipReason | void>, how = "") => {
    const title = `spec examples: ${name}, ${example.section}: ${example.name}${how}`;
    if (example.not !== undefined) {
      Deno.test({ name: `${title} (not run: ${example.not})`, ignore: true, fn() {} });
      return;
    }
    Deno.test(title, async (t) => {
      const skipped = await run();
      if (skipped !== undefined) await t.step({ name: `skipped: ${skipped}`, ignore: true, fn() {} });
    });
  };
  for (const example of scripts) {
    const source = new URL(`${folder}/${example.name}`, FOLDER);
    for (const engine of ENGINES) {
      register(example, () => runScript(source, example, engine), ` in ${engine}`);
    }
  }
  for (const example of checks) {
    register(example, () => runChecks(new URL(`${folder}/${example.name}`, FOLDER), example));
  }
  for (const example of others) {
    register(example, async () => await (example.run ?? assert.fail("it does not say how it is run"))());
  }

  if (folder === undefined) continue;
  Deno.test(`spec examples: every file of ${folder} is in the list`, async () => {
    const files: string[] = [];
    for await (const { name } of Deno.readDir(new URL(folder, FOLDER))) files.push(name);
    const listed = [...scripts, ...checks].map((example) => example.name);
    const used = others.flatMap((example) => example.file ?? []);
    assert.deepEqual(files.sort(), [...new Set([...listed, ...used])].sort());
  });
}
