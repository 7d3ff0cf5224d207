/** How full a file system is. */
import type { BigIntStatsFs } from "node:fs";
import { realPathOf } from "../../runtime/seam/confinement.ts";
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { floatFromNumber, integerFromBigInt, type LuaTable } from "../../runtime/seam/value.ts";

/** `disk.usage`: of the file system that holds the path. Bytes, and a percentage. */
export async function usage(host: Host, path: string): Promise<LuaTable> {
  const { blocks, free, available, size } = await statistics(path);
  const used = blocks - free;
  const bytes = (count: bigint) => integerFromBigInt(count * size);
  return host.vm.newRecord({
    total: bytes(blocks),
    free: bytes(free),
    used: bytes(used),
    available: bytes(available),
    percent: floatFromNumber(blocks === 0n ? 0 : Number(used) / Number(blocks) * 100),
  });
}

interface Statistics {
  readonly blocks: bigint;
  /** Those that only root may use are among them. */
  readonly free: bigint;
  readonly available: bigint;
  /** Of a block, in bytes. */
  readonly size: bigint;
}

async function statistics(path: string): Promise<Statistics> {
  // node:fs takes a while to load, and nothing else here needs it
  const { statfs } = await import("node:fs/promises");
  try {
    // Its failures have the system's words; those of statfs have not
    const real = realPathOf(path);
    await Deno.stat(real);
    // The size of a fragment, in which blocks are counted, is missing in the declaration; macOS has none
    const counts: BigIntStatsFs & { frsize?: bigint } = await statfs(real, { bigint: true });
    const { blocks, bfree, bavail, bsize, frsize } = counts;
    return { blocks, free: bfree, available: bavail, size: frsize || bsize };
  } catch (cause) {
    throw new ScriptError(`disk.usage: failed to read "${path}": ${describeSystemError(cause)}`, { cause });
  }
}
