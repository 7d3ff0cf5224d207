/**
 * Annotations for GitHub Actions, and the summary of the step:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import type { CheckResult, Report, Status } from "../run/result.ts";
import { placeOf } from "./place.ts";
import type { ReportContext, ReportForm } from "./report.ts";
import { linesOf, oneLine, showAttempts, showDuration } from "./words.ts";

/** A step's summary may have 1 MiB; this leaves room for other tools. Characters. */
const MAX_SUMMARY = 256 * 1024;

/** The report `github`. */
export const github: ReportForm = {
  start(sink, context) {
    const path = context.variable("GITHUB_STEP_SUMMARY") ?? "";
    const summary = path === "" ? undefined : context.append(path);
    const prefix = prefixOf(context);
    return {
      end(report) {
        sink.write(renderAnnotations(report, prefix));
        summary?.write(renderSummary(report));
      },
    };
  },
};

/** What leads from the top of the repository to the working directory: annotations name files from there. */
function prefixOf({ folder, variable }: ReportContext): string {
  const top = variable("GITHUB_WORKSPACE") ?? "";
  return top !== "" && folder.startsWith(`${top}/`) ? `${folder.slice(top.length + 1)}/` : "";
}

/** A workflow command for each check that has failed. @param prefix Put before relative paths */
export function renderAnnotations({ results }: Report, prefix: string): string {
  return results.map((result) => {
    const command = result.status === "failed" ? "error" : result.status === "warned" ? "warning" : undefined;
    if (command === undefined) return "";
    const { file, line, column } = placeOf(result.place);
    const shown = file.startsWith("/") ? file : prefix + file.replace(/^(\.\/)+/, "");
    const title = `${result.name} (${result.type})`;
    const properties = { file: shown, line: String(line), col: String(column), title };
    const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`).join(
      ",",
    );
    return `::${command} ${list}::${escapeData(message(result))}\n`;
  }).join("");
}

function message({ error = "", attempts }: CheckResult): string {
  const text = linesOf(error).join("\n");
  return attempts > 1 ? `${text} (${showAttempts(attempts)})` : text;
}

function escapeData(text: string): string {
  return text.replace(/[%\r\n]/g, percentEncoded);
}

function escapeProperty(text: string): string {
  return text.replace(/[%\r\n:,]/g, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

const ICONS: Readonly<Record<Status, string>> = { passed: "✅", failed: "❌", warned: "⚠️", skipped: "⏭️" };
const ORDER: readonly Status[] = ["failed", "warned", "passed", "skipped"];

/** Markdown: counts, and a table of all checks, those that failed first. */
export function renderSummary(report: Report): string {
  const counts = ORDER.filter((status) => report[status] > 0).map((status) =>
    `${ICONS[status]} ${report[status]} ${status}`
  );
  const head = [
    "### Checks",
    "",
    `${counts.join(" · ") || "no checks"} in ${showDuration(report.duration_ms)}`,
    "",
    "| | check | type | attempts | duration | |",
    "| --- | --- | --- | ---: | ---: | --- |",
  ].join("\n");
  let text = `${head}\n`;
  const sorted = ORDER.flatMap((status) => report.results.filter((result) => result.status === status));
  for (const [index, result] of sorted.entries()) {
    const row =
      `| ${ICONS[result.status]} | ${escapeCell(result.name)} | ${result.type} | ${result.attempts} | ` +
      `${showDuration(result.duration_ms)} | ${escapeCell(result.error ?? "")} |\n`;
    if (text.length + row.length > MAX_SUMMARY) return `${text}\n… and ${sorted.length - index} more\n`;
    text += row;
  }
  return `${text}\n`;
}

/** What servers answer must be shown, not obeyed: no Markdown, no HTML. */
function escapeCell(text: string): string {
  return oneLine(text).slice(0, 2000).replace(
    /[\\`*_{}[\]<>()#+!|~&@:$-]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
