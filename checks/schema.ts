/**
 * Readers of YAML nodes: each turns a node into a value, or says what is wrong with it and gives nothing.
 */
import type { Problems } from "./problem.ts";
import { suggest } from "./suggest.ts";
import type { Entry, Mapping, YamlNode } from "./yaml.ts";

/** @param key What messages call the value */
export type Reader<T> = (node: YamlNode, problems: Problems, key: string) => T | undefined;

/** What a mapping may hold under one key. */
export interface Field<T, R extends boolean = boolean> {
  readonly read: Reader<T>;
  readonly required: R;
}

/** The keys of a kind of mapping. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a mapping of these fields is read into: required ones are there, optional ones may be. */
export type Values<F extends Fields> =
  & { -readonly [K in keyof F as F[K]["required"] extends true ? K : never]: ValueOf<F[K]> }
  & { -readonly [K in keyof F as F[K]["required"] extends true ? never : K]?: ValueOf<F[K]> };

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** A key without which a mapping is wrong. */
export function required<T>(read: Reader<T>): Field<T, true> {
  return { read, required: true };
}

/** A key that may be left out. */
export function optional<T>(read: Reader<T>): Field<T, false> {
  return { read, required: false };
}

/** The longest duration, what a timer of the platform takes: some 24 days in milliseconds. */
export const MAX_DURATION = 2 ** 31 - 1;

const UNITS = { ms: 1, s: 1000, m: 60_000 } as const;

/** Text that is not empty. Numbers and the like must be in quotes. */
export function text(): Reader<string> {
  return (node, problems, key) => {
    if (node.kind === "string" && node.text !== "") return node.text;
    const quotes = node.kind === "null" || !("text" in node) || node.text === "" ? "" : " (put it in quotes)";
    problems.add(node.at, `'${key}' must be text: current value is ${describe(node)}${quotes}`);
    return undefined;
  };
}

/** `true` or `false` as YAML 1.2 knows them: `yes` is text. */
export function flag(): Reader<boolean> {
  return (node, problems, key) => {
    if (node.kind === "boolean") return isTrue(node.text);
    problems.add(node.at, `'${key}' must be true or false: current value is ${describe(node)}`);
    return undefined;
  };
}

/**
 * A whole number.
 *
 * @param min The smallest
 * @param max the largest that is taken
 */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (node, problems, key) => {
    const value = node.kind === "integer" ? Number(node.text) : NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `between ${min} and ${max}`;
    problems.add(node.at, `'${key}' must be a whole number ${range}: current value is ${describe(node)}`);
    return undefined;
  };
}

/** A number, infinite ones included, but not `.nan`. */
export function number(): Reader<number> {
  return (node, problems, key) => {
    if (node.kind === "integer" || node.kind === "float") {
      // YAML writes infinity as .inf
      const value = Number(node.text.replace(/\.inf$/i, "Infinity"));
      if (!Number.isNaN(value)) return value;
    }
    problems.add(node.at, `'${key}' must be a number: current value is ${describe(node)}`);
    return undefined;
  };
}

/** Milliseconds. */
export function duration(): Reader<number> {
  return (node, problems, key) => {
    const parts = node.kind === "string" ? /^\s*(\d+)(ms|s|m)\s*$/.exec(node.text) : null;
    const milliseconds = parts === null ? NaN : Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS];
    if (milliseconds <= MAX_DURATION) return milliseconds;
    const rule = parts === null
      ? "be a whole number and a unit, ms, s or m, such as '30s'"
      : `be at most ${Math.floor(MAX_DURATION / UNITS.m)}m`;
    problems.add(node.at, `'${key}' must ${rule}: current value is ${describe(node)}`);
    return undefined;
  };
}

/** A mapping of text to text; other scalars count as the text that is written. */
export function textMap(): Reader<Record<string, string>> {
  return (node, problems, key) => {
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
  };
}

/** Reads nothing (`expect:` with its lines commented out) as an empty mapping. */
export function orNothing<T>(read: Reader<T>): Reader<T> {
  return (node, problems, key) =>
    read(node.kind === "null" ? { kind: "mapping", entries: new Map(), at: node.at } : node, problems, key);
}

/** The items that are right; the others are said to be wrong. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (node, problems, key) => {
    if (node.kind === "sequence") {
      return node.items.map((child, index) => item(child, problems, `${key}[${index}]`))
        .filter((value) => value !== undefined) as T[];
    }
    problems.add(node.at, `'${key}' must be a list: current value is ${describe(node)}`);
    return undefined;
  };
}

/** How {@link record} takes keys that are no fields. */
export interface RecordOptions {
  /** Says why a key that is no field may not stand here; without an answer it is an unknown one. */
  explain?: (key: string) => string | undefined;
  /** Keys that may stand here and mean nothing. */
  ignored?: ReadonlySet<string>;
}

/** A mapping of known keys. Gives nothing when a required one is missing or wrong. */
export function record<F extends Fields>(fields: F, options: RecordOptions = {}): Reader<Values<F>> {
  const shape = {
    fields: Object.entries(fields),
    known: new Set([...Object.keys(fields), ...options.ignored ?? []]),
    explain: options.explain,
  };
  return (node, problems, key) => {
    if (node.kind !== "mapping") {
      problems.add(node.at, `${key} must be a mapping of keys to values: current value is ${describe(node)}`);
      return undefined;
    }
    return readRecord(node, shape, problems) as Values<F> | undefined;
  };
}

interface Shape {
  fields: readonly [string, Field<unknown>][];
  known: ReadonlySet<string>;
  explain: RecordOptions["explain"];
}

function readRecord(
  node: Mapping,
  { fields, known, explain }: Shape,
  problems: Problems,
): object | undefined {
  const values: Record<string, unknown> = {};
  let complete = true;
  for (const [key, field] of fields) {
    const entry = node.entries.get(key);
    const value = entry && field.read(entry.value, problems, key);
    if (value !== undefined) values[key] = value;
    else if (field.required) complete = false;
    if (entry === undefined && field.required) problems.add(node.at, `required key '${key}' is missing`);
  }
  for (const [key, { at }] of node.entries) {
    if (!known.has(key)) problems.add(at, explain?.(key) ?? unknownWord("unknown key", key, [...known]));
  }
  return complete ? values : undefined;
}

/** `unknown key 'timeot': did you mean 'timeout'?`, or what there is to choose from. */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean '${meant}'?`;
  return `${what} '${word.slice(0, 100)}': ${hint}`;
}

/** The entry under a key; undefined where the node is no mapping or has none. */
export function entryOf(node: YamlNode, key: string): Entry | undefined {
  return node.kind === "mapping" ? node.entries.get(key) : undefined;
}

/** What a node is, in words. */
export function describe(node: YamlNode): string {
  switch (node.kind) {
    case "mapping":
      return "a mapping";
    case "sequence":
      return "a list";
    case "null":
      return "nothing";
    case "string":
      return node.text === "" ? "empty text" : `the text '${shorten(node.text)}'`;
    default:
      return shorten(node.text);
  }
}

function shorten(value: string): string {
  const line = value.trim().replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

function isTrue(value: string): boolean {
  return value.toLowerCase() === "true";
}
