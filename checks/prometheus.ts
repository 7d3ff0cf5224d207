/** `type: prometheus`: asks a Prometheus server for a value and compares it with bounds. */
import { describeError } from "../runtime/seam/error.ts";
import { type Answer, get, httpUrl, transportFailure } from "./get.ts";
import { number, optional, required, text } from "./schema.ts";
import { type Attempt, defineCheckType, failed, type Outcome, PASSED } from "./type.ts";

interface Bounds {
  min?: number;
  max?: number;
}

/** The check type `prometheus`. */
export const prometheus = defineCheckType({
  name: "prometheus",
  keys: {
    url: required(httpUrl()),
    query: required(text()),
  },
  expect: {
    min: optional(number()),
    max: optional(number()),
  },
  prepare({ url, query, expect = {} }): Attempt {
    const endpoint = `${url.replace(/\/+$/, "")}/api/v1/query`;
    const target = `${endpoint}?query=${encodeURIComponent(query.toWellFormed())}`;
    return async ({ signal }) => {
      let answer: Answer;
      try {
        answer = await get(target, { signal });
      } catch (error) {
        return transportFailure(endpoint, error);
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
    };
  },
});

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
