/** `assay check --watch`: runs again whenever a file changes, each time in a process of its own, confined anew. */
import { Changes, sourcesOf } from "../checks/run/watch.ts";
import { writeError } from "../runtime/output.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { listenForStop, STATUS_INTERRUPTED } from "../runtime/signals.ts";
import type { CheckCommand } from "./arguments.ts";
import { STATUS_CHECK_FAILED } from "./check_session.ts";
import { Failure } from "./failure.ts";
import { type OwnCommand, ownCommand } from "./own_command.ts";

/** How long a run has to end by itself when a file changes. Milliseconds. */
const GRACE = 1000;

/** Runs checks until it is asked to end. @returns the exit status */
export async function watchChecks({ files, given }: CheckCommand): Promise<number> {
  const options = { environment: Deno.env.toObject(), ...(given === undefined ? {} : { given }) };
  const command = ownCommand(Deno.args.filter((arg) => arg !== "--watch"));
  // It starts processes, and reads files to know which to look at
  restrictTo({ ...NOTHING, run: true, read: true });
  let stopStatus: number | undefined;
  let changes: Changes | undefined;
  const stopListening = listenForStop((signal) => {
    stopStatus ??= signal === "SIGINT" ? STATUS_INTERRUPTED : STATUS_CHECK_FAILED;
    changes?.close();
  });
  while (stopStatus === undefined) {
    const sources = sourcesOf(files, options);
    changes = begin(() => new Changes(sources));
    await runUntil(command, changes.next, sources.files.size);
  }
  stopListening();
  return stopStatus;
}

/** Runs checks once; when `change` comes first, what is left of the run is ended. */
async function runUntil({ program, args }: OwnCommand, change: Promise<void>, count: number): Promise<void> {
  const child = begin(() => new Deno.Command(program, { args: [...args], stdin: "null" }).spawn());
  let hasChanged = false;
  const ended = child.status.then(() => {
    if (hasChanged) return;
    writeError(`waiting for a change of ${count === 1 ? "the file" : `${count} files`}, Ctrl-C ends\n`);
  });
  await change;
  hasChanged = true;
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), GRACE);
  await ended;
  clearTimeout(timer);
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has ended by itself
  }
}

/** @throws {Failure} */
function begin<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Failure(`--watch: ${describeSystemError(error)}`, 1, { cause: error });
  }
}
