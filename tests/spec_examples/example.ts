/** What a documented example is, and what it takes to run it. */
import type { Services } from "../support/internet.ts";

/** An example of the specification's documents. */
export interface Example {
  /** Its name: a file below the document's folder, or else a line of shell. */
  name: string;
  /** The heading of the document that it stands under. */
  section: string;
  /** Why it is not run. */
  not?: string;
}

/** Why an example could not be run here, such as a server that is not installed. */
export type SkipReason = string;

export const NO_POSTGRES: SkipReason = "no PostgreSQL (install the Debian package postgresql)";

/** A script, run by `assay FILE` in a folder of its own. It must end well and ask for all of `services`. */
export interface ScriptExample extends Example {
  /** What answers it, by `METHOD host/path`. */
  services?: Services;
  env?: Record<string, string>;
  /** Files beside it: path → content. */
  files?: Record<string, string>;
  /**
   * Texts of the script that become others: ports, waits, absolute paths. `{folder}` is the folder that it runs in.
   */
  replace?: Record<string, string>;
  /** What the document leaves to the reader, such as variables: the lines before it. */
  before?: string;
  /** What it logs or prints must match. */
  output?: RegExp;
  /** For a web service: what it is asked while it runs, at its address. */
  ask?: (url: string) => Promise<void>;
  /** Runs the script beside a server that is no web service, and says where that is, or why there is none. */
  within?: (
    run: (place: Pick<ScriptExample, "replace" | "before">) => Promise<void>,
  ) => Promise<SkipReason | void>;
}

/** A file of checks, run by `assay FILE`. All checks must pass. */
export interface ChecksExample extends Example {
  services: Services;
  files?: Record<string, string>;
  /** The names of its checks. */
  checks: readonly string[];
}

/** Another example, such as commands or a module. Without `run` it says why not. */
export interface OtherExample extends Example {
  /** Its file in the document's folder. */
  file?: string;
  run?: () => Promise<void>;
}

/** The examples of a document. */
export interface Document {
  /** The name of its file. */
  name: string;
  /** Where the files of its examples are, below this folder. */
  folder?: string;
  scripts?: readonly ScriptExample[];
  checks?: readonly ChecksExample[];
  others?: readonly OtherExample[];
}
