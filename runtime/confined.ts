/** Workers that Deno confines to given permissions. */
import { covers, type Extent, type Grants, PERMISSIONS } from "./permissions.ts";
import { beginConfinement } from "./seam/confinement.ts";

/** What the programs that run confined are called: the name of the worker says which one it is. */
export type ConfinedProgram = "checks" | "script";

const SOURCES = new URL("../", import.meta.url);

/** The folder that the program itself is read from: its modules are imported when first needed. */
function programFolder(): string {
  // In a bundle this file is one with others in the bundle's folder
  return decodeURIComponent((isBundled() ? new URL(".", import.meta.url) : SOURCES).pathname).replace(
    /\/$/,
    "",
  );
}

function isBundled(): boolean {
  return !import.meta.url.endsWith(".ts");
}

/**
 * Starts a worker that runs {@link ConfinedProgram}. It may read the program's own files and all variables until
 * it calls {@link confine}; of the rest it has just what is granted, whatever happens in it. What may be written may
 * be read too: where a path leads is looked at first.
 */
export function startConfined(program: ConfinedProgram, grants: Grants): Worker {
  const main = isBundled() ? Deno.mainModule : new URL("main.ts", SOURCES);
  const write = wherePathsLead(grants.write);
  const allowed = readable({ read: wherePathsLead(grants.read), write });
  const read = allowed === true ? true : [...allowed, ...ownFolder(allowed)];
  // What can be imported is decided by what can be read, and by nothing of the network
  const permissions = { ...grants, read, write, env: true, import: false };
  return new Worker(main, {
    type: "module",
    name: program,
    deno: { permissions: permissions as Deno.PermissionOptionsObject },
  });
}

/** Whoever allows a path that is a link, or has one in it (`/var/run`), allows what it leads to at the start. */
function wherePathsLead(extent: Extent): Extent {
  if (typeof extent === "boolean") return extent;
  return [...new Set(extent.flatMap((path) => [path, whereItLeads(path)]))];
}

function whereItLeads(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // It may be made later, in the folder where it is
    const [, parent, name] = /^(.*)\/([^/]+)\/*$/.exec(path) ?? [];
    return parent === undefined || name === undefined || parent === ""
      ? path
      : `${whereItLeads(parent)}/${name}`;
  }
}

/** The program's folder where it must be allowed besides: to take it back would take back what it is in, too. */
function ownFolder(allowed: readonly string[]): string[] {
  const folder = programFolder();
  return allowed.some((path) => covers("read", path, folder)) ? [] : [folder];
}

/** What may be read: all, or some paths. */
export function readable({ read, write }: Pick<Grants, "read" | "write">): true | readonly string[] {
  if (read === true || write === true) return true;
  return [...read === false ? [] : read, ...write === false ? [] : write];
}

/**
 * In a worker: gives up for good what it had to be imported with. What the worker runs sees variables through its
 * `Environment` alone.
 */
export function confine(grants: Grants): void {
  const workingFolder = Deno.cwd();
  const allowed = readable(grants);
  if (allowed !== true) {
    for (const path of ownFolder(allowed)) Deno.permissions.revokeSync({ name: "read", path });
  }
  Deno.permissions.revokeSync({ name: "env" });
  for (const name of PERMISSIONS) {
    if (name !== "read" && grants[name] === false) Deno.permissions.revokeSync({ name });
  }
  beginConfinement(workingFolder);
}
