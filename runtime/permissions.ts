/**
 * What each mode may do: the one place that says so. A process starts with everything; what its mode does not need
 * is given up for good before the first line of Lua runs. Where a mode may do a part of something, such as reach
 * two hosts, Lua runs in a worker that Deno confines to just that (see `confined.ts`).
 */

/** What the process is used for. */
export type ModeName = "script" | "checks" | "script check" | "modules" | "help";

/** What can be allowed. */
export type PermissionName = "net" | "read" | "write" | "env" | "run" | "sys" | "ffi" | "import";

/** All, none, or those that are named: `host:port`, paths, variables, programs, kinds of system information. */
export type Extent = boolean | readonly string[];

/** How much of each permission something has. */
export type Grants = Readonly<Record<PermissionName, Extent>>;

/** Every permission, in the order in which they are shown. */
export const PERMISSIONS: readonly PermissionName[] = [
  "net",
  "read",
  "write",
  "env",
  "run",
  "sys",
  "ffi",
  "import",
];

/** Nothing is allowed. */
export const NOTHING: Grants = {
  net: false,
  read: false,
  write: false,
  env: false,
  run: false,
  sys: false,
  ffi: false,
  import: false,
};

/** All is allowed, but for libraries of machine code and code from the network, which nothing here uses. */
export const EVERYTHING: Grants = {
  net: true,
  read: true,
  write: true,
  env: true,
  run: true,
  sys: true,
  ffi: true,
  import: true,
};

/** A use of the process and what it may do. */
export interface Mode {
  readonly name: ModeName;
  /** How it is entered. */
  readonly doc: string;
  /** What it may do, in words, where {@link grants} depend on what is run. */
  readonly may: string;
  /** What it may do at most, unless it is widened. */
  readonly grants: Grants;
}

/** Every mode, by name. */
export const MODES: Readonly<Record<ModeName, Mode>> = {
  script: {
    name: "script",
    doc: "FILE.lua, run, exec, shebang",
    may: "everything; narrowed by --allow-NAME, --deny-NAME and comments at the top of the script",
    grants: EVERYTHING,
  },
  checks: {
    name: "checks",
    doc: "FILE.yaml, check",
    may: "net to the hosts that the file names, and what its 'allow:' adds",
    grants: { ...NOTHING, net: true },
  },
  "script check": {
    name: "script check",
    doc: "a check of type script",
    may: "net to the same hosts, its own 'env:', and what 'allow:' adds",
    grants: { ...NOTHING, net: true },
  },
  modules: {
    name: "modules",
    doc: "modules, context, types",
    may: "read of the folders of modules",
    grants: { ...NOTHING, read: true },
  },
  help: { name: "help", doc: "--help, --version, permissions", may: "nothing", grants: NOTHING },
};

/** Gives up, for good, every permission that is not granted at all. What is granted in part stays whole. */
export function restrictTo(grants: Grants): void {
  for (const name of PERMISSIONS) {
    if (grants[name] === false) Deno.permissions.revokeSync({ name });
  }
}

/** What either of two allows. */
export function union(a: Grants, b: Grants): Grants {
  const joined = PERMISSIONS.map((name) => [name, joinExtents(a[name], b[name])] as const);
  return Object.fromEntries(joined) as Record<PermissionName, Extent>;
}

/** What both of two allow. Hosts without a port stand for all ports, folders for all that is in them. */
export function intersection(a: Grants, b: Grants): Grants {
  const both = PERMISSIONS.map((name) => [name, commonExtent(name, a[name], b[name])] as const);
  return Object.fromEntries(both) as Record<PermissionName, Extent>;
}

function commonExtent(name: PermissionName, a: Extent, b: Extent): Extent {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  const common = [
    ...a.filter((item) => b.some((other) => covers(name, other, item))),
    ...b.filter((item) => a.some((other) => covers(name, other, item))),
  ];
  return common.length === 0 ? false : [...new Set(common)].sort();
}

/** Whether what is allowed by one name includes another. */
export function covers(name: PermissionName, whole: string, part: string): boolean {
  if (whole === part) return true;
  if (name === "net") return part.startsWith(`${whole}:`);
  if (name !== "read" && name !== "write") return false;
  return part.startsWith(whole.endsWith("/") ? whole : `${whole}/`);
}

/** Whether everything is allowed. */
export function isEverything(grants: Grants): boolean {
  return PERMISSIONS.every((name) => grants[name] === true);
}

/** Whether something is allowed at all. */
export function isGranted(grants: Grants, name: PermissionName): boolean {
  const extent = grants[name];
  return extent === true || (extent !== false && extent.length > 0);
}

function joinExtents(a: Extent, b: Extent): Extent {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : [...new Set([...a, ...b])].sort();
}

/** A text that equal grants share. */
export function keyOf(grants: Grants): string {
  return JSON.stringify(PERMISSIONS.map((name) => grants[name]));
}
