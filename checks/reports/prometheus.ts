/** Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { CheckResult, Report } from "../run/result.ts";
import { placeOf } from "./place.ts";
import { atEnd } from "./report.ts";

/** The report `prometheus`. */
export const prometheus = atEnd(renderMetrics);

/** The metrics of a run. */
export function renderMetrics(report: Report): string {
  const { results } = report;
  const labels = labelsOf(results);
  const each = (value: (result: CheckResult) => number | undefined) =>
    results.flatMap((result, index) => {
      const number = value(result);
      return number === undefined ? [] : [[labels[index] ?? "", number] as const];
    });
  const statuses = ["passed", "failed", "warned", "skipped"] as const;
  return [
    family(
      "assay_check_success",
      "Whether the check passed. Skipped checks have no sample.",
      each(({ status }) => status === "skipped" ? undefined : Number(status === "passed")),
    ),
    family(
      "assay_check_duration_seconds",
      "How long the last attempt took.",
      each(({ status, duration_ms }) => status === "skipped" ? undefined : duration_ms / 1000),
    ),
    family("assay_check_attempts", "How many attempts were made.", each(({ attempts }) => attempts)),
    family(
      "assay_checks",
      "How many checks came to each status.",
      statuses.map((status) => [`{status="${status}"}`, report[status]] as const),
    ),
    family("assay_run_success", "Whether no check failed.", [["", Number(report.failed === 0)]]),
    family("assay_run_duration_seconds", "How long the run took.", [["", report.duration_ms / 1000]]),
    family(
      "assay_run_timestamp_seconds",
      "When the run began, in seconds since 1970.",
      [["", Date.parse(report.started_at) / 1000]],
    ),
  ].join("");
}

function family(name: string, help: string, samples: readonly (readonly [string, number])[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

/** Two samples must not have equal labels: a check whose like has been before gets a number. */
function labelsOf(results: readonly CheckResult[]): string[] {
  const seen = new Map<string, number>();
  return results.map(({ name, type, place, severity }) => {
    const { file } = placeOf(place);
    const key = JSON.stringify([name, type, file]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const shown = count === 1 ? name : `${name} (${count})`;
    return `{check="${escape(shown)}",type="${escape(type)}",file="${escape(file)}",severity="${severity}"}`;
  });
}

function escape(text: string): string {
  return text.toWellFormed().replace(
    /[\\"\n]/g,
    (character) => character === "\n" ? "\\n" : `\\${character}`,
  );
}
