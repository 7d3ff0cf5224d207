/** `assay checks.yaml`, `assay check FILE…`: files of checks, and what they came to. */
import { listenForStop, STATUS_INTERRUPTED } from "../runtime/signals.ts";
import type { CheckCommand } from "./arguments.ts";
import { startSession, STATUS_CHECK_FAILED } from "./check_session.ts";

/** Does what a command line asks for of files of checks. @returns the exit status */
export async function runChecks(line: CheckCommand): Promise<number> {
  if (line.schema) return (await import("./check_schema.ts")).showSchema();
  if (line.dryRun) return (await import("./check_dry_run.ts")).showPlan(line);
  if (line.watch) return await (await import("./check_watch.ts")).watchChecks(line);
  if (line.every !== undefined) return await (await import("./check_repeat.ts")).repeatChecks(line);
  return await runOnce(line);
}

async function runOnce(line: CheckCommand): Promise<number> {
  const session = await startSession(line);
  const interruption = new AbortController();
  let stopStatus: number | undefined;
  const stopListening = listenForStop((signal) => {
    stopStatus ??= signal === "SIGINT" ? STATUS_INTERRUPTED : STATUS_CHECK_FAILED;
    interruption.abort();
  });
  const { failed } = await session.run(interruption.signal);
  stopListening();
  session.close();
  return stopStatus ?? (failed === 0 ? 0 : STATUS_CHECK_FAILED);
}
