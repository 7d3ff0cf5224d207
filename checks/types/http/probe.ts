/** Tries a check of type `http`. */
import type { TextExpectation } from "../../schema/text_expectation.ts";
import { hasStatus } from "../../schema/status.ts";
import { parseKeepingNumbers } from "../../expression/evaluate.ts";
import { judgeExpressions } from "../common/expressions.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { judgeText } from "../common/text.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import { type HttpSettings, methodOf } from "./type.ts";
import { capture } from "./capture.ts";
import { type Answer, exchange, loadExchange, transportFailure } from "./exchange.ts";
import { describeJsonError, judgeJson } from "./json.ts";

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<HttpSettings>> {
  const [find] = await Promise.all([
    loadPatterns(parts),
    loadExchange(parts),
  ]);
  return (settings, context) => attempt(settings, context, find);
}

type Expected = NonNullable<HttpSettings["expect"]>;

/** Makes the request and compares the answer. */
async function attempt(settings: HttpSettings, { signal }: ProbeContext, find: Find): Promise<Outcome> {
  const { url, headers, auth, tls, insecure, follow_redirects: followRedirects, expect = {} } = settings;
  const method = methodOf(settings);
  const begun = performance.now();
  let answer: Answer;
  try {
    answer = await exchange(url, {
      method,
      headers,
      auth,
      tls,
      insecure,
      followRedirects,
      ...contentOf(settings),
      wantsBody: wantsBody(settings),
      signal,
    });
  } catch (error) {
    return transportFailure(method, url, error);
  }
  const latency = performance.now() - begun;
  const problem = judge(answer, expect, find) ?? judgeLatency(latency, expect.latency);
  if (problem !== undefined) {
    return failed(problem, { status: answer.status, latency_ms: Math.round(latency) });
  }
  if (settings.capture === undefined) return PASSED;
  const captured = capture(settings.capture, answer, find);
  return "problem" in captured
    ? failed(captured.problem, { status: answer.status })
    : { passed: true, captured: captured.values };
}

function contentOf({ body, json, form }: HttpSettings) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (json !== undefined) return { body: bytes(JSON.stringify(json)), contentType: "application/json" };
  if (form !== undefined) {
    return {
      body: bytes(new URLSearchParams(form).toString()),
      contentType: "application/x-www-form-urlencoded",
    };
  }
  return body === undefined ? {} : { body: bytes(body) };
}

function wantsBody({ expect = {}, capture = {} }: HttpSettings): boolean {
  return expect.body !== undefined || expect.json !== undefined ||
    Object.values(capture).some(({ from }) => from !== "status" && from !== "header");
}

function judge(answer: Answer, { status, headers, body, json }: Expected, find: Find): string | undefined {
  if (status === undefined) {
    if (answer.status < 200 || answer.status > 299) return `expected 2xx, got ${answer.status}`;
  } else if (!hasStatus(status, answer.status)) {
    return `expected status ${status.join(" or ")}, got ${answer.status}`;
  }
  return (headers === undefined ? undefined : judgeHeaders(answer.headers, headers, find)) ??
    (body === undefined ? undefined : judgeText("body", answer.body, body, find)) ??
    (json === undefined ? undefined : judgeBody(json, answer.body, find));
}

function judgeHeaders(
  headers: Answer["headers"],
  expected: Readonly<Record<string, TextExpectation>>,
  find: Find,
): string | undefined {
  for (const [name, expectation] of Object.entries(expected)) {
    const value = headers.get(name);
    if (value === null) return `the answer has no header ${name}`;
    const problem = judgeText(`header ${name}`, value, expectation, find);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function judgeBody(json: string | readonly string[], body: string, find: Find): string | undefined {
  if (typeof json === "string") return judgeJson(json, body);
  let document: unknown;
  try {
    document = parseKeepingNumbers(body);
  } catch (error) {
    return `response body is not valid JSON: ${describeJsonError(error)}`;
  }
  return judgeExpressions(json, document, find);
}

function judgeLatency(latency: number, limit: number | undefined): string | undefined {
  if (limit === undefined || latency < limit) return undefined;
  return `expected an answer in less than ${limit} ms, it took ${Math.ceil(latency)} ms`;
}
