/** The file of checks: reading it and saying, all at once, what is wrong with it. */
import { describeSystemError } from "../runtime/seam/error.ts";
import { readFile } from "./file.ts";
import { Problems } from "./problem.ts";
import { CHECK_TYPES } from "./registry.ts";
import {
  describe,
  duration,
  entryOf,
  type Fields,
  flag,
  integer,
  list,
  optional,
  orNothing,
  type Reader,
  record,
  required,
  text,
  unknownWord,
} from "./schema.ts";
import type { Attempt, CheckType } from "./type.ts";
import { parseYaml, type YamlNode } from "./yaml.ts";

const DEFAULT_TIMEOUT = 120_000;
const DEFAULT_RETRIES = 3;
const DEFAULT_BACKOFF = 5000;
/** How many checks `parallel: true` runs at a time. */
const DEFAULT_PARALLEL = 50;

/** How checks are run. Durations in milliseconds. */
export interface Plan {
  /** For the whole run. */
  readonly timeout: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Attempt k + 1 waits k times as long. */
  readonly backoff: number;
  /** How many checks run at a time. */
  readonly parallel: number;
}

/** A check that is ready to be tried. */
export interface Check {
  readonly name: string;
  readonly attempt: Attempt;
}

/** A file of checks that is in order. */
export interface CheckFile {
  readonly plan: Plan;
  /** Reads what the checks need, such as scripts. */
  readonly checks: readonly { readonly name: string; prepare(): Attempt | Promise<Attempt> }[];
}

/** A file of checks that cannot be used: a line a problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Loads a file of checks.
 *
 * @throws {ConfigError} When it cannot be read or is not in order
 */
export function loadChecks(path: string): CheckFile {
  return parseChecks(readText(path), path);
}

/** @throws {ConfigError} When the file cannot be read or is not text */
function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    throw new ConfigError(describeSystemError(error), { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`${path}: the file is not valid UTF-8 text`, { cause: error });
  }
}

/**
 * Reads the text of a file of checks.
 *
 * @param path What problems name
 * @throws {ConfigError} When it is not in order
 */
export function parseChecks(source: string, path: string): CheckFile {
  const problems = new Problems(source);
  const root = parseYaml(source, problems);
  if (root === undefined || root.kind === "null") {
    if (!problems.any) problems.add(0, "the file is empty: it needs the key 'checks' with a list of checks");
    throw new ConfigError(problems.describe(path).join("\n"));
  }
  const file = readRoot(root, problems, "the file");
  if (file === undefined || problems.any) throw new ConfigError(problems.describe(path).join("\n"));
  const { timeout, retries, backoff, parallel, checks } = file;
  return {
    plan: {
      timeout: timeout ?? DEFAULT_TIMEOUT,
      retries: retries ?? DEFAULT_RETRIES,
      backoff: backoff ?? DEFAULT_BACKOFF,
      parallel: parallel ?? 1,
    },
    checks,
  };
}

const readRoot = record({
  timeout: optional(duration()),
  retries: optional(integer(0)),
  backoff: optional(duration()),
  parallel: optional(parallelism()),
  checks: required(list(readCheck)),
});

/** `false` is one at a time, `true` many. */
function parallelism(): Reader<number> {
  return (node, problems, key) => {
    if (node.kind === "boolean") return flag()(node, problems, key) ? DEFAULT_PARALLEL : 1;
    if (node.kind === "integer") return integer(1)(node, problems, key);
    problems.add(
      node.at,
      `'${key}' must be true, false or how many checks run at a time: current value is ${describe(node)}`,
    );
    return undefined;
  };
}

const COMMON = { name: required(text()), type: required(text()) };
const TYPE_NAMES = CHECK_TYPES.map(({ name }) => name);
const EXPECT_KEYS: ReadonlySet<string> = new Set(CHECK_TYPES.flatMap(({ expect }) => Object.keys(expect)));

/** One reader a type: a file may have thousands of checks. */
const READERS: ReadonlyMap<string, Reader<CheckFile["checks"][number]>> = new Map(
  CHECK_TYPES.map((type) => [type.name, readerOf(type)]),
);

function readCheck(node: YamlNode, problems: Problems, key: string): CheckFile["checks"][number] | undefined {
  const read = READERS.get(typeOf(node, problems) ?? "") ?? readUntyped;
  return read(node, problems, key);
}

function readerOf(type: CheckType): Reader<CheckFile["checks"][number]> {
  const fields: Fields = {
    ...COMMON,
    ...type.keys,
    expect: optional(orNothing(record(type.expect, { ignored: EXPECT_KEYS }))),
  };
  const read = record(fields, { explain: (key) => explainForeign(key, type) });
  return (node, problems, key) => {
    const settings = read(node, problems, key);
    if (settings === undefined) return undefined;
    return { name: settings["name"] as string, prepare: () => type.prepare(settings) };
  };
}

/** A check whose type is not known: the rest of it can still be looked at. */
function readUntyped(node: YamlNode, problems: Problems, key: string): undefined {
  const others = CHECK_TYPES.flatMap(({ keys }) => Object.entries(keys));
  const fields: Fields = {
    ...COMMON,
    ...Object.fromEntries(others.map(([name, { read }]) => [name, optional(read)])),
    expect: optional(orNothing(record({}, { ignored: EXPECT_KEYS }))),
  };
  record(fields)(node, problems, key);
}

function typeOf(node: YamlNode, problems: Problems): string | undefined {
  const entry = entryOf(node, "type");
  if (entry?.value.kind !== "string" || entry.value.text === "") return undefined;
  const name = entry.value.text;
  if (TYPE_NAMES.includes(name)) return name;
  problems.add(entry.value.at, unknownWord("unknown check type", name, TYPE_NAMES));
  return undefined;
}

function explainForeign(key: string, type: CheckType): string | undefined {
  const owners = CHECK_TYPES.filter(({ keys }) => Object.hasOwn(keys, key)).map(({ name }) => `'${name}'`);
  if (owners.length === 0) return undefined;
  return `key '${key}' does not go with type '${type.name}': it belongs to ${owners.join(" and ")}`;
}
