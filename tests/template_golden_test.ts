/**
 * Renders each case of tests/template/cases/ and compares with what Python's Jinja2 made of it, which
 * scripts/jinja2_golden.py has written to tests/template/golden/. Where another result is meant, it stands in
 * tests/template/departures.txt.
 */
import assert from "node:assert/strict";
import { renderText } from "../builtins/template/render.ts";
import { isTable } from "../runtime/seam/value.ts";
import { runLua } from "./support/lua.ts";

const ROOT = new URL("./template/", import.meta.url);

const SETTINGS = {
  autoescape: false,
  keepTrailingNewline: false,
  lstripBlocks: false,
  strict: false,
  trimBlocks: false,
};

/** The sections of a file: name → text, without the line end before the next name. */
function sections(file: string): Map<string, string> {
  const parts = Deno.readTextFileSync(new URL(file, ROOT)).split("=== ").slice(1);
  return new Map(parts.map((part) => {
    const end = part.indexOf("\n");
    return [part.slice(0, end), part.slice(end + 1).replace(/\n$/, "")];
  }));
}

const departures = sections("departures.txt");
const names = new Set<string>();

for (
  const { name: file } of [...Deno.readDirSync(new URL("cases/", ROOT))].sort((a, b) =>
    a.name < b.name ? -1 : 1
  )
) {
  const golden = sections(`golden/${file}`);
  for (const [name, template] of sections(`cases/${file}`)) {
    names.add(name);
    Deno.test(`template: ${name} as Jinja2 ${departures.has(name) ? "does, but for what is documented" : "does"}`, async () => {
      const wanted = golden.get(name);
      assert.ok(wanted !== undefined, "run scripts/jinja2_golden.py");
      const meant = departures.get(name);
      assert.notEqual(meant, wanted, "this is no departure any more");
      assert.equal(await rendered(template), meant ?? wanted);
    });
  }
}

Deno.test("template: departures from Jinja2 are cases", () => {
  assert.deepEqual([...departures.keys()].filter((name) => !names.has(name)), []);
});

async function rendered(template: string): Promise<string> {
  const json = Deno.readTextFileSync(new URL("vars.json", ROOT));
  const [variables] = await runLua(`return json.parse([==[${json}]==])`);
  assert.ok(isTable(variables));
  const folder = decodeURIComponent(new URL("files", ROOT).pathname);
  try {
    return await renderText(template, folder, { functionName: "template", variables, settings: SETTINGS });
  } catch (error) {
    return `!! ${error instanceof Error ? error.message : error}`;
  }
}
