/** Workers that Deno confines to given permissions. */
import { type Extent, type Grants, PERMISSIONS } from "./permissions.ts";

/** What the programs that run confined are called: the name of the worker says which one it is. */
export type ConfinedProgram = "checks" | "script";

const SOURCES = new URL("../", import.meta.url);

/** The folder that the program itself is read from: its modules are imported when first needed. */
function programFolder(): string {
  // In a bundle this file is one with others in the bundle's folder
  return decodeURIComponent((isBundled() ? new URL("./", import.meta.url) : SOURCES).pathname);
}

function isBundled(): boolean {
  return !import.meta.url.endsWith(".ts");
}

/**
 * Starts a worker that runs {@link ConfinedProgram}. It may read the program's own files and all variables until
 * it calls {@link confine}; of the rest it has just what is granted, whatever happens in it.
 */
export function startConfined(program: ConfinedProgram, grants: Grants): Worker {
  const main = isBundled() ? Deno.mainModule : new URL("main.ts", SOURCES);
  const read = grants.read === true ? true : [...grants.read === false ? [] : grants.read, programFolder()];
  const permissions = { ...grants, read, env: true, import: false };
  return new Worker(main, {
    type: "module",
    name: program,
    deno: { permissions: permissions as Deno.PermissionOptionsObject },
  });
}

/**
 * In a worker: gives up for good what it had to be imported with. What the worker runs sees variables through its
 * `Environment` alone.
 */
export function confine(grants: Grants): void {
  if (grants.read !== true) {
    const folder = programFolder();
    if (!isWithin(folder, grants.read)) Deno.permissions.revokeSync({ name: "read", path: folder });
  }
  if (grants.env !== true) Deno.permissions.revokeSync({ name: "env" });
  for (const name of PERMISSIONS) if (grants[name] === false) Deno.permissions.revokeSync({ name });
}

function isWithin(path: string, extent: Extent): boolean {
  return typeof extent !== "boolean" && extent.includes(path);
}
