/** Takes values from an answer for later checks. */
import { ExpressionError } from "../../expression/error.ts";
import { parseKeepingNumbers } from "../../expression/evaluate.ts";
import type { CaptureSource } from "../../schema/capture.ts";
import { textAt } from "../common/expressions.ts";
import { type Find, PatternError } from "../common/patterns.ts";
import type { Captured } from "../type.ts";
import type { Answer } from "./exchange.ts";
import { describeJsonError } from "./json.ts";

/** Characters of one value: it is filled into other checks. */
const MAX_VALUE = 64 * 1024;

/** The values by name, or why one cannot be taken. */
export function capture(
  sources: Readonly<Record<string, CaptureSource>>,
  answer: Answer,
  find: Find,
): { readonly values: Captured } | { readonly problem: string } {
  const values: [string, string][] = [];
  for (const [name, source] of Object.entries(sources)) {
    const value = valueOf(source, answer, find);
    if (typeof value !== "string") return { problem: `cannot capture '${name}': ${value.problem}` };
    if (value.length > MAX_VALUE) {
      return { problem: `cannot capture '${name}': it is longer than ${MAX_VALUE} characters` };
    }
    values.push([name, value]);
  }
  return { values: Object.fromEntries(values) };
}

function valueOf(
  source: CaptureSource,
  { status, headers, body }: Answer,
  find: Find,
): string | { problem: string } {
  switch (source.from) {
    case "status":
      return String(status);
    case "body":
      return body;
    case "header":
      return headers.get(source.name) ?? { problem: `the answer has no header ${source.name}` };
    case "json":
      return fromJson(source.path, body);
    case "regex":
      return fromPattern(source.pattern, source.group, body, find);
  }
}

function fromJson(path: string, body: string): string | { problem: string } {
  try {
    return textAt(path, parseKeepingNumbers(body)) ?? { problem: `there is no ${path} in the answer` };
  } catch (error) {
    if (error instanceof ExpressionError) return { problem: error.message };
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return { problem: `response body is not valid JSON: ${describeJsonError(error)}` };
  }
}

function fromPattern(pattern: string, group: number, body: string, find: Find): string | { problem: string } {
  try {
    const found = find(pattern, body);
    if (found === undefined) return { problem: `the body does not match /${pattern}/` };
    const value = found[group >= 0 ? group : Math.min(1, found.length - 1)];
    return value ?? { problem: `/${pattern}/ has no group ${group} in the body` };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { problem: error.message };
  }
}
