/** One page that needs nothing else: counts, a filter, and a timeline of all attempts. */
import type { AttemptRecord, CheckResult, Report, Status } from "../../run/result.ts";
import { atEnd } from "../report.ts";
import { headOf, linesOf, oneLine, showAttempts, showDuration } from "../words.ts";
import script from "./page.js" with { type: "text" };
import styles from "./page.css" with { type: "text" };

/** The report `html`. */
export const html = atEnd((report) => renderPage(report));

const STATUSES: readonly Status[] = ["failed", "warned", "passed", "skipped"];
const SYMBOLS: Readonly<Record<Status, string>> = { passed: "✓", failed: "✗", warned: "!", skipped: "–" };

/** How a page is shown. */
export interface PageOptions {
  /** Whether a server says when there are new results. @default false */
  readonly isLive?: boolean;
}

/** The whole page. Texts of checks and of servers are shown, never taken for HTML. */
export function renderPage(report: Report | undefined, { isLive = false }: PageOptions = {}): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'` +
    (isLive ? "; connect-src 'self'" : "");
  const isFailing = report !== undefined && report.failed > 0;
  const title = report === undefined
    ? "Checks"
    : isFailing
    ? `✗ ${report.failed} failed`
    : "✓ All checks pass";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title} · assay</title>
<style>${styles}</style>
</head>
<body${isLive ? ' data-live=""' : ""}>
<main>
${report === undefined ? "<h1>Checks</h1>\n<p>The first run has not ended yet.</p>" : content(report)}
</main>
<footer><button type="button" id="theme">Dark or light</button><span id="connection" role="status"></span></footer>
<script>${script}</script>
</body>
</html>
`;
}

function content(report: Report): string {
  const span = Math.max(1, report.duration_ms, ...report.results.map(endOf));
  const state = report.failed > 0 ? "failed" : "passed";
  return `<header class="${state}">
<h1>${heading(report)}</h1>
<p>${report.total} checks in ${
    showDuration(report.duration_ms)
  }, begun <time datetime="${report.started_at}">${
    report.started_at.replace("T", " ").replace(/\.\d+Z$/, " UTC")
  }</time></p>
</header>
<form role="search">
<label>Filter <input type="search" id="filter" placeholder="name, type, tag or error" autocomplete="off"></label>
<fieldset><legend>Show</legend>
${STATUSES.map((status) => toggle(status, report[status])).join("\n")}
</fieldset>
<output id="matches"></output>
</form>
<table>
<caption>Every check with its attempts, from the beginning of the run to its end</caption>
<thead><tr><th scope="col">Status</th><th scope="col">Check</th><th scope="col">Attempts</th>\
<th scope="col">Duration</th><th scope="col" class="axis"><span>0</span><span>${
    showDuration(span / 2)
  }</span>\
<span>${showDuration(span)}</span></th></tr></thead>
<tbody>
${report.results.map((result) => row(result, span)).join("\n")}
</tbody>
</table>`;
}

function heading({ failed, passed, total }: Report): string {
  if (failed > 0) return `${failed} of ${total} ${total === 1 ? "check" : "checks"} failed`;
  return passed === total ? `All ${total} checks passed` : `No check failed, ${passed} of ${total} passed`;
}

function toggle(status: Status, count: number): string {
  return `<label class="${status}"><input type="checkbox" name="status" value="${status}" checked> ` +
    `${SYMBOLS[status]} ${count} ${status}</label>`;
}

function row(result: CheckResult, span: number): string {
  const { name, type, status, error, attempts, duration_ms, tags, place, history } = result;
  const words = oneLine([name, type, place, ...tags, error ?? ""].join(" ")).toLowerCase();
  const details = error === undefined && history.length < 2 ? "" : `
<details${status === "failed" ? " open" : ""}><summary>${escape(firstLine(error))}</summary>
<p class="place">${escape(place)}</p>${restOf(error)}
${
    history.length === 0
      ? ""
      : `<ol>${history.map((record) => `<li>${attempt(record)}</li>`).join("")}</ol>`
  }</details>`;
  return `<tr class="${status}" data-status="${status}" data-words="${escape(words)}">
<td class="status"><span aria-hidden="true">${SYMBOLS[status]}</span> ${status}</td>
<th scope="row">${escape(oneLine(name))} <span class="type">${escape(type)}</span>${
    tags.map((tag) => ` <span class="tag">${escape(oneLine(tag))}</span>`).join("")
  }${details}</th>
<td class="number" data-label="${attempts === 1 ? "attempt" : "attempts"}">${attempts}</td>
<td class="number" data-label="">${status === "skipped" ? "" : showDuration(duration_ms)}</td>
<td class="line">${timeline(result, span)}</td>
</tr>`;
}

function firstLine(error: string | undefined): string {
  return error === undefined ? "attempts" : headOf(error);
}

/** Such as a traceback. */
function restOf(error = ""): string {
  const [, ...rest] = linesOf(error);
  return rest.length === 0 ? "" : `<pre>${escape(rest.join("\n"))}</pre>`;
}

function attempt({ status, error, started_ms, duration_ms }: AttemptRecord): string {
  const when = `after ${showDuration(started_ms)}, took ${showDuration(duration_ms)}`;
  return `${when}: ${escape(error === undefined ? status : headOf(error))}`;
}

/** A bar an attempt; the line below them reaches from the first to the last. */
function timeline({ history, name }: CheckResult, span: number): string {
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return "";
  const percent = (value: number) => `${(100 * value / span).toFixed(2)}%`;
  const bars = history.map((record, index) => {
    const style = `left:min(${percent(record.started_ms)},100% - 3px);width:${percent(record.duration_ms)}`;
    const title = `attempt ${index + 1}: ${record.status} in ${showDuration(record.duration_ms)}`;
    return `<i class="${record.status}" style="${style}" title="${title}"></i>`;
  });
  const end = last.started_ms + last.duration_ms;
  const whole = `left:${percent(first.started_ms)};width:${percent(end - first.started_ms)}`;
  const label =
    `${oneLine(name)}: ${showAttempts(history.length)}, from ${showDuration(first.started_ms)} to ` +
    showDuration(end);
  return `<div role="img" aria-label="${escape(label)}"><b style="${whole}"></b>${bars.join("")}</div>`;
}

function endOf({ history }: CheckResult): number {
  const last = history.at(-1);
  return last === undefined ? 0 : last.started_ms + last.duration_ms;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
