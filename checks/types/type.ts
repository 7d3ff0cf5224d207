/**
 * What a type of checks is: which keys it has, what it needs to be allowed, and where the code is that tries it.
 * Declarations (`type.ts`) are read with the file of checks; probes (`probe.ts`) run confined.
 */
import type { Logger, Output } from "../../runtime/seam/host.ts";
import type { Grants } from "../../runtime/permissions.ts";
import type { ProcessGroups } from "../run/process_groups.ts";
import type { Fields, Values } from "../schema/schema.ts";

/** What one attempt came to. */
export type Outcome =
  | { readonly passed: true; readonly captured?: Captured; readonly facts?: Facts }
  | { readonly passed: false; readonly error: string; readonly facts?: Facts };

/** Values for later checks, by name. */
export type Captured = Readonly<Record<string, string>>;

/** What `retry_if` and reports can tell of an attempt, such as `{status: 503, latency_ms: 12}`. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** The outcome of an attempt that has passed. */
export const PASSED: Outcome = { passed: true };

/** The outcome of an attempt that has failed. @param error What the report says, without a full stop */
export function failed(error: string, facts?: Facts): Outcome {
  return facts === undefined ? { passed: false, error } : { passed: false, error, facts };
}

/** What attempts are given of the run around them. */
export interface ProbeContext {
  /** Aborted when the attempt's time is up or the run ends before it. Its reason is the error to show. */
  readonly signal: AbortSignal;
  /** The clock reading (`performance.now()`) at which the attempt's time is up. */
  readonly deadline: number;
  /** What an attempt that the deadline cuts fails with. */
  readonly deadlineMessage: string;
  /** How long one attempt may take. Milliseconds. */
  readonly timeout: number;
  /** Where the diagnostics of script checks go. */
  readonly log: Logger;
  /** Is told of the programs that a check starts, so that they end with it. */
  readonly groups: ProcessGroups;
  /** Where script checks print to: never standard output, which is the result's alone. */
  readonly output: Output;
}

/**
 * One attempt at a check. Rejects only for errors of assay itself, and with what {@link ProbeContext.signal} is
 * aborted with.
 */
export type Probe<S> = (settings: S, context: ProbeContext) => Promise<Outcome>;

/** The settings of a check as its probe gets them: plain data, captured values filled in. */
export type SettingsOf<K extends Fields, E extends Fields, L = object> =
  & Values<K>
  & { expect?: Values<E>; env?: Readonly<Record<string, string>>; allowed?: Grants }
  & L;

/** A type of checks: `type: http`. */
export interface CheckType<K extends Fields = Fields, E extends Fields = Fields, L = object> {
  readonly name: string;
  /** What such a check looks at, in one line. */
  readonly doc: string;
  /** Keys of such a check beside those that all have, `name`, `type` and `expect`. */
  readonly keys: K;
  /** Keys below `expect`. */
  readonly expect: E;
  /** How long one attempt may take unless the file says otherwise. Milliseconds. @default 30 s */
  readonly timeout?: number;
  /** Whether its settings are to tell, in `allowed` and `env`, what 'allow:' adds. @default false */
  readonly runsPrograms?: boolean;
  /** What the probe must be allowed beyond nothing: hosts (`host:port`), files, programs. */
  needs(settings: Values<K> & { expect?: Values<E> }): Partial<Grants>;
  /** Settings that no output may show, such as passwords. */
  secrets?(settings: Values<K> & { expect?: Values<E> }): readonly string[];
  /**
   * What is done once, before permissions are given up and before any check runs, such as reading the file of a
   * script. What it gives is added to the settings: plain data that can be sent to a worker.
   */
  load?(settings: Values<K> & { expect?: Values<E> }): L | Promise<L>;
  /** What the probe needs for these settings that is not imported for every check of the type. */
  parts?(settings: Values<K> & { expect?: Values<E> }): readonly Part[];
  /**
   * Imports the probe and all that it needs: nothing can be imported when it runs.
   *
   * @param parts What any check of the run asks for
   */
  probe(parts: ReadonlySet<Part>): Promise<Probe<Values<K> & { expect?: Values<E> } & L>>;
}

/**
 * Modules that take long to import and that few checks need: regular expressions, requests that `fetch` cannot
 * make, the databases, the list of CAs to which a check adds one of its own, and builtins that scripts see only
 * where something is allowed.
 */
export type Part = "regex" | "roots" | "node:http" | "postgres" | "mysql" | "sqlite" | `builtin ${string}`;

/** Declares a type of checks. */
export function defineCheckType<K extends Fields, E extends Fields, L = object>(
  type: CheckType<K, E, L>,
): CheckType<K, E, L> {
  return type;
}

/** A type of checks among others, whatever its keys are. */
export type AnyCheckType = CheckType<Fields, Fields, object>;
