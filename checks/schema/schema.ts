/**
 * Readers of YAML nodes: each turns a node into a value, or says what is wrong with it and gives nothing.
 */
import type { Problems } from "../text/problem.ts";
import { suggest } from "../text/suggest.ts";
import type { Entry, Mapping, YamlNode } from "../text/yaml.ts";

/** A piece of a JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reads a node; its schema says the same to editors. */
export interface Reader<T> {
  /** @param key What messages call the value */
  (node: YamlNode, problems: Problems, key: string): T | undefined;
  readonly schema: JsonSchema;
}

/** Makes a reader of a function and of what editors are told. */
export function reader<T>(
  schema: JsonSchema,
  read: (node: YamlNode, problems: Problems, key: string) => T | undefined,
): Reader<T> {
  return Object.assign(read, { schema });
}

/** What a mapping may hold under one key. */
export interface Field<T, R extends boolean = boolean> {
  readonly read: Reader<T>;
  readonly required: R;
  /** What it is for, in one line. */
  readonly doc: string;
}

/** The keys of a kind of mapping. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a mapping of these fields is read into: required ones are there, optional ones may be. */
export type Values<F extends Fields> =
  & { -readonly [K in keyof F as F[K]["required"] extends true ? K : never]: ValueOf<F[K]> }
  & { -readonly [K in keyof F as F[K]["required"] extends true ? never : K]?: ValueOf<F[K]> };

type ValueOf<F> = F extends Field<infer T> ? T : never;

/** A key without which a mapping is wrong. */
export function required<T>(read: Reader<T>, doc: string): Field<T, true> {
  return { read, required: true, doc };
}

/** A key that may be left out. */
export function optional<T>(read: Reader<T>, doc: string): Field<T, false> {
  return { read, required: false, doc };
}

/** Reads nothing (`expect:` with its lines commented out) as an empty mapping. */
export function orNothing<T>(read: Reader<T>): Reader<T> {
  const empty = (at: number): YamlNode => ({ kind: "mapping", entries: new Map(), at });
  return reader(
    { anyOf: [read.schema, { type: "null" }] },
    (node, problems, key) => read(node.kind === "null" ? empty(node.at) : node, problems, key),
  );
}

/** The items that are right; the others are said to be wrong. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return reader({ type: "array", items: item.schema }, (node, problems, key) => {
    if (node.kind === "sequence") {
      return node.items.map((child, index) => item(child, problems, `${key}[${index}]`))
        .filter((value) => value !== undefined) as T[];
    }
    problems.add(node.at, `'${key}' must be a list: current value is ${describe(node)}`);
    return undefined;
  });
}

/** A mapping of any names; the values that are right. @param checkName Says what is wrong with a name */
export function mapOf<T>(
  value: Reader<T>,
  checkName: (name: string) => string | undefined = () => undefined,
): Reader<Record<string, T>> {
  return reader({ type: "object", additionalProperties: value.schema }, (node, problems, key) => {
    if (node.kind !== "mapping") {
      problems.add(
        node.at,
        `'${key}' must be a mapping of names to values: current value is ${describe(node)}`,
      );
      return undefined;
    }
    const values = [...node.entries].flatMap(([name, entry]) => {
      const problem = checkName(name);
      if (problem !== undefined) problems.add(entry.at, `'${key}': ${problem}`);
      const read = value(entry.value, problems, `${key}.${name}`);
      return read === undefined ? [] : [[name, read] as const];
    });
    return Object.fromEntries(values);
  });
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
  return reader(schemaOf(fields), (node, problems, key) => {
    if (node.kind !== "mapping") {
      problems.add(node.at, `${key} must be a mapping of keys to values: current value is ${describe(node)}`);
      return undefined;
    }
    return readRecord(node, shape, problems) as Values<F> | undefined;
  });
}

/** The schema of a mapping of known keys. */
export function schemaOf(fields: Fields): JsonSchema {
  const properties = Object.entries(fields).map(([key, { read, doc }]) =>
    [key, { description: doc, ...read.schema }] as const
  );
  const needed = Object.keys(fields).filter((key) => fields[key]?.required);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  };
}

/** What the first reader takes that goes by the kind of the node; the last is for all other kinds. */
export function either<T>(
  ...choices: readonly { readonly kinds: readonly YamlNode["kind"][]; readonly read: Reader<T> }[]
): Reader<T> {
  return reader({ anyOf: choices.map(({ read }) => read.schema) }, (node, problems, key) => {
    const choice = choices.find(({ kinds }) => kinds.includes(node.kind)) ?? choices.at(-1);
    return choice?.read(node, problems, key);
  });
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
