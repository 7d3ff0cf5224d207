/** Tries a check of type `http`. */
import { failed, type Outcome, PASSED, type ProbeContext } from "../type.ts";
import type { HttpSettings } from "./type.ts";
import { type Answer, get, transportFailure } from "./get.ts";
import { judgeJson } from "./json.ts";

/** Makes the request and compares the answer. */
export async function probe(settings: HttpSettings, { signal }: ProbeContext): Promise<Outcome> {
  const { url, follow_redirects: followRedirects = true, expect = {} } = settings;
  const { status, body, json } = expect;
  let answer: Answer;
  try {
    answer = await get(url, { followRedirects, body: body !== undefined || json !== undefined, signal });
  } catch (error) {
    return transportFailure(url, error);
  }
  const problem = judge(answer, status, body, json);
  return problem === undefined ? PASSED : failed(problem, { status: answer.status });
}

function judge(answer: Answer, status?: number, body?: string, json?: string): string | undefined {
  if (status === undefined) {
    if (answer.status < 200 || answer.status > 299) return `expected 2xx, got ${answer.status}`;
  } else if (answer.status !== status) return `expected status ${status}, got ${answer.status}`;
  if (body !== undefined && !answer.body.includes(body)) return `body does not contain "${body}"`;
  return json === undefined ? undefined : judgeJson(json, answer.body);
}
