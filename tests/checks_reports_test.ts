/** Reports: what each form makes of the same run, and of texts that mean something to it. */
import assert from "node:assert/strict";
import { renderAnnotations, renderSummary } from "../checks/reports/github.ts";
import { renderPage } from "../checks/reports/html/page.ts";
import { junit } from "../checks/reports/junit.ts";
import { renderMetrics } from "../checks/reports/prometheus.ts";
import type { ReportForm } from "../checks/reports/report.ts";
import { tap } from "../checks/reports/tap.ts";
import { type CheckResult, makeReport, type Report } from "../checks/run/result.ts";
import { findBrowser, withBrowser } from "./support/browser.ts";

const COMMON = { type: "http", tags: [], severity: "fail", duration_ms: 12 } as const;
const REFUSED = { status: "failed", error: "expected 2xx, got 503", started_ms: 0, duration_ms: 20 } as const;

const RESULTS: CheckResult[] = [
  {
    ...COMMON,
    name: "up",
    status: "passed",
    attempts: 2,
    history: [REFUSED, { status: "passed", started_ms: 1020, duration_ms: 12 }],
    tags: ["smoke"],
    place: "a.yaml:3:5",
  },
  {
    ...COMMON,
    name: 'a <b> & "c" #1',
    status: "failed",
    error: "line 1, 100%\nline: 2 \x1b[31m]]>",
    attempts: 1,
    history: [{ status: "failed", error: "line 1", started_ms: 5, duration_ms: 12 }],
    place: "a.yaml:4:5",
  },
  {
    ...COMMON,
    name: "soft",
    type: "tcp",
    status: "warned",
    severity: "warn",
    error: "connection refused",
    attempts: 1,
    history: [{ status: "failed", error: "connection refused", started_ms: 6, duration_ms: 12 }],
    place: "sub/b.yaml:1:1",
  },
  {
    ...COMMON,
    name: "soft",
    type: "tcp",
    status: "skipped",
    error: "it depends on 'x', which has failed",
    duration_ms: 0,
    attempts: 0,
    history: [],
    place: "sub/b.yaml:2:1",
  },
];
const REPORT = makeReport(RESULTS, new Date("2026-01-02T03:04:05.678Z"), 1500);

/** What a report writes at the end of a run. */
function written(form: ReportForm, report: Report = REPORT): string {
  let text = "";
  const context = {
    mask: (masked: string) => masked,
    variable: () => undefined,
    folder: "/",
    append: () => ({ write() {} }),
    aside() {},
  };
  form.start({ write: (part) => text += part }, context).end(report);
  return text;
}

