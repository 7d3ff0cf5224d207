/** `matrix:`: one check for each combination of values. */
import type { Problems } from "../text/problem.ts";
import type { YamlNode } from "../text/yaml.ts";
import { describe, type JsonSchema } from "../schema/schema.ts";

/** Checks that one matrix may make. */
const MAX_COMBINATIONS = 10_000;

/** What `matrix:` may look like. */
export const MATRIX_SCHEMA: JsonSchema = {
  type: "object",
  minProperties: 1,
  additionalProperties: { type: "array", minItems: 1, items: { type: ["string", "number", "boolean"] } },
};

/** Every combination, in the order of the file: the last name changes fastest. A value a name. */
export function readMatrix(node: YamlNode, problems: Problems): ReadonlyMap<string, string>[] | undefined {
  if (node.kind !== "mapping" || node.entries.size === 0) {
    problems.add(
      node.at,
      `'matrix' must be a mapping of names to lists of values: current value is ${describe(node)}`,
    );
    return undefined;
  }
  let combinations: ReadonlyMap<string, string>[] = [new Map()];
  for (const [name, { value }] of node.entries) {
    const values = valuesOf(name, value, problems);
    if (values === undefined) return undefined;
    if (combinations.length * values.length > MAX_COMBINATIONS) {
      problems.add(node.at, `'matrix' makes more than ${MAX_COMBINATIONS} checks`);
      return undefined;
    }
    combinations = combinations.flatMap((before) => values.map((one) => new Map([...before, [name, one]])));
  }
  return combinations;
}

function valuesOf(name: string, node: YamlNode, problems: Problems): string[] | undefined {
  if (node.kind !== "sequence" || node.items.length === 0) {
    problems.add(node.at, `'matrix.${name}' must be a list of values: current value is ${describe(node)}`);
    return undefined;
  }
  const values: string[] = [];
  for (const item of node.items) {
    if ("text" in item) values.push(item.text);
    else problems.add(item.at, `'matrix.${name}' takes single values: current value is ${describe(item)}`);
  }
  return values.length === node.items.length ? values : undefined;
}

/** ` [region=eu, port=80]`: tells the checks of a matrix apart whose name does not. */
export function suffixOf(combination: ReadonlyMap<string, string>): string {
  return ` [${[...combination].map(([name, value]) => `${name}=${value}`).join(", ")}]`;
}
