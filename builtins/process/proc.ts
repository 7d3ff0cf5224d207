/** The processes of Linux, from `/proc`: proc(5). */
import { fromBytes } from "../../runtime/seam/text.ts";
import type { ProcessEntry } from "./entry.ts";

/** How many processes are looked at at a time. */
const BATCH = 64;

/** All processes that are there; those that end meanwhile are left out. */
export async function listProc(): Promise<ProcessEntry[]> {
  const pids: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^[0-9]+$/.test(name)) pids.push(name);
  }
  const entries: ProcessEntry[] = [];
  for (let i = 0; i < pids.length; i += BATCH) {
    const batch = await Promise.all(pids.slice(i, i + BATCH).map(readProcess));
    entries.push(...batch.filter((entry) => entry !== undefined));
  }
  return entries;
}

async function readProcess(pid: string): Promise<ProcessEntry | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([read(`/proc/${pid}/stat`), read(`/proc/${pid}/cmdline`)]);
    return parseProc(stat, commandLine);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    // It has ended, or is hidden from this user
    return undefined;
  }
}

async function read(path: string): Promise<string> {
  return fromBytes(await Deno.readFile(path));
}

/**
 * Reads the two files of a process.
 *
 * @param stat `pid (name) state parent …`; the name may hold brackets and blanks
 * @param arguments_ Each with a zero byte behind it
 */
export function parseProc(stat: string, arguments_: string): ProcessEntry | undefined {
  const match = /^(\d+) \((.*)\) (\S) (-?\d+)/s.exec(stat);
  if (match === null) return undefined;
  const [, pid, name = "", state, parent] = match;
  const commandLine = arguments_.replace(/\0+$/, "").replaceAll("\0", " ");
  return {
    pid: Number(pid),
    name,
    parent: Number(parent),
    isZombie: state === "Z" || state === "X",
    ...(commandLine === "" ? {} : { commandLine }),
  };
}
