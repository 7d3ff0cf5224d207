/** What a run does: which checks, in which order they can begin, and with which permissions. */
import { type Grants, keyOf, NOTHING, union } from "../../runtime/permissions.ts";
import type { Check } from "../config/check.ts";
import { type CheckFile, ConfigError, type Plan } from "../config/load.ts";
import { suggest } from "../text/suggest.ts";

/** A check in a run. */
export interface PlannedCheck {
  readonly check: Check;
  /** What its file says of all its checks. */
  readonly plan: Plan;
  /** What it may do. */
  readonly grants: Grants;
  /** Which executor it belongs to: equal for equal grants. */
  readonly executor: string;
  /** The numbers of the checks that must have passed before. */
  readonly dependencies: readonly number[];
  /** Names for its expressions. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A run before it begins. */
export interface RunPlan {
  readonly checks: readonly PlannedCheck[];
  /** For the whole run. Milliseconds. */
  readonly timeout: number;
  readonly parallel: number;
  readonly failFast: boolean;
}

/** Which checks are run, and how. */
export interface PlanOptions {
  /** Only checks with one of these tags. @default all */
  readonly tags?: readonly string[];
  /** Only checks whose name is one of these patterns; `*` stands for any characters. @default all */
  readonly only?: readonly string[];
  /** No checks whose name is one of these patterns. @default none */
  readonly skip?: readonly string[];
  /** @default what the files say */
  readonly parallel?: number;
  /** Begin no check after one has failed. @default false */
  readonly failFast?: boolean;
}

/**
 * Chooses the checks of a run; those that others depend on come along.
 *
 * @throws {ConfigError} When a check depends on one that does not exist, or on itself
 */
export function planRun(files: readonly CheckFile[], options: PlanOptions = {}): RunPlan {
  const all = files.flatMap((file) => file.checks.map((check) => ({ file, check })));
  const byName = new Map<string, number[]>();
  const capturedBy = new Map<string, number[]>();
  all.forEach(({ check }, index) => {
    append(byName, check.name, index);
    for (const name of check.captures) append(capturedBy, name, index);
  });
  const problems: string[] = [];
  const needed = all.map(({ check }, index) => [
    ...check.dependsOn.flatMap((name) => {
      const found = byName.get(name);
      if (found === undefined) problems.push(`${check.place}: ${unknownCheck(name, byName.keys())}`);
      return found ?? [];
    }),
    ...check.uses.flatMap((name) => {
      const found = sourceOf(capturedBy.get(name) ?? [], index);
      if (found === undefined) problems.push(`${check.place}: ${unknownCapture(name, capturedBy.keys())}`);
      return found === undefined ? [] : [found];
    }),
  ]);
  problems.push(...circles(all.map(({ check }) => check), needed));
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  const chosen = withDependencies(all.map(({ check }) => isChosen(check, options)), needed);
  const numbers = new Map<number, number>();
  all.forEach((_, index) => {
    if (chosen[index]) numbers.set(index, numbers.size);
  });
  const checks = all.flatMap(({ file, check }, index): PlannedCheck[] => {
    if (!chosen[index]) return [];
    const grants = [file.grants, check.allow, { ...NOTHING, ...check.needs }].reduce(union);
    const dependencies = [...new Set(needed[index])].map((other) => numbers.get(other) ?? 0);
    return [{
      check,
      plan: file.plan,
      grants,
      executor: keyOf(grants),
      dependencies,
      variables: file.variables,
    }];
  });
  return {
    checks,
    timeout: Math.max(0, ...files.map(({ plan }) => plan.timeout)),
    parallel: options.parallel ?? Math.max(1, ...files.map(({ plan }) => plan.parallel)),
    failFast: options.failFast ?? false,
  };
}

function append(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** The check nearest before that captures a value; where there is none before, the first behind. */
function sourceOf(sources: readonly number[], index: number): number | undefined {
  return sources.findLast((source) => source < index) ?? sources.find((source) => source > index);
}

function unknownCheck(name: string, known: Iterable<string>): string {
  const meant = suggest(name, known);
  return `'depends_on' names no check: '${name}'${meant === undefined ? "" : `: did you mean '${meant}'?`}`;
}

function unknownCapture(name: string, known: Iterable<string>): string {
  const meant = suggest(name, known);
  const hint = meant === undefined
    ? "'capture:' of an earlier check takes values"
    : `did you mean '${meant}'?`;
  return `no check captures '${name}': ${hint} (write '\\{{' for the characters themselves)`;
}

function isChosen({ name, tags }: Check, { tags: wanted, only, skip }: PlanOptions): boolean {
  if (wanted !== undefined && !tags.some((tag) => wanted.includes(tag))) return false;
  if (only !== undefined && !only.some((pattern) => matchesName(pattern, name))) return false;
  return !skip?.some((pattern) => matchesName(pattern, name));
}

function matchesName(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.split("*").map((part) => RegExp.escape(part)).join(".*")}$`, "s").test(name);
}

/** What is asked for and no check has: a misspelt name must not pass as a run of nothing. */
export function unmatched(files: readonly CheckFile[], { tags = [], only = [] }: PlanOptions): string[] {
  const checks = files.flatMap((file) => file.checks);
  const known = new Set(checks.flatMap((check) => check.tags));
  const names = checks.map(({ name }) => name);
  const hint = (word: string, among: Iterable<string>) => {
    const meant = suggest(word, among);
    return meant === undefined ? "" : `: did you mean '${meant}'?`;
  };
  return [
    ...tags.filter((tag) => !known.has(tag)).map((tag) => `no check has the tag '${tag}'${hint(tag, known)}`),
    ...only.filter((pattern) => !names.some((name) => matchesName(pattern, name)))
      .map((pattern) => `no check has a name like '${pattern}'${hint(pattern, names)}`),
  ];
}

function withDependencies(chosen: readonly boolean[], needed: readonly (readonly number[])[]): boolean[] {
  const all = [...chosen];
  const waiting = chosen.flatMap((isIn, index) => isIn ? [index] : []);
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    for (const other of needed[index] ?? []) {
      if (all[other]) continue;
      all[other] = true;
      waiting.push(other);
    }
  }
  return all;
}

/** What is wrong with checks that wait for each other. */
function circles(checks: readonly Check[], needed: readonly (readonly number[])[]): string[] {
  const done = new Set<number>();
  for (const [start] of checks.entries()) {
    const path: number[] = [];
    const found = findCircle(start, needed, done, path);
    if (found !== undefined) {
      const names = [...path.slice(path.indexOf(found)), found].map((index) => `'${checks[index]?.name}'`);
      return [`${checks[found]?.place}: checks depend on each other: ${names.join(" → ")}`];
    }
  }
  return [];
}

function findCircle(
  index: number,
  needed: readonly (readonly number[])[],
  done: Set<number>,
  path: number[],
): number | undefined {
  if (path.includes(index)) return index;
  if (done.has(index)) return undefined;
  path.push(index);
  for (const other of needed[index] ?? []) {
    const found = findCircle(other, needed, done, path);
    if (found !== undefined) return found;
  }
  path.pop();
  done.add(index);
  return undefined;
}
