/**
 * Keeps the code that scripts become between runs, so that a script that has run before starts as if it were small:
 * each has a file of JavaScript in a folder of the user, which V8's code cache holds.
 *
 * What stands in such a file is run with all permissions. So only files are used that belong to the user, in a folder
 * that does, and into which nobody else can write.
 */
import type { Engine } from "../runtime/seam/engine.ts";

/** So many scripts are kept; those that were kept first go first. */
const MOST_FILES = 100;

/** Write permission of the group and of others. */
const SHARED = 0o022;

/** The code of one script. */
export interface KeptCode {
  /** What its file exports; undefined where there is none yet. */
  readonly file: object | undefined;
  /** Keeps the code of a script that has run, where it is not kept yet. Never fails: the next run is slower then. */
  save(): void;
}

/**
 * Finds the code of a script.
 *
 * @param source Bytes
 * @param name What messages call the script
 * @returns Undefined where code is not kept: see README, "Environment"
 */
export async function findCode(source: string, name: string, engine: Engine): Promise<KeptCode | undefined> {
  const folder = cacheFolder();
  const { code } = engine;
  if (folder === undefined || code === undefined) return undefined;
  const hash = await code.hash(`${code.version}\n${name}\n${source}`);
  const path = `${folder}/${hash}.js`;
  const file = await read(folder, path);
  if (file === undefined) code.keep(source, hash);
  return {
    file,
    save() {
      try {
        const text = file === undefined ? code.kept(source) : undefined;
        if (text !== undefined) write(folder, path, text);
      } catch {
        // The folder cannot be written
      }
    },
  };
}

/** `ASSAY_CACHE` names another folder; where it is no absolute path, nothing is kept. */
function cacheFolder(): string | undefined {
  const chosen = Deno.env.get("ASSAY_CACHE");
  if (chosen !== undefined) return chosen.startsWith("/") ? chosen : undefined;
  const caches = Deno.env.get("XDG_CACHE_HOME");
  if (caches?.startsWith("/")) return `${caches}/assay`;
  const home = Deno.env.get("HOME");
  return home === undefined || home === "" ? undefined : `${home}/.cache/assay`;
}

async function read(folder: string, path: string): Promise<object | undefined> {
  try {
    if (!isOwn(Deno.lstatSync(folder)) || !isOwn(Deno.lstatSync(path))) return undefined;
    return await import(`file://${path.split("/").map(encodeURIComponent).join("/")}`) as object;
  } catch {
    return undefined;
  }
}

function isOwn({ uid, mode, isSymlink }: Deno.FileInfo): boolean {
  return !isSymlink && uid === Deno.uid() && mode !== null && (mode & SHARED) === 0;
}

function write(folder: string, path: string, text: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwn(Deno.lstatSync(folder))) return;
  removeOldest(folder);
  const scratch = Deno.makeTempFileSync({ dir: folder, suffix: ".tmp" });
  Deno.writeTextFileSync(scratch, text);
  Deno.renameSync(scratch, path);
}

function removeOldest(folder: string): void {
  const files = Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`);
  if (files.length < MOST_FILES) return;
  const aged = files.map((file) => ({ file, age: Deno.lstatSync(file).mtime?.getTime() ?? 0 }));
  aged.sort((a, b) => a.age - b.age);
  for (const { file } of aged.slice(0, files.length - MOST_FILES + 1)) Deno.removeSync(file);
}