Deno.test("junit: a suite a file, failures, skipped ones, warnings and attempts as output", () => {
  const name = "a &lt;b&gt; &amp; &quot;c&quot; #1";
  const error = "line 1, 100%&#10;line: 2 \uFFFD[31m]]&gt;";
  assert.equal(
    written(junit),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="assay" tests="4" failures="1" errors="0" skipped="1" time="1.500" timestamp="2026-01-02T03:04:05.678Z">
  <testsuite name="a.yaml" tests="2" failures="1" errors="0" skipped="0" time="1.044" timestamp="2026-01-02T03:04:05.678Z">
    <testcase name="up" classname="a.yaml.http" file="a.yaml" line="3" time="1.032">
      <system-out>attempt 1 after 0 ms, took 20 ms: expected 2xx, got 503&#10;attempt 2 after 1.0 s, took 12 ms: passed</system-out>
    </testcase>
    <testcase name="${name}" classname="a.yaml.http" file="a.yaml" line="4" time="0.012">
      <failure message="${error}" type="http">a.yaml:4:5: ${error}</failure>
    </testcase>
  </testsuite>
  <testsuite name="sub/b.yaml" tests="2" failures="0" errors="0" skipped="1" time="0.012" timestamp="2026-01-02T03:04:05.678Z">
    <testcase name="soft" classname="sub/b.yaml.tcp" file="sub/b.yaml" line="1" time="0.012">
      <system-out>warning: connection refused</system-out>
    </testcase>
    <testcase name="soft" classname="sub/b.yaml.tcp" file="sub/b.yaml" line="2" time="0.000">
      <skipped message="it depends on 'x', which has failed"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

Deno.test("tap: a point a check, a warning is TODO, skipped ones say why", () => {
  assert.equal(
    written(tap),
    String.raw`TAP version 14
1..4
ok 1 - up
not ok 2 - a <b> & "c" \#1
  ---
  message: "line 1, 100%\nline: 2 ${"\uFFFD"}[31m]]>"
  severity: fail
  type: http
  at: "a.yaml:4:5"
  attempts: 1
  duration_ms: 12
  ...
not ok 3 - soft # TODO severity: warn
  ---
  message: "connection refused"
  severity: warn
  type: tcp
  at: "sub/b.yaml:1:1"
  attempts: 1
  duration_ms: 12
  ...
ok 4 - soft # SKIP it depends on 'x', which has failed
`,
  );
});

Deno.test("github: an annotation a failure at its line, seen from the repository's top", () => {
  assert.equal(
    renderAnnotations(REPORT, "deploy/"),
    `::error file=deploy/a.yaml,line=4,col=5,title=a <b> & "c" #1 (http)::line 1, 100%25%0Aline: 2 \uFFFD[31m]]>
::warning file=deploy/sub/b.yaml,line=1,col=1,title=soft (tcp)::connection refused
`,
  );
});

Deno.test("github: the summary is a table of all checks, failures first, in which no text is Markdown or HTML", () => {
  const lines = renderSummary(REPORT).split("\n");
  assert.equal(lines[2], "❌ 1 failed · ⚠️ 1 warned · ✅ 1 passed · ⏭️ 1 skipped in 1.5 s");
  const rows = lines.slice(6).filter((line) => line !== "");
  assert.equal(rows.length, 4);
  assert.match(rows[0] ?? "", /^\| ❌ \| a &#60;b&#62; &#38; "c" &#35;1 \| http \| 1 \| 12 ms \|/);
  assert.ok(!["<", ">", "\x1b"].some((character) => rows.join("").includes(character)));
});

Deno.test("github: a summary of thousands of checks stays below what GitHub takes", () => {
  const many = Array.from(
    { length: 20_000 },
    (_, index) => ({ ...RESULTS[1] as CheckResult, name: `n${index}` }),
  );
  const text = renderSummary(makeReport(many, new Date(0), 1));
  assert.ok(text.length < 1024 * 1024);
  assert.match(text, /… and \d+ more\n$/);
});

Deno.test("prometheus: a sample a check, no two with the same labels, skipped ones without a result", () => {
  const labels = String.raw`{check="a <b> & \"c\" #1",type="http",file="a.yaml",severity="fail"}`;
  const text = renderMetrics(REPORT);
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(samples.slice(0, 3), [
    'assay_check_success{check="up",type="http",file="a.yaml",severity="fail"} 1',
    `assay_check_success${labels} 0`,
    'assay_check_success{check="soft",type="tcp",file="sub/b.yaml",severity="warn"} 0',
  ]);
  assert.equal(new Set(samples.map((line) => line.replace(/ \S+$/, ""))).size, samples.length);
  assert.deepEqual(samples.slice(-7), [
    'assay_checks{status="passed"} 1',
    'assay_checks{status="failed"} 1',
    'assay_checks{status="warned"} 1',
    'assay_checks{status="skipped"} 1',
    "assay_run_success 0",
    "assay_run_duration_seconds 1.5",
    "assay_run_timestamp_seconds 1767323045.678",
  ]);
  assert.match(text, /^# HELP assay_check_success .+\n# TYPE assay_check_success gauge\n/);
});

const browser = findBrowser();

Deno.test({
  name: "junit is XML, and html a page that filters, in a real browser",
  ignore: browser === undefined,
  async fn(t) {
    await withBrowser(browser ?? "", async (chromium) => {
      const page = await chromium.newPage({ viewport: { width: 1200, height: 800 } });
      const errors: string[] = [];
      page.on("pageerror", ({ message }) => errors.push(message));
      page.on("console", (entry) => entry.type() === "error" && errors.push(entry.text()));

      await t.step("the XML is well-formed, and gives the texts back", async () => {
        const seen = await page.evaluate((xml) => {
          const { DOMParser } = globalThis as unknown as { DOMParser: new () => BrowserParser };
          const parsed = new DOMParser().parseFromString(xml, "application/xml");
          const failure = parsed.querySelector("failure");
          return {
            problem: parsed.querySelector("parsererror")?.textContent,
            message: failure?.getAttribute("message"),
            name: parsed.querySelectorAll("testcase")[1]?.getAttribute("name"),
          };
        }, written(junit));
        assert.deepEqual(seen, {
          problem: undefined,
          message: "line 1, 100%\nline: 2 \uFFFD[31m]]>",
          name: 'a <b> & "c" #1',
        });
      });

      await t.step("the page shows every check, and what servers say is text", async () => {
        const evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        const [up, bad, ...rest] = RESULTS as [CheckResult, CheckResult, CheckResult, CheckResult];
        await page.setContent(
          renderPage(makeReport([up, { ...bad, error: evil }, ...rest], new Date(0), 1500)),
        );
        assert.equal(await page.locator("h1").textContent(), "1 of 4 checks failed");
        assert.equal(await page.locator("tbody tr").count(), 4);
        assert.equal(await page.locator("img, tbody script").count(), 0);
        assert.equal(await page.locator("details[open] summary").textContent(), evil);
        assert.equal(await page.locator("tbody tr").first().locator(".line i").count(), 2);
      });

      await t.step("the filter goes by text and status", async () => {
        const visible = () => page.locator("tbody tr:visible").count();
        await page.fill("#filter", "SMOKE");
        assert.equal(await visible(), 1);
        assert.equal(await page.locator("#matches").textContent(), "1 of 4 shown");
        await page.fill("#filter", "");
        await page.uncheck("input[value=failed]");
        assert.equal(await visible(), 3);
      });

      await t.step("it fits narrow screens, dark and light", async () => {
        for (const colorScheme of ["dark", "light"] as const) {
          await page.emulateMedia({ colorScheme });
          for (const width of [320, 390, 800]) {
            await page.setViewportSize({ width, height: 800 });
            const needed = await page.evaluate("document.documentElement.scrollWidth");
            assert.equal(needed, width);
          }
        }
        const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
        const light = await paper();
        await page.click("#theme");
        assert.notEqual(await paper(), light);
      });
      assert.deepEqual(errors, []);
    });
  },
});

/** What of a browser's XML is used here. */
interface BrowserParser {
  parseFromString(text: string, type: string): BrowserNode;
}
interface BrowserNode {
  querySelector(selector: string): BrowserNode | null;
  querySelectorAll(selector: string): readonly BrowserNode[];
  getAttribute(name: string): string | null;
  readonly textContent: string;
}
