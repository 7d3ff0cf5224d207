/** What one process does to run checks, once or again and again: it prepares all, and then gives up its permissions. */
import { ConfigError, loadFiles } from "../checks/config/load.ts";
import { type OpenReports, openReports, ReportError } from "../checks/reports/open.ts";
import type { ReportRequest } from "../checks/reports/registry.ts";
import type { Terminal } from "../checks/reports/report.ts";
import { systemClock } from "../checks/run/clock.ts";
import { planRun, type RunPlan, unmatched } from "../checks/run/plan.ts";
import { type Prepared, prepareRun } from "../checks/run/prepare.ts";
import type { Report } from "../checks/run/result.ts";
import { runChecks } from "../checks/run/runner.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { parseLogLevel } from "../runtime/log.ts";
import { StandardOutput } from "../runtime/output.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { trustSystemStore } from "../runtime/seam/certificates.ts";
import type { Logger } from "../runtime/seam/host.ts";
import type { CheckCommand } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { gatheredLog } from "./log.ts";

/** What a failed check ends the process with. */
export const STATUS_CHECK_FAILED = 1;
const STATUS_CONFIG = 2;

/** Checks that can be run. */
export interface CheckSession {
  readonly plan: RunPlan;
  readonly log: Logger;
  /** Runs all checks once, and writes the reports. @throws {Failure} When a report cannot be written */
  run(interrupt: AbortSignal): Promise<Report>;
  /** Writes what scripts have printed; their workers are ended. */
  close(): void;
}

/**
 * Loads files, opens reports, starts workers, and gives up all permissions.
 *
 * @param open Opens what else is needed while that is allowed
 * @throws {Failure} When a file is wrong or a report cannot be written
 */
export async function startSession(
  line: CheckCommand,
  open: (log: Logger) => void = () => {},
): Promise<CheckSession> {
  // Those of the files; what is captured in a run is known to that run alone
  const known = new Secrets();
  let secrets = known;
  const mask = (text: string) => secrets.mask(text);
  const requests = line.reports ?? [{ name: Deno.stdout.isTerminal() ? "pretty" : "json" }];
  let aside: OpenReports["aside"] = (write) => write();
  // Standard output holds the result and nothing else
  const output = new StandardOutput({
    isTerminal: () => Deno.stderr.isTerminal(),
    writeSync: (bytes) => writeAside(bytes, aside),
  });
  const diagnostics = gatheredLog(line.verbose, output, mask);
  const log = isTold(requests, line) ? withoutCourse(diagnostics) : diagnostics;
  log.info("starting assay (check mode)", { config: line.files.join(" ") });
  const plan = loadPlan(line, known);
  log.info("configuration loaded", {
    checks: plan.checks.length,
    timeout_secs: plan.timeout / 1000,
    retries: plan.checks[0]?.plan.retries ?? 0,
  });
  const reports = await asFailure(() =>
    openReports(requests, {
      mask,
      variable: (name) => Deno.env.get(name),
      folder: Deno.cwd(),
      terminal: terminal(),
    })
  );
  aside = reports.aside;
  // What it sets is read at the first TLS connection, when the environment is out of reach
  trustSystemStore();
  const masked = { write: (bytes: string) => output.write(mask(bytes)), flush: () => output.flush() };
  const prepared: Prepared = await prepareRun(plan, { log: diagnostics, output: masked });
  open(log);
  // This thread only waits and writes what it has opened: the workers have what the checks may do
  restrictTo(NOTHING);
  return {
    plan,
    log,
    async run(interrupt) {
      secrets = known.copy();
      const report = await runChecks(plan, {
        log,
        clock: systemClock,
        interrupt,
        prepared,
        secrets,
        observers: reports.observers,
      });
      output.flush();
      await asFailure(() => reports.end(report));
      return report;
    },
    close() {
      prepared.close();
      output.flush();
    },
  };
}

/** @throws {Failure} When a file is wrong */
export function loadPlan({ files, given, plan }: CheckCommand, secrets: Secrets): RunPlan {
  try {
    const loaded = loadFiles(files, {
      ...(given === undefined ? {} : { given }),
      environment: Deno.env.toObject(),
      secrets,
    });
    const [problem] = unmatched(loaded, plan ?? {});
    if (problem !== undefined) throw new Failure(secrets.mask(problem), STATUS_CONFIG);
    return planRun(loaded, plan);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const what = files.length === 1 ? `loading config from ${files[0]}` : "loading the files of checks";
    throw new Failure(`${what}: ${secrets.mask(error.message)}`, STATUS_CONFIG, { cause: error });
  }
}

/** Whether a report for people already tells the course of the run, and nobody has asked for the log of it. */
function isTold(requests: readonly ReportRequest[], { verbose }: CheckCommand): boolean {
  const isAsked = verbose || parseLogLevel(Deno.env.get("RUST_LOG")) !== parseLogLevel(undefined) ||
    Deno.env.get("RUST_LOG") !== undefined;
  return !isAsked && requests.some(({ name, file }) => name === "pretty" && file === undefined);
}

function withoutCourse(log: Logger): Logger {
  return { ...log, info() {}, debug() {} };
}

function terminal(): Terminal | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  return {
    colour: !Deno.env.get("NO_COLOR") && Deno.env.get("TERM") !== "dumb",
    isLive: Deno.env.get("TERM") !== "dumb",
    size() {
      try {
        return Deno.consoleSize();
      } catch {
        // The terminal has gone
        return { columns: 0, rows: 0 };
      }
    },
  };
}

function writeAside(bytes: Uint8Array, aside: OpenReports["aside"]): number {
  let written = bytes.length;
  aside(() => {
    try {
      written = Deno.stderr.writeSync(bytes);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.WouldBlock) throw error;
      // Of standard error nothing can be told, and checks need not end for their log
    }
  });
  return written;
}

async function asFailure<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    throw new Failure(error.message, STATUS_CONFIG, { cause: error });
  }
}
