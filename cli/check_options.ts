/** What the options of `check` mean. */
import { MAX_DURATION } from "../checks/schema/scalars.ts";
import { suggest } from "../checks/text/suggest.ts";
import { REPORT_NAMES, type ReportName, type ReportRequest, REPORTS } from "../checks/reports/registry.ts";
import { type CheckCommand, UsageError } from "./arguments.ts";

/** The options as node's parser reads them. */
export const CHECK_OPTIONS = {
  tags: { type: "string", multiple: true },
  only: { type: "string", multiple: true },
  skip: { type: "string", multiple: true },
  var: { type: "string", multiple: true },
  parallel: { type: "string" },
  "fail-fast": { type: "boolean" },
  report: { type: "string", multiple: true },
  "dry-run": { type: "boolean" },
  watch: { type: "boolean" },
  serve: { type: "string" },
  every: { type: "string" },
  schema: { type: "boolean" },
} as const;

/** What node's parser gives for {@link CHECK_OPTIONS}. */
export interface CheckValues {
  readonly tags?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly var?: readonly string[];
  readonly parallel?: string;
  readonly "fail-fast"?: boolean;
  readonly report?: readonly string[];
  readonly "dry-run"?: boolean;
  readonly watch?: boolean;
  readonly serve?: string;
  readonly every?: string;
  readonly schema?: boolean;
}

/** How often checks are repeated that are served. Milliseconds. */
const DEFAULT_EVERY = 30_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const MODES = ["schema", "dry-run", "watch", "serve"] as const;

/** @throws {UsageError} When a value makes no sense, or two options exclude each other */
export function readCheckOptions(values: CheckValues): Omit<CheckCommand, "command" | "files" | "verbose"> {
  const [one, other] = MODES.filter((mode) => values[mode] !== undefined);
  if (one !== undefined && other !== undefined) {
    throw new UsageError(`options '--${one}' and '--${other}' do not go together`);
  }
  if (values.every !== undefined && one !== undefined && one !== "serve") {
    throw new UsageError(`options '--every' and '--${one}' do not go together`);
  }
  const listed = (texts: readonly string[] | undefined) =>
    texts?.flatMap((text) => text.split(",").map((part) => part.trim()).filter((part) => part !== ""));
  const [tags, only, skip] = [listed(values.tags), values.only, values.skip];
  return {
    given: new Map((values.var ?? []).map(readVariable)),
    plan: {
      ...(tags === undefined ? {} : { tags }),
      ...(only === undefined ? {} : { only }),
      ...(skip === undefined ? {} : { skip }),
      ...readParallel(values.parallel),
      failFast: values["fail-fast"] ?? false,
    },
    ...(values.report === undefined ? {} : { reports: values.report.map(readReport) }),
    ...(values.schema ? { schema: true } : {}),
    ...(values["dry-run"] ? { dryRun: true } : {}),
    ...(values.watch ? { watch: true } : {}),
    ...(values.serve === undefined ? {} : { serve: readAddress(values.serve), every: DEFAULT_EVERY }),
    ...(values.every === undefined ? {} : { every: readEvery(values.every) }),
  };
}

function readVariable(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`invalid value for --var: it must be NAME=VALUE`);
}

function readParallel(text: string | undefined): { parallel?: number } {
  if (text === undefined) return {};
  if (/^[1-9]\d{0,5}$/.test(text)) return { parallel: Number(text) };
  throw new UsageError(`invalid value '${text}' for --parallel: it must be a whole number of at least 1`);
}

function readReport(text: string): ReportRequest {
  const end = text.indexOf("=");
  const name = end < 0 ? text : text.slice(0, end);
  if (!isReport(name)) {
    const meant = suggest(name, REPORT_NAMES);
    const hint = meant === undefined ? `it must be ${REPORT_NAMES.join(", ")}` : `did you mean '${meant}'?`;
    throw new UsageError(`unknown report '${name}' for --report: ${hint}`);
  }
  if (end < 0) return { name };
  const file = text.slice(end + 1);
  if (file === "") throw new UsageError(`--report ${text} names no file: it must be ${name}=FILE`);
  return file === "-" ? { name } : { name, file };
}

function isReport(name: string): name is ReportName {
  return Object.hasOwn(REPORTS, name);
}

function readEvery(text: string): number {
  const [, number, unit = ""] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? NaN);
  if (milliseconds >= 1 && milliseconds <= MAX_DURATION) return milliseconds;
  throw new UsageError(`invalid value '${text}' for --every: it must be a duration such as 30s, 5m or 1h`);
}

/** `:9115`, `9115`, `127.0.0.1:9115`, `[::1]:9115`. */
function readAddress(text: string): { hostname: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.%]+)\]:|([^:[\]\s]*):)?(\d{1,5})$/.exec(text) ??
    [];
  const port = Number(digits);
  if (port <= 65535) return { hostname: bracketed ?? (plain || "0.0.0.0"), port };
  throw new UsageError(
    `invalid value '${text}' for --serve: it must be an address such as :9115 or 127.0.0.1:9115`,
  );
}
