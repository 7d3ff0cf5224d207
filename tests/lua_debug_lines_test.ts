/**
 * Compares the lines and the number of the instructions of stepped code with those of PUC-Rio's compiler: hooks of lines
 * and counts are told of them.
 */
import assert from "node:assert/strict";
import * as Op from "../runtime/lua/stepped/opcode.ts";
import { compileSteps } from "../runtime/lua/stepped/compiler.ts";

/** The lines of the instructions of each function, in the order of the text; undefined without `luac5.4`. */
async function listing(file: URL): Promise<string[] | undefined> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("luac5.4", { args: ["-l", "-p", decodeURIComponent(file.pathname)] })
      .output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("skipped: luac5.4 is not installed, nothing to compare with");
    return undefined;
  }
  const functions: string[][] = [];
  for (const line of new TextDecoder().decode(output.stdout).split("\n")) {
    if (/^(?:main|function) </.test(line)) functions.push([]);
    const [, at, op = ""] = /^\t\d+\t\[(-?\d+)\]\t(\w+)/.exec(line) ?? [];
    // Metamethods of arithmetic have instructions of their own there. Calls have another line in 5.5
    if (at !== undefined && !op.startsWith("MMBIN")) functions.at(-1)?.push(op === "CALL" ? "call" : at);
  }
  return functions.map((lines) => lines.join(" "));
}

for (const folder of ["language", "library"]) {
  const url = new URL(`./lua/${folder}/`, import.meta.url);
  for (const { name } of [...Deno.readDirSync(url)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!name.endsWith(".lua")) continue;
    Deno.test(`instructions of lua/${folder}/${name} have the lines of PUC-Rio's`, async () => {
      const file = new URL(name, url);
      const expected = await listing(file);
      if (expected === undefined) return;
      const source = Array.from(await Deno.readFile(file), (byte) => String.fromCharCode(byte)).join("");
      const prototypes = compileSteps(source, name);
      const lines = prototypes.map(({ code }) =>
        code.map(({ op, line }) => op === Op.CALL ? "call" : String(line)).join(" ")
      );
      assert.deepEqual(lines, expected);
    });
  }
}
