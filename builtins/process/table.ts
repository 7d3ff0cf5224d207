/** Which processes run. */
import { onAbort } from "../../runtime/seam/abort.ts";
import type { Host } from "../../runtime/seam/host.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { wait } from "../../runtime/seam/wait.ts";
import type { ProcessEntry } from "./entry.ts";
import { checkSeconds } from "./options.ts";
import { listProc } from "./proc.ts";
import { listPs } from "./ps.ts";

/** What Linux keeps of a name, in bytes. */
const KERNEL_NAME = 15;

/** Every process of the machine, or of the container, by its id. */
export async function processes(): Promise<ProcessEntry[]> {
  const entries = await (Deno.build.os === "linux" ? listProc() : listPs());
  return entries.sort((a, b) => a.pid - b.pid);
}

/** `process.list`. */
export async function list(host: Host): Promise<LuaTable> {
  const entries = await processes();
  return newList(
    host,
    entries.map(({ pid, name, parent, commandLine }) =>
      host.vm.newRecord({ pid, name, ppid: parent, cmdline: commandLine })
    ),
  );
}

/** Whether one of the processes runs under one of the names, exactly written; what has ended does not. */
export function runs(entries: readonly ProcessEntry[], names: readonly string[]): boolean {
  return entries.some((entry) => !entry.isZombie && names.some((name) => isNamed(entry, name)));
}

function isNamed({ name, commandLine }: ProcessEntry, wanted: string): boolean {
  if (name === wanted) return true;
  // The kernel has cut the name off: the program's own arguments still have it
  if (wanted.length <= KERNEL_NAME || name !== wanted.slice(0, KERNEL_NAME)) return false;
  return commandLine?.split(" ", 1)[0]?.replace(/^.*\//, "") === wanted;
}

/** `process.wait_idle`: true once none of the names runs, false when the time is up before. Seconds. */
export async function waitIdle(
  host: Host,
  names: readonly string[],
  timeout: number,
  interval: number,
): Promise<boolean> {
  checkSeconds("process.wait_idle", "timeout", timeout);
  checkSeconds("process.wait_idle", "interval", interval);
  const end = performance.now() + timeout * 1000;
  const left = new AbortController();
  const leave = () => left.abort();
  host.onCancel(leave);
  const release = onAbort(host.signal, leave);
  try {
    while (runs(await processes(), names)) {
      const rest = end - performance.now();
      if (rest <= 0 || left.signal.aborted) return false;
      await wait(Math.min(interval * 1000, rest), left.signal);
    }
  } finally {
    release();
  }
  return true;
}
