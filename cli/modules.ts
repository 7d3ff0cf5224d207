/** `assay modules [--json]`: every global and module that a script here could use. */
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { writeText } from "../runtime/output.ts";
import { VERSION } from "../runtime/seam/version.ts";
import type { ModulesCommand } from "./arguments.ts";
import type { Entry } from "./catalogue/entry.ts";
import { openCatalogue } from "./catalogue/open.ts";
import { plainLine } from "./catalogue/plain.ts";

const NAME_WIDTH = 30;
const SOURCE_WIDTH = 10;
const RULE = "-".repeat(80);

/** Prints the list. @returns the exit status */
export function listModules({ json }: ModulesCommand): number {
  const entries = openCatalogue();
  restrictTo(NOTHING);
  writeText(json ? `${JSON.stringify(toJson(entries), null, 2)}\n` : toTable(entries));
  return 0;
}

function toTable(entries: readonly Entry[]): string {
  const row = (name: string, source: string, description: string) =>
    `${name.padEnd(NAME_WIDTH)} ${source.padEnd(SOURCE_WIDTH)} ${description}`.trimEnd() + "\n";
  const rows = entries.map(({ name, source, description }) =>
    row(plainLine(name), source, plainLine(description))
  );
  return `${row("MODULE", "SOURCE", "DESCRIPTION")}${RULE}\n${rows.join("")}`;
}

function toJson(entries: readonly Entry[]) {
  const modules = entries.map(({ name, source, description, keywords, env, quickrefs, functions }) => ({
    name,
    source,
    description,
    keywords,
    env_vars: env,
    quickrefs: quickrefs.map(({ signature, returns, description }) => ({
      signature,
      return_hint: returns,
      description,
    })),
    functions,
  }));
  return { version: VERSION, modules };
}
