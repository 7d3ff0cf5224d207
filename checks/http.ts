/** `type: http`: GETs a URL and looks at the answer. */
import { type Answer, get, httpUrl, transportFailure } from "./get.ts";
import { evaluate, jsonExpression } from "./json_expression.ts";
import { flag, integer, optional, required, text } from "./schema.ts";
import { type Attempt, defineCheckType, failed, PASSED } from "./type.ts";

/** The check type `http`. */
export const http = defineCheckType({
  name: "http",
  keys: {
    url: required(httpUrl()),
    follow_redirects: optional(flag()),
  },
  expect: {
    status: optional(integer(100, 599)),
    body: optional(text()),
    json: optional(jsonExpression()),
  },
  prepare({ url, follow_redirects: followRedirects = true, expect = {} }): Attempt {
    const { status, body, json } = expect;
    const wantsBody = body !== undefined || json !== undefined;
    return async ({ signal }) => {
      let answer: Answer;
      try {
        answer = await get(url, { followRedirects, body: wantsBody, signal });
      } catch (error) {
        return transportFailure(url, error);
      }
      if (status === undefined) {
        if (answer.status < 200 || answer.status > 299) return failed(`expected 2xx, got ${answer.status}`);
      } else if (answer.status !== status) {
        return failed(`expected status ${status}, got ${answer.status}`);
      }
      if (body !== undefined && !answer.body.includes(body)) return failed(`body does not contain "${body}"`);
      const problem = json === undefined ? undefined : evaluate(json, answer.body);
      return problem === undefined ? PASSED : failed(problem);
    };
  },
});
