/** `${NAME}`, `${NAME:-default}` and `$${` in the values of a file of checks. */
import type { Problems } from "../text/problem.ts";
import { suggest } from "../text/suggest.ts";
import { kindOfPlain, type YamlNode } from "../text/yaml.ts";

/** Where names are looked up, the innermost first. */
export type Scope = readonly ReadonlyMap<string, string>[];

/** Characters of one value: variables of variables must not grow without end. */
const MAX_TEXT = 1024 * 1024;
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][\w.-]*)(?::-((?:[^{}]|\{[^{}]*\})*))?\}|\$\{/g;

/**
 * A node with its variables replaced: a copy where there are any. A value without quotes counts as what its text then looks like:
 * `${PORT}` may be a number. Keys stay as they are.
 *
 * @param problems Is told of names that have no value
 */
export function expand(node: YamlNode, scope: Scope, problems: Problems): YamlNode {
  switch (node.kind) {
    case "sequence": {
      const items = node.items.map((item) => expand(item, scope, problems));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    case "mapping": {
      let isChanged = false;
      const entries = [...node.entries].map(([key, entry]) => {
        const value = expand(entry.value, scope, problems);
        isChanged ||= value !== entry.value;
        return [key, { ...entry, value }] as const;
      });
      return isChanged ? { ...node, entries: new Map(entries) } : node;
    }
    default: {
      if (!node.text.includes("${")) return node;
      const text = expandText(node.text, scope, (message) => problems.add(node.at, message));
      return { ...node, text, kind: node.isPlain ? kindOfPlain(text) : node.kind };
    }
  }
}

/** @param complain Is told of names that have no value */
export function expandText(text: string, scope: Scope, complain: (message: string) => void): string {
  const expanded = text.replace(REFERENCE, (whole: string, name?: string, fallback?: string) => {
    if (whole === "$${") return "${";
    if (name === undefined) {
      complain("'${' begins a variable, which '}' ends: write '$${' for the two characters themselves");
      return whole;
    }
    const value = lookUp(name, scope);
    // As a shell has it: the default also takes the place of an empty value
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value !== undefined) return value;
    const meant = suggest(name, scope.flatMap((names) => [...names.keys()]));
    complain(
      `variable '${name}' is not set${meant === undefined ? "" : `: did you mean '${meant}'?`} ` +
        `(set it in the environment or with --var ${name}=…, or give a default: \${${name}:-…})`,
    );
    return "";
  });
  if (expanded.length <= MAX_TEXT) return expanded;
  complain(`the value is longer than ${MAX_TEXT} characters with its variables replaced`);
  return "";
}

function lookUp(name: string, scope: Scope): string | undefined {
  for (const names of scope) {
    const value = names.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
