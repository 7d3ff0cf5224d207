/** What a type of checks is: which keys it has, and how one of its checks is tried. */
import type { Logger, Output } from "../runtime/seam/host.ts";
import type { Fields, Values } from "./schema.ts";

/** What one attempt came to. */
export type Outcome = { readonly passed: true } | { readonly passed: false; readonly error: string };

/** The outcome of an attempt that has passed. */
export const PASSED: Outcome = { passed: true };

/** The outcome of an attempt that has failed. @param error What the report says, without a full stop */
export function failed(error: string): Outcome {
  return { passed: false, error };
}

/** What attempts are given of the run around them. */
export interface AttemptContext {
  /** Aborted when the run ends before the attempt: with the global timeout, with Ctrl-C. */
  readonly signal: AbortSignal;
  /** The clock reading (`performance.now()`) at which the run ends. */
  readonly deadline: number;
  /** What an attempt that the deadline cuts fails with. */
  readonly deadlineMessage: string;
  /** Where the diagnostics of script checks go. */
  readonly log: Logger;
  /** Where script checks print to: never standard output, which is the result's alone. */
  readonly output: Output;
}

/** One attempt at a check. Rejects only for errors of assay itself. */
export type Attempt = (context: AttemptContext) => Promise<Outcome>;

/** A type of checks: `type: http`. */
export interface CheckType<K extends Fields = Fields, E extends Fields = Fields> {
  readonly name: string;
  /** Keys of such a check beside `name`, `type` and `expect`. */
  readonly keys: K;
  /** Keys below `expect`. */
  readonly expect: E;
  /**
   * Does what needs more than the network: all that happens here happens before permissions are given up and
   * before any check runs.
   */
  prepare(settings: Values<K> & { expect?: Values<E> }): Attempt | Promise<Attempt>;
}

/** Declares a type of checks. */
export function defineCheckType<K extends Fields, E extends Fields>(type: CheckType<K, E>): CheckType {
  return type as unknown as CheckType;
}
