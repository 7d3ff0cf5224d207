/** Where attempts are made. */
import type { Logger, Output } from "../../runtime/seam/host.ts";
import type { Outcome, Part } from "../types/type.ts";

/** What is to be tried. */
export interface AttemptRequest {
  /** The name of the type. */
  readonly type: string;
  /** Plain data, captured values filled in. */
  readonly settings: object;
  /** How long the attempt may take. Milliseconds. */
  readonly timeout: number;
  /** What it fails with when it takes longer. */
  readonly timeoutMessage: string;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** Makes attempts with the permissions of one set of grants. */
export interface Executor {
  /**
   * Imports what the types need. Resolves when the executor can do no more than it is allowed.
   *
   * @param types Names of types, and the parts that their checks ask for
   */
  prepare(types: ReadonlyMap<string, ReadonlySet<Part>>): Promise<void>;
  /** Never rejects: an error of assay itself is a failed outcome too. */
  attempt(request: AttemptRequest): Promise<Outcome>;
  close(): void;
}

/** What an executor passes on from the checks that it runs. */
export interface Diagnostics {
  readonly log: Logger;
  readonly output: Output;
}
