/** `assay check --every 30s`, `--serve :9115`: keeps checking, and shows what the last run came to. */
import { LiveResults } from "../checks/reports/live.ts";
import { systemClock } from "../checks/run/clock.ts";
import { repeat } from "../checks/run/repeat.ts";
import type { Report } from "../checks/run/result.ts";
import type { Logger } from "../runtime/seam/host.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { listenForStop, STATUS_INTERRUPTED } from "../runtime/signals.ts";
import type { CheckCommand } from "./arguments.ts";
import { startSession, STATUS_CHECK_FAILED } from "./check_session.ts";
import { Failure } from "./failure.ts";

const STATUS_CONFIG = 2;

/**
 * Keeps checking until it is asked to end.
 *
 * @returns the exit status: after SIGTERM that of the last results, which are those so far where a run was cut
 */
export async function repeatChecks(line: CheckCommand): Promise<number> {
  const { serve, every = 0 } = line;
  const live = new LiveResults();
  let server: Deno.HttpServer | undefined;
  // A report that was not asked for would be written to standard output each time
  const reports = line.reports ?? (serve === undefined ? undefined : []);
  const session = await startSession(
    { ...line, ...(reports === undefined ? {} : { reports }) },
    (log) => {
      if (serve !== undefined) server = listen(serve, live, log);
    },
  );
  const stop = new AbortController();
  let stopStatus: number | undefined;
  const stopListening = listenForStop((signal) => {
    if (signal === "SIGINT") stopStatus ??= STATUS_INTERRUPTED;
    stop.abort();
  });
  let last: Report | undefined;
  try {
    await repeat(async () => {
      last = await session.run(stop.signal);
      live.update(last);
    }, { every, clock: systemClock, stop: stop.signal });
  } finally {
    stopListening();
    live.close();
    session.close();
  }
  // Connections that stay open must not keep the process
  void server?.shutdown();
  return stopStatus ?? (last?.failed === 0 ? 0 : STATUS_CHECK_FAILED);
}

/** @throws {Failure} When the address cannot be had */
function listen(
  { hostname, port }: { hostname: string; port: number },
  live: LiveResults,
  log: Logger,
): Deno.HttpServer {
  const shown = (name: string) => name.includes(":") ? `[${name}]` : name;
  try {
    return Deno.serve({
      hostname,
      port,
      onListen: (address) => log.info(`listening on http://${shown(address.hostname)}:${address.port}`),
    }, live.answer);
  } catch (error) {
    const reason = describeSystemError(error);
    throw new Failure(`cannot listen on ${shown(hostname)}:${port}: ${reason}`, STATUS_CONFIG, {
      cause: error,
    });
  }
}
