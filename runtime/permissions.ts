/**
 * What each mode may do: the one place that says so. The process starts with everything and gives up, for
 * good, what its mode does not need before the first line of Lua runs.
 */

/** What the process is used for. */
export type ModeName = "script" | "checks" | "help";

type PermissionName = "net" | "read" | "write" | "env" | "sys" | "run" | "ffi" | "import";

const ALL: readonly PermissionName[] = ["net", "read", "write", "env", "sys", "run", "ffi", "import"];

/** A use of the process and what it may do. */
export interface Mode {
  readonly name: ModeName;
  readonly doc: string;
  readonly keeps: readonly PermissionName[];
}

/** Every mode, by name. */
export const MODES: Readonly<Record<ModeName, Mode>> = {
  script: { name: "script", doc: "run, exec, shebang", keeps: ALL },
  checks: { name: "checks", doc: "a file of checks, script checks included", keeps: ["net"] },
  help: { name: "help", doc: "--help, --version", keeps: [] },
};

/** Gives up every permission that the mode does not keep. There is no way back. */
export function restrictTo(mode: ModeName): void {
  const { keeps } = MODES[mode];
  for (const name of ALL) {
    if (!keeps.includes(name)) Deno.permissions.revokeSync({ name });
  }
}
