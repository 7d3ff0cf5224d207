/**
 * JUnit XML, as Jenkins, GitLab and others read it: a suite a file, times in seconds. Of the dialects this is the
 * common part (https://github.com/testmoapp/junitxml).
 */
import type { CheckResult, Report } from "../run/result.ts";
import { placeOf } from "./place.ts";
import { atEnd } from "./report.ts";
import { attemptLines } from "./words.ts";

/** The report `junit`. */
export const junit = atEnd(render);

function render(report: Report): string {
  const suites = Map.groupBy(report.results, ({ place }) => placeOf(place).file);
  const time = seconds(report.duration_ms);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="assay" ${counts(report.results)} time="${time}" timestamp="${report.started_at}">`,
    ...[...suites].flatMap(([file, results]) => suite(file, results, report.started_at)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(file: string, results: readonly CheckResult[], startedAt: string): string[] {
  const time = seconds(results.reduce((sum, result) => sum + spent(result), 0));
  return [
    `  <testsuite name="${escape(file)}" ${counts(results)} time="${time}" timestamp="${startedAt}">`,
    ...results.flatMap(testCase),
    "  </testsuite>",
  ];
}

function testCase(result: CheckResult): string[] {
  const { name, type, status, error = "", place } = result;
  const { file, line } = placeOf(place);
  const head = `    <testcase name="${escape(name)}" classname="${escape(`${file}.${type}`)}" ` +
    `file="${escape(file)}" line="${line}" time="${seconds(spent(result))}"`;
  const body = [
    ...(status === "failed"
      ? [
        `      <failure message="${escape(error)}" type="${type}">${escape(`${place}: ${error}`)}</failure>`,
      ]
      : []),
    ...(status === "skipped" ? [`      <skipped message="${escape(error)}"/>`] : []),
    ...output(result),
  ];
  return body.length === 0 ? [`${head}/>`] : [`${head}>`, ...body, "    </testcase>"];
}

/** What readers show beside a case: a warning, for which JUnit has no word, and attempts where there were several. */
function output(result: CheckResult): string[] {
  const lines = [
    ...(result.status === "warned" ? [`warning: ${result.error ?? ""}`] : []),
    ...(result.history.length > 1 ? attemptLines(result) : []),
  ];
  return lines.length === 0 ? [] : [`      <system-out>${escape(lines.join("\n"))}</system-out>`];
}

function counts(results: readonly CheckResult[]): string {
  const count = (status: CheckResult["status"]) =>
    results.filter((result) => result.status === status).length;
  return `tests="${results.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}"`;
}

/** From the beginning of the first attempt to the end of the last. Milliseconds. */
function spent({ history, duration_ms }: CheckResult): number {
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return duration_ms;
  return last.started_ms + last.duration_ms - first.started_ms;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** XML 1.0 has no form at all for some characters. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const IMPOSSIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

function escape(text: string): string {
  return text.toWellFormed().replace(IMPOSSIBLE, "\uFFFD")
    .replace(/[&<>"\n\r\t]/g, (character) => ENTITIES[character] ?? character);
}
