/** All generated files, as they should be. */
import { GLOBALS } from "../../builtins/registry.ts";
import { describeGlobal, describeModule } from "../../cli/catalogue/describe.ts";
import type { BuiltinEntries } from "../../cli/catalogue/entry.ts";
import { allModules } from "../../stdlib/mod.ts";
import { llmsText } from "./llms.ts";
import { globalPage, indexPage, modulePage } from "./pages.ts";
import { withTables } from "./readme.ts";

/** Where internal modules are, which no script should require. */
const INTERNAL = "internal/";

/**
 * Path from the repository's root → text.
 *
 * @param root The folder of the repository, with a slash at the end
 */
export async function generate(root: string): Promise<Map<string, string>> {
  const declarations = await Promise.all(GLOBALS.map(async ({ load }) => (await load()).default));
  const globals = declarations.map(describeGlobal);
  const modules = [...await allModules()].filter(([path]) => !path.startsWith(INTERNAL))
    .map(([path, source]) => describeModule(`assay.${path.replaceAll("/", ".")}`, source))
    .sort((a, b) => a.name < b.name ? -1 : 1);
  const entries: BuiltinEntries = { globals, modules };
  const guides = await guidesIn(`${root}docs`);
  const visible = new Set(GLOBALS.filter(({ checks }) => checks === true).map(({ name }) => name));
  const files = new Map<string, string>();
  files.set("cli/catalogue/builtin.json", catalogueText(entries));
  for (const declaration of declarations) {
    const page = globalPage(declaration, guides, visible.has(declaration.name));
    files.set(`docs/reference/${declaration.name}.md`, page);
  }
  for (const entry of modules) files.set(`docs/reference/${entry.name}.md`, modulePage(entry));
  files.set("docs/reference/README.md", indexPage(entries));
  files.set("llms.txt", llmsText(entries, guides));
  files.set("README.md", withTables(await Deno.readTextFile(`${root}README.md`), entries));
  return files;
}

/** An entry a line: a change of one shows as such. */
function catalogueText({ globals, modules }: BuiltinEntries): string {
  const list = (entries: BuiltinEntries["globals"]) =>
    entries.map((entry) => JSON.stringify(entry)).join(",\n");
  return `{"globals":[\n${list(globals)}\n],"modules":[\n${list(modules)}\n]}\n`;
}

/** Pages in docs/ that are written by hand, by name, with their titles. */
async function guidesIn(folder: string): Promise<Map<string, string>> {
  const guides: [string, string][] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".md")) continue;
    const [, title = name] = /^# (.*)$/m.exec(await Deno.readTextFile(`${folder}/${name}`)) ?? [];
    guides.push([name.slice(0, -3), title]);
  }
  return new Map(guides.sort(([a], [b]) => a < b ? -1 : 1));
}
