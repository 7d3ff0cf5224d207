/** Files of checks: reading them and saying, all at once, what is wrong with them. */
import { describeError, describeSystemError } from "../../runtime/seam/error.ts";
import { type Grants, NOTHING, union } from "../../runtime/permissions.ts";
import { allow } from "../schema/allow.ts";
import { type Backoff, backoff } from "../schema/backoff.ts";
import { duration, flag, integer, texts } from "../schema/scalars.ts";
import { describe, either, entryOf, list, optional, type Reader, reader, record } from "../schema/schema.ts";
import { readFile } from "../text/file.ts";
import { Problems } from "../text/problem.ts";
import { type Mapping, parseYaml, type YamlNode } from "../text/yaml.ts";
import { expand, type Scope } from "../values/expand.ts";
import { Secrets } from "../values/secrets.ts";
import { type Check, readCheck } from "./check.ts";
import { includedFiles } from "./include.ts";
import { readMatrix, suffixOf } from "./matrix.ts";
import { keepSecret, readVariables, VARIABLES_SCHEMA, variablesIn } from "./variables.ts";

const DEFAULT_TIMEOUT = 120_000;
const DEFAULT_RETRIES = 3;
const DEFAULT_BACKOFF: Backoff = { kind: "linear", step: 5000 };
/** How many checks `parallel: true` runs at a time. */
const DEFAULT_PARALLEL = 50;
const MAX_FILES = 1000;

/** How the checks of a file are run. Durations in milliseconds. */
export interface Plan {
  /** For the whole run. */
  readonly timeout: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  readonly backoff: Backoff;
  /** How many checks run at a time. */
  readonly parallel: number;
}

