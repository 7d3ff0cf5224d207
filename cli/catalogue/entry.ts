/** What is known of a global or a module without running it: what `assay modules` and `assay context` show. */
import type { QuickRef } from "../../runtime/metadata.ts";

/** Where something is from: `./modules`, the user's modules, or this program. The first wins over the second, and so on. */
export type Source = "project" | "global" | "builtin";

/** A global or a module. */
export interface Entry {
  /** `http`, `assay.grafana`. */
  readonly name: string;
  readonly source: Source;
  /** A `global` is there by itself, a `module` by `require`. */
  readonly kind: "global" | "module";
  /** One line; empty where a module says nothing of itself. */
  readonly description: string;
  readonly keywords: readonly string[];
  /** Names of environment variables that it reads. */
  readonly env: readonly string[];
  readonly quickrefs: readonly QuickRef[];
  /** Names of its functions, without what stands before the first `.` or `:`. */
  readonly functions: readonly string[];
}

/** The form of `builtin.json`. */
export interface BuiltinEntries {
  readonly globals: readonly Omit<Entry, "source" | "kind">[];
  readonly modules: readonly Omit<Entry, "source" | "kind">[];
}
