/** `assay context QUERY`: what is known of the modules that a query finds, as Markdown for people and for prompts. */
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { writeText } from "../runtime/output.ts";
import type { ContextCommand } from "./arguments.ts";
import type { Entry } from "./catalogue/entry.ts";
import { openCatalogue } from "./catalogue/open.ts";
import { plainLine } from "./catalogue/plain.ts";
import { search, type SearchResult } from "./catalogue/search.ts";

/** Prints what a query finds. @returns the exit status, which is 0 also when that is nothing */
export function showContext({ query, limit }: ContextCommand): number {
  const entries = openCatalogue();
  restrictTo(NOTHING);
  const result = search(entries, query);
  writeText(`# Assay Module Context\n\n${corrections(result)}${matches(result, limit)}${builtins(entries)}`);
  return 0;
}

function corrections({ replaced }: SearchResult): string {
  const lines = [...replaced].map(([word, near]) =>
    `Nothing knows '${word}': this is for ${near.map((other) => `'${other}'`).join(" or ")}.\n`
  );
  return lines.length === 0 ? "" : `${lines.join("")}\n`;
}

function matches({ found }: SearchResult, limit: number): string {
  if (found.length === 0) {
    return "No matching modules found: all words must match; 'assay modules' lists every module.\n\n";
  }
  return `## Matching Modules\n\n${found.slice(0, limit).map(section).join("")}`;
}

function section({ name, description, env, quickrefs }: Entry): string {
  const lines = [`### ${plainLine(name)}`];
  if (description !== "") lines.push(plainLine(description));
  if (env.length > 0) lines.push(`Env: ${env.map(plainLine).join(", ")}`);
  if (quickrefs.length > 0) lines.push("Methods:");
  for (const { signature, returns, description } of quickrefs) {
    lines.push(`  ${plainLine(`${signature} -> ${returns} | ${description}`)}`);
  }
  return `${lines.join("\n")}\n\n`;
}

/** A line a global with the signatures of its functions. */
function builtins(entries: readonly Entry[]): string {
  const lines = entries.filter(({ kind }) => kind === "global").map(({ name, quickrefs }) =>
    `- ${name}: ${quickrefs.map(({ signature }) => signature).join(", ")}\n`
  );
  return `## Built-in Functions (no require needed)\n\n${lines.join("")}`;
}
