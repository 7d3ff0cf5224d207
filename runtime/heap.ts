/** The JavaScript heap, as the memory limits of VMs need it. */
import type { Heap } from "./lua/memory.ts";

/** As much of `node:v8` and `node:vm` as is needed, imported without waiting and only by who needs it. */
interface Modules {
  getBuiltinModule(name: "node:v8"): { setFlagsFromString(flags: string): void };
  getBuiltinModule(name: "node:vm"): { runInNewContext(code: string): () => void };
}

let collector: (() => void) | undefined;

/** V8 offers its collector to contexts that are made while the flag is set. */
function findCollector(): () => void {
  const modules = (globalThis as unknown as { process: Modules }).process;
  const v8 = modules.getBuiltinModule("node:v8");
  v8.setFlagsFromString("--expose-gc");
  const collect = modules.getBuiltinModule("node:vm").runInNewContext("gc");
  v8.setFlagsFromString("--no-expose-gc");
  return collect;
}

export const heap: Heap = {
  used: () => Deno.memoryUsage().heapUsed,
  collect() {
    collector ??= findCollector();
    collector();
  },
  turn: () => new Promise((resolve) => setImmediate(() => resolve())),
};
