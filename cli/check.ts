/** `assay checks.yaml`: a file of checks, and its result as JSON. */
import { systemClock } from "../checks/clock.ts";
import { type Check, type CheckFile, ConfigError, loadChecks } from "../checks/config.ts";
import { formatReport } from "../checks/report.ts";
import { runChecks as run } from "../checks/runner.ts";
import { StandardOutput, writeText } from "../runtime/output.ts";
import { restrictTo } from "../runtime/permissions.ts";
import { listenForStop, STATUS_INTERRUPTED, STATUS_TERMINATED } from "../runtime/signals.ts";
import { trustSystemStore } from "../runtime/seam/certificates.ts";
import type { CheckCommand } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { gatheredLog } from "./log.ts";

const STATUS_CHECK_FAILED = 1;
const STATUS_CONFIG = 2;

/** Runs a file of checks. @returns the exit status */
export async function runChecks({ file, verbose }: CheckCommand): Promise<number> {
  // Standard output holds the result and nothing else
  const output = new StandardOutput(Deno.stderr);
  const log = gatheredLog(verbose, output);
  log.info("starting assay (check mode)", { config: file });
  const { plan, checks: declared } = load(file);
  log.info("configuration loaded", {
    checks: declared.length,
    timeout_secs: plan.timeout / 1000,
    retries: plan.retries,
  });
  const checks: Check[] = [];
  for (const { name, prepare } of declared) checks.push({ name, attempt: await prepare() });
  // What it sets is read at the first TLS connection, when the environment is out of reach
  trustSystemStore();
  restrictTo("checks");
  const interruption = new AbortController();
  let stopStatus: number | undefined;
  const stopListening = listenForStop((signal) => {
    stopStatus ??= signal === "SIGINT" ? STATUS_INTERRUPTED : STATUS_TERMINATED;
    interruption.abort();
  });
  const report = await run(checks, plan, { log, output, clock: systemClock, interrupt: interruption.signal });
  stopListening();
  output.flush();
  writeText(formatReport(report));
  return stopStatus ?? (report.failed === 0 ? 0 : STATUS_CHECK_FAILED);
}

function load(file: string): CheckFile {
  try {
    return loadChecks(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`loading config from ${file}: ${error.message}`, STATUS_CONFIG, { cause: error });
  }
}
