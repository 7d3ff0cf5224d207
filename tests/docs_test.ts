/** What is generated of declarations and headers is up to date, and complete. */
import assert from "node:assert/strict";
import { generate } from "../scripts/docs/generate.ts";
import { code, table } from "../scripts/docs/markdown.ts";
import { withTables } from "../scripts/docs/readme.ts";
import { parseMetadata } from "../runtime/metadata.ts";
import { assay, ROOT } from "./support/assay.ts";

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

Deno.test("docs: SKILL.md shows what 'assay context' really prints", async () => {
  const skill = await Deno.readTextFile(`${ROOT}SKILL.md`);
  const [, block = ""] = /^```\n(### [^]*?)^```$/m.exec(skill) ?? [];
  const { stdout } = await assay(["context", "grafana"]);
  const lines = block.trimEnd().split("\n");
  assert.ok(lines.length > 3);
  for (const line of lines) assert.ok(stdout.includes(`${line}\n`), line);
});

Deno.test("docs: the script in SKILL.md runs against such a service", async () => {
  const skill = await Deno.readTextFile(`${ROOT}SKILL.md`);
  const [, script = ""] = /^```lua\n([^]*?)^```$/m.exec(skill) ?? [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const isHealth = new URL(request.url).pathname === "/api/health";
    return Response.json(isHealth ? { database: "ok", version: "11.0" } : {}, {
      status: isHealth ? 200 : 404,
    });
  });
  try {
    const env = { GRAFANA_URL: `http://127.0.0.1:${server.addr.port}`, GRAFANA_TOKEN: "secret" };
    const { status, stdout, stderr } = await assay(["exec", "-e", script], { env });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.equal(stdout, '{"database":"ok","version":"11.0"}\n');
  } finally {
    await server.shutdown();
  }
});

Deno.test("docs: the header in the README is one that is read", async () => {
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const [source = ""] = /^--- @module assay\.tickets[^]*?(?=^```$)/m.exec(readme) ?? [];
  const metadata = parseMetadata(source);
  assert.equal(metadata.description, "Tickets of the help desk");
  assert.equal(metadata.quickrefs.length, 2);
  assert.deepEqual(metadata.env, ["TICKETS_URL"]);
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
