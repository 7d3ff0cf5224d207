/**
 * Whether the bundle that runs was made of the sources as they are. bin/assay looks at them while Deno starts, which
 * takes longer, and leaves in a file what it has found.
 */
import { ownLauncher } from "./own_command.ts";

/** The variable that names the file. In other programs that assay starts it is not set. */
const VARIABLE = "ASSAY_CHECK";

/** What bin/assay writes last: alone, where no source has changed. */
const END = ".\n";

/** How long bin/assay may take. Milliseconds. */
const PATIENCE = 5000;

/** Whether nothing has changed. Waits for what bin/assay finds. */
export function isCurrent(): boolean {
  const file = Deno.env.get(VARIABLE);
  if (file === undefined) return true;
  Deno.env.delete(VARIABLE);
  try {
    const found = readToEnd(file);
    if (found !== undefined) Deno.removeSync(file);
    return found === END;
  } catch {
    // Then it is found out anew
    return false;
  }
}

function readToEnd(file: string): string | undefined {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const found = Deno.readTextFileSync(file);
    if (found === END || found.endsWith(`\n${END}`)) return found;
    pause();
  }
  return undefined;
}

/** Nothing else is there to be done for a millisecond. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/** Runs assay in a process of its own that looks at the sources first, and makes a new bundle. @returns its exit status */
export async function runAnew(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(ownLauncher(), { args: [...args], env: { [VARIABLE]: "first" } }).spawn();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  // Ctrl-C reaches both
  Deno.addSignalListener("SIGINT", () => {});
  return (await child.status).code;
}
