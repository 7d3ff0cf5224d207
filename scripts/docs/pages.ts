/** The pages of docs/reference, in Markdown. */
import { type DescribedFunction, functionsOf, methodsOf, signatureOf } from "../../cli/catalogue/describe.ts";
import type { BuiltinEntries } from "../../cli/catalogue/entry.ts";
import type { Effect, GlobalDeclaration, Permission } from "../../runtime/seam/declare.ts";
import { code, NOTICE, table } from "./markdown.ts";

type Entry = BuiltinEntries["globals"][number];

/** Guides to several globals, by the names of these. */
const GUIDES: Readonly<Record<string, readonly string[]>> = {
  async: ["tasks"],
  http: ["http", "services"],
  ws: ["http"],
};

/**
 * The page of a global.
 *
 * @param guides Names of the pages in docs/ → titles
 * @param inChecks Whether script checks see it
 */
export function globalPage(
  global: GlobalDeclaration,
  guides: ReadonlyMap<string, string>,
  inChecks: boolean,
): string {
  const { name, doc, objects = {} } = global;
  const known = (GUIDES[name] ?? [name]).filter((guide) => guides.has(guide));
  const links = known.map((guide) => `[${guides.get(guide)}](../${guide}.md)`);
  const sentences = [
    `${doc}.`,
    `A global: it needs no \`require\`.${inChecks ? " Script checks see it too." : ""}`,
    ...(links.length === 0 ? [] : [`More: ${links.join(", ")}.`]),
  ];
  let text = `${NOTICE}# ${name}\n\n${sentences.join("\n")}\n`;
  const listed = new Map<string, string>();
  for (const described of functionsOf(global)) text += functionSection(described, listed);
  for (const [object, declaration] of Object.entries(objects)) {
    text += `\n## Objects: ${object}\n\n${declaration.doc}.\n`;
    const fields = Object.entries(declaration.fields ?? {});
    if (fields.length > 0) {
      text += `\n${table(["field", "type"], fields.map(([field, type]) => [code(field), code(type)]))}`;
    }
    for (const described of methodsOf(object, declaration)) text += functionSection(described, listed);
  }
  return text;
}

/** @param listed Types of options that the page has listed already, with the function where */
function functionSection(described: DescribedFunction, listed: Map<string, string>): string {
  const { params, declaration, aliasOf } = described;
  const title = `\n### ${code(signatureOf(described))}\n\n`;
  if (aliasOf !== undefined) return `${title}Another name of ${code(aliasOf)}.\n`;
  const rows = params.flatMap(({ name, type, optional, fallback }) => {
    const fields = optional ? optionFields(type) : undefined;
    const before = fields === undefined || fields.length < 3 ? undefined : listed.get(type);
    if (before !== undefined) return [[code(name), `table, as for ${code(before)}`, "yes"]];
    listed.set(type, described.name);
    const own = [code(name), fields === undefined ? code(type) : "table", optional ? leftOut(fallback) : ""];
    return [own, ...(fields ?? []).map(([field, kind]) => [code(`${name}.${field}`), code(kind), "yes"])];
  });
  if (declaration.variadic) rows.push([code("..."), code("any"), "yes"]);
  const parameters = rows.length === 0 ? "" : `\n${table(["parameter", "type", "may be left out"], rows)}`;
  const { returns } = declaration;
  const result = returns === "nil"
    ? "Gives nothing."
    : returns === "never"
    ? "Does not return."
    : `Gives ${code(returns)}.`;
  return `${title}${declaration.doc}.\n${parameters}\n${result}${
    needs(declaration.permission, declaration.effect)
  }\n`;
}

/** What is told of a parameter that may be left out. */
function leftOut(fallback: unknown): string {
  if (typeof fallback === "string" && /^[\x20-\x7e]+$/.test(fallback)) return `yes: ${code(`"${fallback}"`)}`;
  return typeof fallback === "number" || typeof fallback === "boolean"
    ? `yes: ${code(String(fallback))}`
    : "yes";
}

function needs(permission: Permission, effect: Effect): string {
  const needed = permission === "none" ? "" : ` Needs the permission ${code(permission)}.`;
  return effect === "write" ? `${needed} Changes something.` : needed;
}

/** The fields of a table of options, `{timeout?: number, retry?: integer|{times?: integer}}`. */
function optionFields(type: string): [string, string][] | undefined {
  if (!/^\{\w+\?:/.test(type)) return undefined;
  const fields: [string, string][] = [];
  let depth = 0;
  let start = 1;
  for (let i = 0; i < type.length; i++) {
    if ("{[(".includes(type[i] ?? "")) depth++;
    if ("}])".includes(type[i] ?? "")) depth--;
    if (depth > 1 || (depth === 1 && type[i] !== ",")) continue;
    const [, name, kind] = /^\s*(\w+)\??: (.*)$/s.exec(type.slice(start, i)) ?? [];
    if (name !== undefined && kind !== undefined) fields.push([name, kind]);
    start = i + 1;
  }
  return fields;
}

/** The page of a module. */
export function modulePage({ name, description, keywords, env, quickrefs }: Entry): string {
  const variable = name.replace(/^.*\./, "");
  const lines = [
    description,
    "",
    "```lua",
    `local ${variable} = require("${name}")`,
    "```",
    "",
    "`M` is the module, other names are objects that its functions give.",
  ];
  if (env.length > 0) lines.push(`Reads the environment variables ${env.map(code).join(", ")}.`);
  const rows = quickrefs.map(({ signature, returns, description }) => [
    code(signature),
    code(returns),
    description,
  ]);
  return `${NOTICE}# ${name}\n\n${lines.join("\n")}\n\n${table(["function", "gives", ""], rows)}\n` +
    `Found by: ${keywords.join(", ")}\n`;
}

/** The list of all pages. */
export function indexPage({ globals, modules }: BuiltinEntries): string {
  const rows = (entries: readonly Entry[]) =>
    entries.map(({ name, description }) => [`[${name}](${name}.md)`, description]);
  return `${NOTICE}# Reference\n\n## Globals\n\n${table(["global", ""], rows(globals))}\n` +
    `## Modules\n\n${table(["module", ""], rows(modules))}`;
}
