/** What a run of checks came to, as standard output shows it. */
export interface Report {
  /** How many checks passed. */
  readonly passed: number;
  readonly failed: number;
  readonly total: number;
  /** In the order of the file. */
  readonly results: readonly CheckResult[];
  /** Of the whole run, in milliseconds. */
  readonly duration_ms: number;
}

/** What became of one check. */
export interface CheckResult {
  readonly name: string;
  readonly status: "passed" | "failed";
  /** Why it failed. */
  readonly error?: string;
  /** Of the last attempt; 0 for a check that was not finished. Milliseconds. */
  readonly duration_ms: number;
  /** How many attempts were begun. */
  readonly attempts: number;
}

/** Counts results. @param milliseconds What the whole run took */
export function makeReport(results: readonly CheckResult[], milliseconds: number): Report {
  const passed = results.filter(({ status }) => status === "passed").length;
  return {
    passed,
    failed: results.length - passed,
    total: results.length,
    results,
    duration_ms: Math.round(milliseconds),
  };
}

/** Pretty JSON with the end of its last line. */
export function formatReport(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
