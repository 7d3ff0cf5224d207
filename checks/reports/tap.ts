/** Test Anything Protocol, version 14: https://testanything.org/tap-version-14-specification.html */
import type { CheckResult, Report } from "../run/result.ts";
import { atEnd } from "./report.ts";
import { linesOf, oneLine } from "./words.ts";

/** The report `tap`. */
export const tap = atEnd(render);

function render({ results }: Report): string {
  return ["TAP version 14", `1..${results.length}`, ...results.flatMap(point), ""].join("\n");
}

function point(result: CheckResult, index: number): string[] {
  const { name, status, error = "" } = result;
  const isOk = status === "passed" || status === "skipped";
  const line = `${isOk ? "ok" : "not ok"} ${index + 1} - ${escape(name)}${directive(result)}`;
  if (isOk) return [line];
  return [
    line,
    "  ---",
    `  message: ${JSON.stringify(linesOf(error).join("\n"))}`,
    `  severity: ${status === "warned" ? "warn" : "fail"}`,
    `  type: ${result.type}`,
    `  at: ${JSON.stringify(result.place)}`,
    `  attempts: ${result.attempts}`,
    `  duration_ms: ${Math.round(result.duration_ms)}`,
    "  ...",
  ];
}

/** A failed point with TODO does not fail the whole, which is what a warning means. */
function directive({ status, error = "" }: CheckResult): string {
  if (status === "skipped") return ` # SKIP ${escape(error)}`;
  return status === "warned" ? " # TODO severity: warn" : "";
}

function escape(text: string): string {
  return oneLine(text).replace(/[\\#]/g, "\\$&");
}
