/** The one list of reports. */
import type { ReportForm } from "./report.ts";

/** What is known of a form of report without loading it. */
export interface ReportEntry {
  /** What it is for, in one line. */
  readonly doc: string;
  /** Whether others may be written to the same stream: it is made of lines, and no document. */
  readonly shares: boolean;
  load(): Promise<ReportForm>;
}

/** The one list of reports. */
export const REPORTS = {
  json: {
    doc: "The results as JSON; what is written when standard output is no terminal",
    shares: false,
    load: async () => (await import("./json.ts")).json,
  },
  pretty: {
    doc: "A live list and a summary for people; what is shown on a terminal",
    shares: true,
    load: async () => (await import("./pretty/reporter.ts")).pretty,
  },
  junit: {
    doc: "JUnit XML, which CI servers read",
    shares: false,
    load: async () => (await import("./junit.ts")).junit,
  },
  tap: {
    doc: "Test Anything Protocol 14",
    shares: false,
    load: async () => (await import("./tap.ts")).tap,
  },
  github: {
    doc: "Annotations for GitHub Actions, and the step's summary",
    shares: true,
    load: async () => (await import("./github.ts")).github,
  },
  prometheus: {
    doc: "Metrics in Prometheus' text format, for a push gateway or a textfile collector",
    shares: false,
    load: async () => (await import("./prometheus.ts")).prometheus,
  },
  html: {
    doc: "One self-contained page with a timeline",
    shares: false,
    load: async () => (await import("./html/page.ts")).html,
  },
} as const satisfies Readonly<Record<string, ReportEntry>>;

/** The name of a report, as `--report` takes it. */
export type ReportName = keyof typeof REPORTS;

/** All names, in the order in which they are shown. */
export const REPORT_NAMES = Object.keys(REPORTS) as readonly ReportName[];

/** `--report NAME[=FILE]`. */
export interface ReportRequest {
  readonly name: ReportName;
  /** @default standard output */
  readonly file?: string;
}
