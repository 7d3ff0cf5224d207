/** One check of a file: the keys that all types share, and those of its type. */
import { type Grants, NOTHING } from "../../runtime/permissions.ts";
import { allow } from "../schema/allow.ts";
import { type Backoff, backoff } from "../schema/backoff.ts";
import { condition, expression } from "../schema/expression.ts";
import { duration, integer, text, textMap, texts, word } from "../schema/scalars.ts";
import {
  entryOf,
  type Fields,
  optional,
  orNothing,
  type Reader,
  record,
  required,
  unknownWord,
  type Values,
} from "../schema/schema.ts";
import type { Problems } from "../text/problem.ts";
import type { YamlNode } from "../text/yaml.ts";
import { CHECK_TYPES } from "../types/registry.ts";
import type { AnyCheckType } from "../types/type.ts";
import { namesIn } from "../values/captures.ts";

/** What a failed check does to the run: `warn` is reported and no more. */
export type Severity = "fail" | "warn";

/** A check as its file has it. */
export interface Check {
  readonly name: string;
  readonly type: AnyCheckType;
  /** What its probe gets, captured values not filled in. Plain data. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where it stands: `file:line:column`. */
  readonly place: string;
  /** Of one attempt. Milliseconds. */
  readonly timeout: number | undefined;
  /** Attempts beyond the first. */
  readonly retries: number | undefined;
  readonly backoff: Backoff | undefined;
  /** Waited before the first attempt. Milliseconds. */
  readonly delay: number;
  readonly retryIf: string | undefined;
  readonly skip: string | undefined;
  readonly onlyIf: string | undefined;
  readonly dependsOn: readonly string[];
  readonly tags: readonly string[];
  readonly severity: Severity;
  /** What its own `allow:` adds. */
  readonly allow: Grants;
  /** What its type needs for these settings, such as the host of its URL. */
  readonly needs: Partial<Grants>;
  /** The names of the values that it takes from its answer. */
  readonly captures: readonly string[];
  /** The names of captured values that it uses. */
  readonly uses: readonly string[];
  /** The values of the matrix that it stands for. */
  readonly matrix: Readonly<Record<string, string>>;
}

/** The keys that all checks share. */
export const COMMON = {
  name: required(text(), "What reports call the check"),
  type: required(text(), "What kind of check it is"),
  timeout: optional(duration(), "How long one attempt may take. Default: 30s"),
  retries: optional(integer(0), "Attempts beyond the first. Default: that of the file"),
  backoff: optional(backoff(), "The wait between attempts. Default: that of the file"),
  delay: optional(duration(), "The wait before the first attempt"),
  retry_if: optional(expression(), "Tries again only where this holds, such as status >= 500"),
  depends_on: optional(texts(), "Checks that must have passed before this one begins"),
  tags: optional(texts(), "Words by which --tags chooses checks"),
  severity: optional(word("fail", "warn"), "Whether a failure fails the run. Default: fail"),
  skip: optional(condition(), "Leaves the check out where this holds"),
  only_if: optional(condition(), "Leaves the check out where this does not hold"),
  allow: optional(allow(), "What the check may do beyond reaching the hosts that the file names"),
  env: optional(textMap(), "Variables for its script or program, and for ${…} in this check"),
} as const satisfies Fields;

const TYPE_NAMES = CHECK_TYPES.map(({ name }) => name);
/** The first types passed over what each other's answers are expected to be: files rely on it. */
const TOLERANT: ReadonlySet<string> = new Set(["http", "prometheus", "script"]);
const EXPECT_KEYS: ReadonlySet<string> = new Set(["status", "body", "json", "min", "max"]);
const NONE: ReadonlySet<string> = new Set();
/** Read before the rest: it decides how often the rest is read. */
const ELSEWHERE: ReadonlySet<string> = new Set(["matrix"]);

/** Keys below `expect` that a type takes and passes over. */
export function ignoredExpectations(type: AnyCheckType): ReadonlySet<string> {
  return TOLERANT.has(type.name) ? EXPECT_KEYS : NONE;
}

