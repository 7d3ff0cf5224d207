/** What a run would do: `--dry-run`. */
import { type Extent, type Grants, PERMISSIONS } from "../../runtime/permissions.ts";
import type { Backoff } from "../schema/backoff.ts";
import type { PlannedCheck, RunPlan } from "../run/plan.ts";
import type { Secrets } from "../values/secrets.ts";
import { oneLine, showDuration } from "./words.ts";

/** Longer values are cut: a body may be large. Characters. */
const MAX_VALUE = 200;

/** A check as `--dry-run` shows it. Keys are those of its JSON form; durations in milliseconds. */
export interface ShownCheck {
  readonly name: string;
  readonly type: string;
  readonly place: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The names of checks that must have passed before. */
  readonly depends_on: readonly string[];
  readonly tags: readonly string[];
  readonly severity: string;
  readonly timeout_ms: number | null;
  readonly retries: number;
  readonly backoff: Backoff;
  readonly delay_ms: number;
  readonly skip?: string;
  readonly only_if?: string;
  readonly retry_if?: string;
  readonly permissions: Readonly<Record<string, Extent>>;
}

/** The checks in the order in which they would begin, secrets masked. */
export function describePlan(plan: RunPlan, secrets: Secrets): ShownCheck[] {
  return orderOf(plan).map((planned) => describe(planned, plan, secrets));
}

/** What is not granted at all is left out. */
function granted(grants: Grants): Record<string, Extent> {
  return Object.fromEntries(
    PERMISSIONS.flatMap((name) => {
      const extent = grants[name];
      return extent === false || (Array.isArray(extent) && extent.length === 0) ? [] : [[name, extent]];
    }),
  );
}

function describe(
  { check, plan: file, grants, dependencies }: PlannedCheck,
  plan: RunPlan,
  secrets: Secrets,
): ShownCheck {
  const mask = (text: string) => secrets.mask(text);
  const condition = (key: string, text: string | undefined) =>
    text === undefined ? {} : { [key]: mask(text) };
  return {
    name: mask(check.name),
    type: check.type.name,
    place: mask(check.place),
    settings: secrets.maskAll(check.settings),
    depends_on: dependencies.map((index) => mask(plan.checks[index]?.check.name ?? "")),
    tags: check.tags.map(mask),
    severity: check.severity,
    timeout_ms: check.timeout ?? null,
    retries: check.retries ?? file.retries,
    backoff: check.backoff ?? file.backoff,
    delay_ms: check.delay,
    ...condition("skip", check.skip),
    ...condition("only_if", check.onlyIf),
    ...condition("retry_if", check.retryIf),
    permissions: secrets.maskAll(granted(grants)),
  };
}

/** Each time the first check that waits for no other. */
function orderOf({ checks }: RunPlan): PlannedCheck[] {
  const order: PlannedCheck[] = [];
  const begun = new Set<number>();
  // A check comes behind what it waits for; what waits for nothing comes in the order of the files
  const begin = (start: number) => {
    const path = [start];
    for (let index = path.at(-1); index !== undefined; index = path.at(-1)) {
      const next = checks[index]?.dependencies.find((other) => !begun.has(other));
      if (next !== undefined) {
        path.push(next);
        continue;
      }
      path.pop();
      const check = checks[index];
      if (check === undefined || begun.has(index)) continue;
      begun.add(index);
      order.push(check);
    }
  };
  for (const index of checks.keys()) if (!begun.has(index)) begin(index);
  return order;
}

/** The plan for people. */
export function renderPlan(plan: RunPlan, secrets: Secrets): string {
  const shown = describePlan(plan, secrets);
  const head = `${shown.length} ${shown.length === 1 ? "check" : "checks"} would be run, ${
    plan.parallel === 1 ? "one" : `${plan.parallel}`
  } at a time, within ${showDuration(plan.timeout)}${
    plan.failFast ? ", none beginning after a failure" : ""
  }\n`;
  return head + shown.map((check, index) => `\n${renderCheck(check, index + 1)}`).join("");
}

function renderCheck(check: ShownCheck, number: number): string {
  const { settings, permissions, depends_on, tags, severity } = check;
  const attempts = `${check.retries + 1} at most` +
    (check.timeout_ms === null ? "" : `, ${showDuration(check.timeout_ms)} each`) +
    (check.retries === 0 ? "" : `, waits ${renderBackoff(check.backoff)}`);
  const lines: [string, string][] = [
    ["type", check.type],
    ["at", check.place],
    ...Object.entries(settings).map(([key, value]): [string, string] => [key, renderValue(value)]),
    ["attempts", attempts],
    ...(check.delay_ms > 0 ? [["delay", showDuration(check.delay_ms)] satisfies [string, string]] : []),
    ...(["skip", "only_if", "retry_if"] as const).flatMap((key): [string, string][] => {
      const condition = check[key];
      return condition === undefined ? [] : [[key, condition]];
    }),
    ...(depends_on.length > 0 ? [["after", depends_on.join(", ")] satisfies [string, string]] : []),
    ...(tags.length > 0 ? [["tags", tags.join(", ")] satisfies [string, string]] : []),
    ...(severity === "warn" ? [["severity", "warn"] satisfies [string, string]] : []),
    ["may", renderGrants(permissions)],
  ];
  const body = lines.map(([key, value]) => `   ${key.padEnd(10)} ${oneLine(value)}\n`).join("");
  return `${number}. ${oneLine(check.name)}\n${body}`;
}

function renderBackoff(backoff: Backoff): string {
  if (backoff.kind === "linear") return `${showDuration(backoff.step)} × the attempt`;
  const { initial, factor, max, jitter } = backoff;
  return `${showDuration(initial)} × ${factor} each time up to ${showDuration(max)}${
    jitter ? ", at random" : ""
  }`;
}

function renderValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function renderGrants(permissions: Readonly<Record<string, Extent>>): string {
  const parts = Object.entries(permissions).map(([name, extent]) =>
    typeof extent === "boolean" ? `${name}: all` : `${name}: ${extent.join(" ")}`
  );
  return parts.length === 0 ? "nothing" : parts.join("; ");
}
