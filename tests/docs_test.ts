/** What is generated of declarations and headers is up to date, and complete. */
import assert from "node:assert/strict";
import { generate } from "../scripts/docs/generate.ts";
import { code, table } from "../scripts/docs/markdown.ts";
import { withTables } from "../scripts/docs/readme.ts";
import { ROOT } from "./support/assay.ts";

const FILES = await generate(ROOT);

for (const [path, text] of FILES) {
  Deno.test(`docs: ${path} is up to date`, async () => {
    const current = await Deno.readTextFile(ROOT + path).catch(() => "");
    if (current !== text) throw new Error(`${path} is stale: run 'deno task docs'`);
  });
}

Deno.test("docs: no page is left of what is no more", async () => {
  for await (const { name } of Deno.readDir(`${ROOT}docs/reference`)) {
    assert.ok(FILES.has(`docs/reference/${name}`), `${name}: run 'deno task docs'`);
  }
});

Deno.test("docs: every link of generated files, SKILL.md and the README leads somewhere", async () => {
  const pages = new Map(FILES);
  pages.set("SKILL.md", await Deno.readTextFile(`${ROOT}SKILL.md`));
  for (const [path, text] of pages) {
    if (!/\.(md|txt)$/.test(path)) continue;
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)\s]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      const url = new URL(target, new URL(path, `file://${ROOT}`));
      assert.ok(pages.has(url.pathname.slice(ROOT.length)) || await exists(url), `${path}: ${target}`);
    }
  }
});

Deno.test("docs: every guide is linked in llms.txt, and every global and module", async () => {
  const text = FILES.get("llms.txt") ?? "";
  for await (const { name, isFile } of Deno.readDir(`${ROOT}docs`)) {
    if (isFile && name.endsWith(".md")) assert.ok(text.includes(`(docs/${name})`), name);
  }
  for (const path of FILES.keys()) {
    if (path.startsWith("docs/reference/") && !path.endsWith("README.md")) {
      assert.ok(text.includes(`(${path})`), path);
    }
  }
});

Deno.test("docs: a page of a global tells parameters, options, results, permission and effect", () => {
  const page = FILES.get("docs/reference/fs.md") ?? "";
  const [, section = ""] = /### `fs\.write\(path, data\)`\n([^#]*)/.exec(page) ?? [];
  assert.match(section, /^Write a file; missing folders are made\.$/m);
  assert.match(section, /^\| `data` \| `string` \| {2}\|$/m);
  assert.match(section, /^Gives nothing\. Needs the permission `write`\. Changes something\.$/m);
  assert.match(page, /### `fs\.metadata\(path\)`\n\nAnother name of `fs\.stat`\./);
});

Deno.test("docs: bars and backquotes do not break tables", () => {
  assert.equal(table(["a"], [[code("x|y")]]), "| a |\n| --- |\n| `x\\|y` |\n");
  assert.equal(code("a`b"), "`` a`b ``");
});

Deno.test("docs: a README without the comments that mark a table is an error", () => {
  assert.throws(
    () => withTables("# assay\n", { globals: [], modules: [] }),
    /README\.md has no '<!-- globals/,
  );
});

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}
