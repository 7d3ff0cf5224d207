/** Plain command lines are read without the options parser, which is to say the same of them. */
import assert from "node:assert/strict";
import { parseCommandLine } from "../cli/arguments.ts";
import { parseOptions } from "../cli/options.ts";

const PLAIN = [
  "run a.lua",
  "run a.lua one two",
  "run run",
  "run a.txt",
  "exec a.lua",
  "exec a.txt one exec",
  "exec -e print(1)",
];

for (const line of PLAIN) {
  Deno.test(`assay ${line} is read as the options parser reads it`, async () => {
    assert.deepEqual(await parseCommandLine(line.split(" ")), parseOptions(line.split(" ")));
  });
}

for (const line of ["run a.lua --timeout 5 -- one", "exec a.lua --timeout 5", "exec -e print(1) one"]) {
  Deno.test(`assay ${line} is left to the options parser`, async () => {
    assert.deepEqual(await parseCommandLine(line.split(" ")), parseOptions(line.split(" ")));
  });
}

for (const line of ["run", "exec", "run a.yaml one"]) {
  Deno.test(`assay ${line} makes no sense to either`, async () => {
    await assert.rejects(parseCommandLine(line.split(" ")), (error: Error) => {
      assert.throws(() => parseOptions(line.split(" ")), { name: error.name, message: error.message });
      return true;
    });
  });
}
