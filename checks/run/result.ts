/** What a run of checks came to. Keys are those of the JSON report. */
import type { Severity } from "../config/check.ts";

/** What became of a check: `warned` has failed but does not fail the run. */
export type Status = "passed" | "failed" | "warned" | "skipped";

/** One attempt. */
export interface AttemptRecord {
  readonly status: "passed" | "failed";
  /** Why it failed. */
  readonly error?: string;
  /** Since the run began. Milliseconds. */
  readonly started_ms: number;
  readonly duration_ms: number;
}

/** What became of one check. */
export interface CheckResult {
  readonly name: string;
  readonly type: string;
  readonly status: Status;
  /** Why it failed, or was skipped. */
  readonly error?: string;
  /** Of the last attempt; 0 for a check that was not finished. Milliseconds. */
  readonly duration_ms: number;
  /** How many attempts were begun. */
  readonly attempts: number;
  /** Every finished attempt, in order. */
  readonly history: readonly AttemptRecord[];
  readonly tags: readonly string[];
  readonly severity: Severity;
  /** Where the check stands: `file:line:column`. */
  readonly place: string;
}

/** What a run of checks came to. */
export interface Report {
  /** How many checks passed. */
  readonly passed: number;
  readonly failed: number;
  readonly total: number;
  readonly warned: number;
  readonly skipped: number;
  /** In the order of the file. */
  readonly results: readonly CheckResult[];
  /** When the run began: RFC 3339, UTC. */
  readonly started_at: string;
  /** Of the whole run, in milliseconds. */
  readonly duration_ms: number;
}

/** A result with its texts masked; words of the report itself stay what they are, whatever a secret is. */
export function maskResult(result: CheckResult, mask: (text: string) => string): CheckResult {
  return {
    ...result,
    name: mask(result.name),
    ...(result.error === undefined ? {} : { error: mask(result.error) }),
    history: result.history.map((record) => maskAttempt(record, mask)),
    tags: result.tags.map(mask),
    place: mask(result.place),
  };
}

/** An attempt with its error masked. */
export function maskAttempt(record: AttemptRecord, mask: (text: string) => string): AttemptRecord {
  return record.error === undefined ? record : { ...record, error: mask(record.error) };
}

/** Counts results. @param milliseconds What the whole run took */
export function makeReport(results: readonly CheckResult[], startedAt: Date, milliseconds: number): Report {
  const count = (status: Status) => results.filter((result) => result.status === status).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    total: results.length,
    warned: count("warned"),
    skipped: count("skipped"),
    results,
    started_at: startedAt.toISOString(),
    duration_ms: Math.round(milliseconds),
  };
}
