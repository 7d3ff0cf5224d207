/** `vars:` and `secrets:` of a file of checks. */
import type { Problems } from "../text/problem.ts";
import type { YamlNode } from "../text/yaml.ts";
import type { Secrets } from "../values/secrets.ts";
import { flag, text } from "../schema/scalars.ts";
import {
  describe,
  type JsonSchema,
  optional,
  type Reader,
  reader,
  record,
  required,
} from "../schema/schema.ts";
import { expand, type Scope } from "../values/expand.ts";

/** Variables of the environment whose values are secrets by their names. */
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_?KEY|CREDENTIAL/i;

/** What `vars:` may look like. */
export const VARIABLES_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: {
    anyOf: [
      { type: ["string", "number", "boolean", "null"] },
      {
        type: "object",
        properties: {
          value: { type: ["string", "number", "boolean"], description: "The value" },
          secret: { type: "boolean", description: "Whether no output may show it" },
        },
        required: ["value"],
        additionalProperties: false,
      },
    ],
  },
};

const readDetailed = record({
  value: required(scalar(), "The value"),
  secret: optional(flag(), "Whether no output may show it"),
});

/** Any value without parts, as the text that is written. */
function scalar(): Reader<string> {
  return reader({ type: ["string", "number", "boolean"] }, (node, problems, key) => {
    if ("text" in node) return node.kind === "null" ? "" : node.text;
    return text()(node, problems, key);
  });
}

/**
 * Reads `vars:`: values that may use variables before them.
 *
 * @param given What the command line says, which wins
 */
export function readVariables(
  node: YamlNode | undefined,
  given: ReadonlyMap<string, string>,
  outer: Scope,
  secrets: Secrets,
  problems: Problems,
): Map<string, string> {
  const variables = new Map<string, string>();
  if (node === undefined || node.kind === "null") return variables;
  if (node.kind !== "mapping") {
    problems.add(node.at, `'vars' must be a mapping of names to values: current value is ${describe(node)}`);
    return variables;
  }
  for (const [name, { at, value }] of node.entries) {
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
      problems.add(at, `'${name}' is no name for a variable: it must be letters, digits, '_', '-' and '.'`);
      continue;
    }
    const expanded = expand(value, [given, variables, ...outer], problems);
    const key = `vars.${name}`;
    const detailed = expanded.kind === "mapping" ? readDetailed(expanded, problems, `'${key}'`) : undefined;
    const plain = expanded.kind === "mapping" ? detailed?.value : scalar()(expanded, problems, key);
    if (plain === undefined) continue;
    variables.set(name, plain);
    if (detailed?.secret) secrets.add(given.get(name) ?? plain);
  }
  return variables;
}

/** The names that a text uses as variables. */
export function variablesIn(source: string): Set<string> {
  return new Set(Array.from(source.matchAll(/(?<!\$)\$\{([A-Za-z_][\w.-]*)/g), ([, name = ""]) => name));
}

/** Keeps secret what variables of the environment hold whose names say so, or which the file names. */
export function keepSecret(
  names: Iterable<string>,
  declared: ReadonlySet<string>,
  scope: Scope,
  secrets: Secrets,
): void {
  for (const name of new Set([...names, ...declared])) {
    if (!declared.has(name) && !SECRET_NAME.test(name)) continue;
    for (const values of scope) {
      const value = values.get(name);
      if (value !== undefined) secrets.add(value);
    }
  }
}
