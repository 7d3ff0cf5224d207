/** Compares what Prometheus gave: https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { failed, type Outcome, PASSED } from "../type.ts";
import type { PrometheusSettings } from "./type.ts";

type Expected = NonNullable<PrometheusSettings["expect"]>;

/** The values of one series, the oldest first. */
interface Series {
  /** Such as `{instance="a", job="b"}`; empty where there are no labels. */
  readonly labels: string;
  readonly values: readonly unknown[];
}

/** So many labels are shown in messages. Characters. */
const MAX_LABELS = 200;

/** Compares the answer. @param isRange Whether a range of values was asked for */
export function judge(body: unknown, expected: Expected, isRange: boolean): Outcome {
  if (field(body, "status") !== "success") {
    const error = field(body, "error");
    return failed(`Prometheus query failed: ${typeof error === "string" ? error : "unknown error"}`);
  }
  const data = field(body, "data");
  if (!isRange && field(data, "resultType") === "matrix") {
    return failed(
      "Prometheus query returned a range of values: leave out the [duration], take one of them, or ask with 'range'",
    );
  }
  const all = seriesOf(data);
  if (expected.empty === true) {
    return all.length === 0 ? PASSED : failed(
      `expected no results, got ${all.length} series, the first ${all[0]?.labels || "without labels"}`,
    );
  }
  const [first] = all;
  if (typeof first?.values[0] !== "string") {
    return failed("Prometheus query returned no results");
  }
  const takesAll = (expected.series ?? (isRange ? "all" : "first")) === "all";
  for (const series of takesAll ? all : [first]) {
    const problem = judgeSeries(series, expected);
    if (problem === undefined) continue;
    return failed(takesAll && series.labels !== "" ? `${problem} for ${series.labels}` : problem);
  }
  return PASSED;
}

function seriesOf(data: unknown): Series[] {
  const type = field(data, "resultType");
  const result = field(data, "result");
  // A vector is a list of series, a scalar or a string one sample by itself
  if (type === "scalar" || type === "string") return [{ labels: "", values: [field(result, 1)] }];
  if (!Array.isArray(result)) return [];
  return result.map((series: unknown) => {
    const values = field(series, "values");
    const samples = Array.isArray(values) ? values : [field(series, "value")];
    return { labels: labelsOf(field(series, "metric")), values: samples.map((sample) => field(sample, 1)) };
  });
}

function labelsOf(metric: unknown): string {
  if (typeof metric !== "object" || metric === null) return "";
  const labels = Object.entries(metric).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  if (labels.length === 0) return "";
  const text = labels.join(", ");
  return `{${text.length > MAX_LABELS ? `${text.slice(0, MAX_LABELS)}…` : text}}`;
}

function judgeSeries({ values }: Series, expected: Expected): string | undefined {
  for (const value of values) {
    const problem = judgeValue(value, expected);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function judgeValue(value: unknown, { min, max, equals }: Expected): string | undefined {
  if (min === undefined && max === undefined && equals === undefined) return undefined;
  const measured = typeof value === "string" ? parseSample(value) : undefined;
  if (measured === undefined) return `Prometheus query returned no number: "${String(value).slice(0, 100)}"`;
  const shown = Number.isFinite(measured) ? String(measured) : String(value);
  if (min !== undefined && measured < min) return `expected min ${min}, got ${shown}`;
  if (max !== undefined && measured > max) return `expected max ${max}, got ${shown}`;
  if (equals !== undefined && measured !== equals) return `expected ${equals}, got ${shown}`;
  return undefined;
}

/** Go writes infinity as `+Inf` and `-Inf`. */
function parseSample(value: string): number | undefined {
  if (value === "NaN") return NaN;
  const parsed = Number(value.replace(/^([-+]?)Inf$/, "$1Infinity"));
  return Number.isNaN(parsed) || value.trim() === "" ? undefined : parsed;
}

function field(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}
