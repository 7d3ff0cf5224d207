/** `assay checks.yaml`, `assay check FILE…`: files of checks, and what they came to. */
import { systemClock } from "../checks/run/clock.ts";
import { ConfigError, loadFiles } from "../checks/config/load.ts";
import { planRun, type RunPlan } from "../checks/run/plan.ts";
import { prepareRun } from "../checks/run/prepare.ts";
import { runChecks as run } from "../checks/run/runner.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { StandardOutput, writeText } from "../runtime/output.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { listenForStop, STATUS_INTERRUPTED } from "../runtime/signals.ts";
import { trustSystemStore } from "../runtime/seam/certificates.ts";
import type { CheckCommand } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { gatheredLog } from "./log.ts";

const STATUS_CHECK_FAILED = 1;
const STATUS_CONFIG = 2;

/** Runs files of checks. @returns the exit status */
export async function runChecks(line: CheckCommand): Promise<number> {
  const { files, verbose } = line;
  // Standard output holds the result and nothing else
  const output = new StandardOutput(Deno.stderr);
  const secrets = new Secrets();
  const log = gatheredLog(verbose, output, (text) => secrets.mask(text));
  log.info("starting assay (check mode)", { config: files.join(" ") });
  const plan = load(line, secrets);
  const [first] = plan.checks;
  log.info("configuration loaded", {
    checks: plan.checks.length,
    timeout_secs: plan.timeout / 1000,
    retries: first?.plan.retries ?? 0,
  });
  // What it sets is read at the first TLS connection, when the environment is out of reach
  trustSystemStore();
  const masked = { write: (bytes: string) => output.write(secrets.mask(bytes)), flush: () => output.flush() };
  const prepared = await prepareRun(plan, { log, output: masked });
  // This thread only waits and writes what it has opened: the workers have what the checks may do
  restrictTo(NOTHING);
  const interruption = new AbortController();
  let stopStatus: number | undefined;
  const stopListening = listenForStop((signal) => {
    stopStatus ??= signal === "SIGINT" ? STATUS_INTERRUPTED : STATUS_CHECK_FAILED;
    interruption.abort();
  });
  const report = await run(plan, {
    log,
    clock: systemClock,
    interrupt: interruption.signal,
    prepared,
    secrets,
  });
  stopListening();
  prepared.close();
  output.flush();
  writeText(`${JSON.stringify(report, null, 2)}\n`);
  return stopStatus ?? (report.failed === 0 ? 0 : STATUS_CHECK_FAILED);
}

function load({ files, given, plan }: CheckCommand, secrets: Secrets): RunPlan {
  try {
    return planRun(
      loadFiles(files, {
        ...(given === undefined ? {} : { given }),
        environment: Deno.env.toObject(),
        secrets,
      }),
      plan,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const what = files.length === 1 ? `loading config from ${files[0]}` : "loading the files of checks";
    throw new Failure(`${what}: ${secrets.mask(error.message)}`, STATUS_CONFIG, { cause: error });
  }
}
