/** Tries a check of type `prometheus`. */
import { describeError } from "../../../runtime/seam/error.ts";
import type { PrometheusSettings, Range } from "./type.ts";
import { failed, type Outcome, type Part, type Probe, type ProbeContext } from "../type.ts";
import { type Answer, exchange, loadExchange, transportFailure } from "../http/exchange.ts";
import { judge } from "./judge.ts";

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<PrometheusSettings>> {
  await loadExchange(parts);
  return attempt;
}

/** Sends the query and compares the value. */
async function attempt(settings: PrometheusSettings, { signal }: ProbeContext): Promise<Outcome> {
  const { url, query, range, headers, auth, tls, insecure, expect = {} } = settings;
  const endpoint = `${url.replace(/\/+$/, "")}/api/v1/${range === undefined ? "query" : "query_range"}`;
  const target = `${endpoint}?query=${encodeURIComponent(query.toWellFormed())}${rangeOf(range)}`;
  let answer: Answer;
  try {
    answer = await exchange(target, { headers, auth, tls, insecure, signal });
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
  return judge(body, expect, range !== undefined);
}

function rangeOf(range: Range | undefined): string {
  if (range === undefined) return "";
  const end = Date.now() / 1000;
  return `&start=${(end - range.last / 1000).toFixed(3)}&end=${end.toFixed(3)}&step=${range.step / 1000}`;
}
