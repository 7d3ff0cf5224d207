/** Readers of single values: text, numbers, durations, and mappings of text. */
import { MAX_TIMER } from "../../runtime/seam/wait.ts";
import { describe, either, type JsonSchema, list, type Reader, reader } from "./schema.ts";

/** A value that is no text may be a variable's, which editors cannot know. */
const VARIABLE = { type: "string", pattern: "\\$\\{" };

function orVariable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, VARIABLE] };
}

/** The longest duration, what a timer of the platform takes: some 24 days in milliseconds. */
export const MAX_DURATION = MAX_TIMER;

const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;

/** Text that is not empty. Numbers and the like must be in quotes. */
export function text(): Reader<string> {
  return reader({ type: "string", minLength: 1 }, (node, problems, key) => {
    if (node.kind === "string" && node.text !== "") return node.text;
    const quotes = node.kind === "null" || !("text" in node) || node.text === "" ? "" : " (put it in quotes)";
    problems.add(node.at, `'${key}' must be text: current value is ${describe(node)}${quotes}`);
    return undefined;
  });
}

/** `true` or `false` as YAML 1.2 knows them: `yes` is text. */
export function flag(): Reader<boolean> {
  return reader(orVariable({ type: "boolean" }), (node, problems, key) => {
    if (node.kind === "boolean") return isTrue(node.text);
    problems.add(node.at, `'${key}' must be true or false: current value is ${describe(node)}`);
    return undefined;
  });
}

/**
 * A whole number.
 *
 * @param min The smallest
 * @param max the largest that is taken
 */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> {
  return reader(
    orVariable({
      type: "integer",
      minimum: min,
      ...(max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max }),
    }),
    (node, problems, key) => {
      const value = node.kind === "integer" ? Number(node.text) : NaN;
      if (value >= min && value <= max) return value;
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `between ${min} and ${max}`;
      problems.add(node.at, `'${key}' must be a whole number ${range}: current value is ${describe(node)}`);
      return undefined;
    },
  );
}

/** A number, infinite ones included, but not `.nan`. */
export function number(): Reader<number> {
  return reader(orVariable({ type: "number" }), (node, problems, key) => {
    if (node.kind === "integer" || node.kind === "float") {
      // YAML writes infinity as .inf
      const value = Number(node.text.replace(/\.inf$/i, "Infinity"));
      if (!Number.isNaN(value)) return value;
    }
    problems.add(node.at, `'${key}' must be a number: current value is ${describe(node)}`);
    return undefined;
  });
}

/** Milliseconds. */
export function duration(): Reader<number> {
  return reader(orVariable({ type: "string", pattern: "^\\s*\\d+(ms|s|m)\\s*$" }), (node, problems, key) => {
    const parts = node.kind === "string" ? /^\s*(\d+)(ms|s|m)\s*$/.exec(node.text) : null;
    const milliseconds = parts === null ? NaN : Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS];
    if (milliseconds <= MAX_DURATION) return milliseconds;
    const rule = parts === null
      ? "be a whole number and a unit, ms, s or m, such as '30s'"
      : `be at most ${Math.floor(MAX_DURATION / UNITS.m)}m`;
    problems.add(node.at, `'${key}' must ${rule}: current value is ${describe(node)}`);
    return undefined;
  });
}

/** A mapping of text to text; other scalars count as the text that is written. */
export function textMap(): Reader<Record<string, string>> {
  return reader(
    { type: "object", additionalProperties: { type: ["string", "number", "boolean", "null"] } },
    (node, problems, key) => {
      if (node.kind !== "mapping") {
        problems.add(
          node.at,
          `'${key}' must be a mapping of names to text: current value is ${describe(node)}`,
        );
        return undefined;
      }
      const values: [string, string][] = [];
      for (const [name, { value }] of node.entries) {
        if ("text" in value) values.push([name, value.kind === "null" ? "" : value.text]);
        else problems.add(value.at, `'${key}.${name}' must be text: current value is ${describe(value)}`);
      }
      return Object.fromEntries(values);
    },
  );
}

function isTrue(value: string): boolean {
  return value.toLowerCase() === "true";
}

/** A text, or a list of texts. */
export function texts(): Reader<string[]> {
  return either<string[]>({ kinds: ["sequence"], read: list(text()) }, {
    kinds: [],
    read: reader(text().schema, (node, problems, key) => {
      const value = text()(node, problems, key);
      return value === undefined ? undefined : [value];
    }),
  });
}

/** One of some words. */
export function word<W extends string>(...words: readonly W[]): Reader<W> {
  return reader({ enum: words }, (node, problems, key) => {
    const value = node.kind === "string" ? words.find((known) => known === node.text) : undefined;
    if (value !== undefined) return value;
    problems.add(node.at, `'${key}' must be ${words.join(" or ")}: current value is ${describe(node)}`);
    return undefined;
  });
}