/** All keys of a type of checks. */
export function fieldsOf(type: AnyCheckType): Fields {
  const hasExpect = Object.keys(type.expect).length > 0;
  return {
    ...COMMON,
    ...type.keys,
    expect: optional(
      orNothing(record(type.expect, { ignored: ignoredExpectations(type) })),
      hasExpect ? "What the answer must be" : "Nothing for this type",
    ),
  };
}

/** One reader a type: a file may have thousands of checks. */
const READERS: ReadonlyMap<string, Reader<Values<Fields>>> = new Map(
  CHECK_TYPES.map((type) => [
    type.name,
    record(fieldsOf(type), { explain: (key) => explainForeign(key, type), ignored: ELSEWHERE }),
  ]),
);

/**
 * Reads a check.
 *
 * @param key What problems call it
 * @param matrix The values that it stands for
 */
export function readCheck(
  node: YamlNode,
  problems: Problems,
  key: string,
  matrix: ReadonlyMap<string, string>,
): Check | undefined {
  const type = typeOf(node, problems);
  const values = (type === undefined ? UNTYPED : READERS.get(type.name) ?? UNTYPED)(
    node,
    problems,
    key,
  );
  if (values === undefined || type === undefined) return undefined;
  const common = values as Values<typeof COMMON>;
  const own = Object.fromEntries(Object.entries(values).filter(([key]) => !isCommon(key)));
  const settings = { ...own, ...(common.env === undefined ? {} : { env: common.env }) };
  return {
    name: common.name,
    type,
    settings,
    place: problems.place(node.at),
    timeout: common.timeout ?? type.timeout,
    retries: common.retries,
    backoff: common.backoff,
    delay: common.delay ?? 0,
    retryIf: common.retry_if,
    skip: common.skip,
    onlyIf: common.only_if,
    dependsOn: common.depends_on ?? [],
    tags: common.tags ?? [],
    severity: common.severity ?? "fail",
    allow: common.allow ?? NOTHING,
    needs: type.needs(settings),
    captures: capturesOf(settings),
    uses: [...new Set(namesUsed([settings, common.retry_if, common.skip, common.only_if]))],
    matrix: Object.fromEntries(matrix),
  };
}

function isCommon(key: string): boolean {
  return Object.hasOwn(COMMON, key);
}

/** A check whose type is not known: the rest of it can still be looked at. */
const UNTYPED: Reader<Values<Fields>> = record({
  ...Object.fromEntries(
    // Of types with the same key the first has its say
    CHECK_TYPES.toReversed().flatMap(({ keys }) => Object.entries(keys)).map(([name, { read, doc }]) => [
      name,
      optional(read, doc),
    ]),
  ),
  ...COMMON,
  expect: optional(orNothing(record({}, { ignored: EXPECT_KEYS })), ""),
}, { ignored: ELSEWHERE });

function typeOf(node: YamlNode, problems: Problems): AnyCheckType | undefined {
  const entry = entryOf(node, "type");
  if (entry?.value.kind !== "string" || entry.value.text === "") return undefined;
  const name = entry.value.text;
  const type = CHECK_TYPES.find((known) => known.name === name);
  if (type === undefined) problems.add(entry.value.at, unknownWord("unknown check type", name, TYPE_NAMES));
  return type;
}

function explainForeign(key: string, type: AnyCheckType): string | undefined {
  const owners = CHECK_TYPES.filter(({ keys }) => Object.hasOwn(keys, key)).map(({ name }) => `'${name}'`);
  if (owners.length === 0) return undefined;
  return `key '${key}' does not go with type '${type.name}': it belongs to ${owners.join(" and ")}`;
}

function capturesOf({ capture }: Readonly<Record<string, unknown>>): string[] {
  return typeof capture === "object" && capture !== null ? Object.keys(capture) : [];
}

function namesUsed(value: unknown): string[] {
  if (typeof value === "string") return value.includes("{{") ? namesIn(value) : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(namesUsed);
}
