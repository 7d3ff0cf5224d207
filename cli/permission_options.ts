/** `--allow-net=…` and its like, on the command line and in the first lines of a script. */
import {
  EVERYTHING,
  type Extent,
  type Grants,
  intersection,
  isEverything,
  isGranted,
  NOTHING,
  type PermissionName,
  union,
} from "../runtime/permissions.ts";
import { UsageError } from "./arguments.ts";

const NAMES: readonly PermissionName[] = ["net", "read", "write", "env", "run", "sys"];
const OPTION = /^(?:--)?(allow|deny)-([a-z]+)(?:=(.*))?$/s;

/** One option: `allow-net=api.example.com:443`. */
interface PermissionOption {
  readonly kind: "allow" | "deny";
  readonly name: PermissionName;
  /** What is named behind `=`; all where nothing is. */
  readonly items: readonly string[] | undefined;
}

/** Whether a word of the command line is such an option. */
export function isPermissionOption(word: string): boolean {
  return word.startsWith("--") && OPTION.test(word);
}

/**
 * What options allow: everything where there are none; what is given where any allows; all but what is denied where
 * all deny.
 *
 * @throws {UsageError} Where one makes no sense, or cannot be held
 */
export function grantsOf(words: readonly string[]): Grants {
  const options = words.map(readOption);
  let grants: Record<PermissionName, Extent> = { ...EVERYTHING };
  if (options.some(({ kind }) => kind === "allow")) grants = { ...NOTHING };
  for (const { kind, name, items } of options) {
    if (kind === "allow") grants[name] = widened(grants[name], items);
  }
  for (const { kind, name, items } of options) {
    if (kind === "deny") grants[name] = narrowed(name, grants[name], items);
  }
  if (grants.read === false && grants.write !== false && options.some(isDenialOfRead)) {
    throw new UsageError(
      "'--deny-read' cannot be held where writing is allowed: where a path leads has to be read before it is " +
        "written to. Add --deny-write, or say with --allow-write=… what may be written, and read",
    );
  }
  // Nothing of assay needs them, and with either all the rest could be had again
  if (options.length > 0) grants = { ...grants, ffi: false, import: false };
  return grants;
}

function isDenialOfRead({ kind, name }: PermissionOption): boolean {
  return kind === "deny" && name === "read";
}

function readOption(word: string): PermissionOption {
  const [, kind, name, list] = OPTION.exec(word) ?? [];
  const known = NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    throw new UsageError(`unknown permission in '${word}': known are ${NAMES.join(", ")}`);
  }
  const items = list?.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (items?.length === 0) throw new UsageError(`'${word}' names nothing behind '='`);
  return {
    kind: kind as "allow" | "deny",
    name: known,
    items: items?.map((item) => normalised(known, item)),
  };
}

function normalised(name: PermissionName, item: string): string {
  if (name === "read" || name === "write") return absolute(item);
  return name === "net" ? item.toLowerCase() : item;
}

function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function widened(extent: Extent, items: readonly string[] | undefined): Extent {
  if (items === undefined || extent === true) return true;
  return extent === false ? items : [...extent, ...items];
}

function narrowed(name: PermissionName, extent: Extent, items: readonly string[] | undefined): Extent {
  if (items === undefined || extent === false) return false;
  if (extent !== true) {
    const left = extent.filter((item) => !items.includes(item));
    if (left.length === extent.length - items.length) return left.length === 0 ? false : left;
  }
  throw new UsageError(
    `'--deny-${name}=${items.join(",")}' cannot be held: a part cannot be taken from the whole. ` +
      `Deny all with --deny-${name}, or say with --allow-${name}=… what is allowed`,
  );
}

/**
 * What the first lines of a script allow: `-- assay: allow-net=api.example.com deny-run`, before any code.
 *
 * @param source Bytes
 * @throws {UsageError}
 */
export function grantsOfScript(source: string): Grants {
  const words: string[] = [];
  for (const line of firstComments(source)) {
    const [, list] = /^--\s*assay:\s*(.*?)\s*$/.exec(line) ?? [];
    if (list !== undefined && list !== "") words.push(...list.split(/\s+/));
  }
  return grantsOf(words);
}

function* firstComments(source: string): Iterable<string> {
  for (const [line] of source.matchAll(/.*(?:\n|$)/g)) {
    const text = line.trim();
    if (text === "" && line === "") return;
    if (text !== "" && !text.startsWith("--") && !text.startsWith("#!")) return;
    yield text;
  }
}

/**
 * What a script may do: no more than its own lines and the command line allow. Nothing where that is everything.
 *
 * @throws {UsageError}
 */
export function effectiveGrants(source: string, words: readonly string[]): Grants | undefined {
  const grants = intersection(grantsOfScript(source), grantsOf(words));
  return isEverything(grants) ? undefined : listingRoots(grants);
}

/** Who may use the network may know which CAs the system trusts: without them there is no TLS. */
function listingRoots(grants: Grants): Grants {
  if (!isGranted(grants, "net") || grants.sys === true) return grants;
  return union(grants, { ...NOTHING, sys: ["ca"] });
}