/** A file of checks that is in order. */
export interface CheckFile {
  /** As it was named. */
  readonly path: string;
  readonly plan: Plan;
  readonly checks: readonly Check[];
  /** What every check of it may do: reach the hosts that it names, and what its `allow:` adds. */
  readonly grants: Grants;
  /** Names for expressions: `vars` and the environment. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What files of checks are read with. */
export interface LoadOptions {
  /** `--var NAME=VALUE`. @default none */
  readonly given?: ReadonlyMap<string, string>;
  /** The environment of the process. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Is told of all secrets. @default forgets them */
  readonly secrets?: Secrets;
}

/** A file of checks that cannot be used: a line a problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Loads files of checks, and those that they include, each once.
 *
 * @throws {ConfigError} When one cannot be read or is not in order
 */
export function loadFiles(paths: readonly string[], options: LoadOptions = {}): CheckFile[] {
  const loaded = new Map<string, CheckFile>();
  const load = (path: string, outer: Scope) => {
    const key = resolved(path);
    if (loaded.has(key)) return;
    if (loaded.size >= MAX_FILES) throw new ConfigError(`more than ${MAX_FILES} files of checks`);
    const source = readText(path, paths.length === 1 && paths[0] === path);
    // Known before its includes are read: two files may include each other
    const { file, includes, scope } = parseFile(source, path, options, outer);
    loaded.set(key, file);
    for (const included of includes) load(included, scope);
  };
  for (const path of paths) for (const file of filesOf(path, paths.length === 1)) load(file, []);
  return [...loaded.values()];
}

/**
 * Reads the text of a file of checks that includes no others.
 *
 * @param path What problems name
 * @throws {ConfigError} When it is not in order
 */
export function parseChecks(source: string, path: string, options: LoadOptions = {}): CheckFile {
  return parseFile(source, path, options, []).file;
}

function resolved(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** @throws {ConfigError} When the file cannot be read or is not text */
function readText(path: string, isOnly: boolean): string {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    const reason = describeSystemError(error);
    throw new ConfigError(isOnly ? reason : `${path}: ${reason}`, { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`${path}: the file is not valid UTF-8 text`, { cause: error });
  }
}

/** The keys of a file. */
export const ROOT = {
  timeout: optional(duration(), "How long the whole run may take. Default: 120s"),
  retries: optional(integer(0), "Attempts beyond the first. Default: 3"),
  backoff: optional(
    backoff(),
    "The wait between attempts; a duration is multiplied by the attempt. Default: 5s",
  ),
  parallel: optional(parallelism(), "How many checks run at a time; true: 50. Default: one"),
  vars: optional(passed(VARIABLES_SCHEMA), "Variables for ${…}"),
  secrets: optional(texts(), "Variables whose values no output may show"),
  include: optional(texts(), "Other files or folders of checks, relative to this file"),
  allow: optional(allow(), "What the checks may do beyond reaching the hosts that the file names"),
  checks: optional(list(passed({})), "The checks"),
} as const;

/** Takes any node: it is read elsewhere. */
function passed(schema: Record<string, unknown>): Reader<YamlNode> {
  return reader(schema, (node) => node);
}

/** `false` is one at a time, `true` many. */
function parallelism(): Reader<number> {
  const all = reader<number>(
    flag().schema,
    (node, problems, key) => flag()(node, problems, key) ? DEFAULT_PARALLEL : 1,
  );
  const other = reader<number>({ type: "string", pattern: "\\$\\{" }, (node, problems, key) => {
    problems.add(
      node.at,
      `'${key}' must be true, false or how many checks run at a time: current value is ${describe(node)}`,
    );
    return undefined;
  });
  return either({ kinds: ["boolean"], read: all }, { kinds: ["integer"], read: integer(1) }, {
    kinds: [],
    read: other,
  });
}

const readRoot = record(ROOT);

interface Parsed {
  readonly file: CheckFile;
  readonly includes: readonly string[];
  readonly scope: Scope;
}

function parseFile(source: string, path: string, options: LoadOptions, outer: Scope): Parsed {
  const problems = new Problems(source, path);
  const fail = () => new ConfigError(problems.describe().join("\n"));
  const root = parseYaml(source, problems);
  if (root === undefined || root.kind === "null") {
    if (!problems.any) problems.add(0, "the file is empty: it needs the key 'checks' with a list of checks");
    throw fail();
  }
  const { given = new Map(), environment = {}, secrets = new Secrets() } = options;
  const inherited: Scope = [...outer, new Map(Object.entries(environment))];
  const variables = readVariables(entryOf(root, "vars")?.value, given, inherited, secrets, problems);
  const scope: Scope = [given, variables, ...inherited];
  const values = readRoot(
    source.includes("${") ? expandRoot(root, scope, problems) : root,
    problems,
    "the file",
  );
  if (root.kind === "mapping" && !root.entries.has("checks") && !root.entries.has("include")) {
    problems.add(root.at, "required key 'checks' is missing");
  }
  const allowed = values?.allow ?? NOTHING;
  const checks = (values?.checks ?? []).flatMap((node, index) =>
    readCombinations(node, `checks[${index}]`, scope, problems)
  ).map((check) => withAllowed(check, union(allowed, check.allow), environment));
  for (const { type, settings } of checks) {
    for (const secret of type.secrets?.(settings) ?? []) secrets.add(secret);
  }
  if (values === undefined || problems.any) throw fail();
  const shown = checks.flatMap(({ settings }) => Object.keys((settings["env"] ?? {}) as object));
  keepSecret([...variablesIn(source), ...shown], new Set(values.secrets), scope, secrets);
  const { timeout, retries, backoff, parallel } = values;
  const needs = checks.map((check) => ({ ...NOTHING, net: check.needs.net ?? false }));
  return {
    file: {
      path,
      plan: {
        timeout: timeout ?? DEFAULT_TIMEOUT,
        retries: retries ?? DEFAULT_RETRIES,
        backoff: backoff ?? DEFAULT_BACKOFF,
        parallel: parallel ?? 1,
      },
      checks,
      grants: [...needs, values.allow ?? NOTHING].reduce(union, NOTHING),
      variables: new Map([...variables, ...given]),
    },
    includes: includesOf(values.include ?? [], path),
    scope: [variables, ...outer],
  };
}

/** @throws {ConfigError} */
function filesOf(path: string, isOnly: boolean): string[] {
  try {
    return includedFiles(path);
  } catch (error) {
    const reason = describeSystemError(error);
    throw new ConfigError(isOnly ? reason : `${path}: ${reason}`, { cause: error });
  }
}

function includesOf(includes: readonly string[], path: string): string[] {
  try {
    return includes.flatMap((included) => includedFiles(included, path));
  } catch (error) {
    throw new ConfigError(`${path}: ${describeError(error)}`, { cause: error });
  }
}

/** Tells a check that runs programs what it may do, and gives it the variables that it may see. */
function withAllowed(check: Check, allowed: Grants, environment: Readonly<Record<string, string>>): Check {
  if (!check.type.runsPrograms) return check;
  const { env } = allowed;
  const visible = Object.entries(environment)
    .filter(([name]) => env === true || (env !== false && env.includes(name)));
  const own = check.settings["env"] as Readonly<Record<string, string>> | undefined;
  return {
    ...check,
    settings: { ...check.settings, allowed, env: { ...Object.fromEntries(visible), ...own } },
  };
}

/** All but the checks and the variables, which have names of their own. */
function expandRoot(root: YamlNode, scope: Scope, problems: Problems): YamlNode {
  if (root.kind !== "mapping") return root;
  const entries = [...root.entries].map(([key, entry]) => {
    if (key === "checks" || key === "vars") return [key, entry] as const;
    return [key, { ...entry, value: expand(entry.value, scope, problems) }] as const;
  });
  return { ...root, entries: new Map(entries) };
}

/** The checks that one entry of the list stands for: one, or one for each combination of its matrix. */
function readCombinations(node: YamlNode, key: string, scope: Scope, problems: Problems): Check[] {
  const entry = entryOf(node, "matrix");
  if (entry === undefined || node.kind !== "mapping") {
    return readExpanded(node, key, scope, new Map(), problems);
  }
  const combinations = readMatrix(expand(entry.value, scope, problems), problems) ?? [new Map()];
  const name = entryOf(node, "name")?.value;
  const isTemplated = name !== undefined && "text" in name && name.text.includes("${");
  return combinations.flatMap((combination) => {
    const named = isTemplated || combination.size === 0 ? node : renamed(node, suffixOf(combination));
    return readExpanded(named, key, scope, combination, problems);
  });
}

function readExpanded(
  node: YamlNode,
  key: string,
  scope: Scope,
  matrix: ReadonlyMap<string, string>,
  problems: Problems,
): Check[] {
  const names: Scope = [matrix, ownVariables(node, scope, matrix), ...scope];
  const check = readCheck(expand(node, names, problems), problems, key, matrix);
  return check === undefined ? [] : [check];
}

/** What the `env:` of a check adds to the names that it may use. */
function ownVariables(
  node: YamlNode,
  scope: Scope,
  matrix: ReadonlyMap<string, string>,
): Map<string, string> {
  const env = entryOf(node, "env")?.value;
  if (env?.kind !== "mapping") return new Map();
  // Problems are told when the check itself is read
  const silent = new Problems("", "");
  const entries = [...env.entries].flatMap(([name, { value }]) => {
    const expanded = expand(value, [matrix, ...scope], silent);
    return "text" in expanded ? [[name, expanded.text] as const] : [];
  });
  return new Map(entries);
}

function renamed(node: Mapping, suffix: string): Mapping {
  const entry = node.entries.get("name");
  if (entry === undefined || !("text" in entry.value)) return node;
  const value = { ...entry.value, text: entry.value.text + suffix };
  return { ...node, entries: new Map([...node.entries, ["name", { ...entry, value }]]) };
}
