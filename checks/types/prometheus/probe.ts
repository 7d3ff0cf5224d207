/** Tries a check of type `prometheus`. */
import { describeError } from "../../../runtime/seam/error.ts";
import type { PrometheusSettings } from "./type.ts";
import { failed, type Outcome, PASSED, type ProbeContext } from "../type.ts";
import { type Answer, exchange, transportFailure } from "../http/exchange.ts";

interface Bounds {
  min?: number;
  max?: number;
}

/** Sends the query and compares the value. */
export async function probe(
  { url, query, expect = {} }: PrometheusSettings,
  { signal }: ProbeContext,
): Promise<Outcome> {
  const endpoint = `${url.replace(/\/+$/, "")}/api/v1/query`;
  const target = `${endpoint}?query=${encodeURIComponent(query.toWellFormed())}`;
  let answer: Answer;
  try {
    answer = await exchange(target, { signal });
  } catch (error) {
    return transportFailure("GET", endpoint, error);
  }
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch (error) {
    return failed(
      `response body is not valid JSON (HTTP status ${answer.status}): ${describeError(error)}`,
    );
  }
  return judge(body, expect);
}

/** Format: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
function judge(body: unknown, bounds: Bounds): Outcome {
  if (field(body, "status") !== "success") {
    const error = field(body, "error");
    return failed(`Prometheus query failed: ${typeof error === "string" ? error : "unknown error"}`);
  }
  const data = field(body, "data");
  const type = field(data, "resultType");
  const result = field(data, "result");
  if (type === "matrix") {
    return failed(
      "Prometheus query returned a range of values: leave out the [duration] or take one of them",
    );
  }
  // A vector is a list of series, a scalar or a string one sample by itself
  const sample = type === "scalar" || type === "string" ? result : field(field(result, 0), "value");
  const value = field(sample, 1);
  if (typeof value !== "string") return failed("Prometheus query returned no results");
  return compare(value, bounds);
}

function compare(value: string, { min, max }: Bounds): Outcome {
  if (min === undefined && max === undefined) return PASSED;
  const measured = parseSample(value);
  if (measured === undefined) return failed(`Prometheus query returned no number: "${value.slice(0, 100)}"`);
  const shown = Number.isFinite(measured) ? String(measured) : value;
  if (min !== undefined && measured < min) return failed(`expected min ${min}, got ${shown}`);
  if (max !== undefined && measured > max) return failed(`expected max ${max}, got ${shown}`);
  return PASSED;
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
