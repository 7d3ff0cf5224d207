/**
 * Commands in a process group of their own, so that one signal reaches all that they have started.
 *
 * A group of its own hears nothing of Ctrl-C: what runs for a script is ended with it, from here.
 */
import { onAbort } from "../../runtime/seam/abort.ts";
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { commandEnvironment } from "../os/shell.ts";

/** What is started, and how. */
export interface CommandRequest {
  /** A path, or a name that is looked for in `PATH`. Text. */
  readonly program: string;
  readonly args: readonly string[];
  /** @default that of the process */
  readonly cwd?: string | undefined;
  /** Added to the script's variables. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin: Stdio;
  readonly stdout: Stdio;
  readonly stderr: Stdio;
  /** Whether it goes on when the script has come to its end. @default false */
  readonly detach?: boolean | undefined;
}

/** Where a stream of a command comes from or goes to. */
export type Stdio = "piped" | "inherit" | "null";

/** Groups that end with the process. */
const running = new Set<ProcessGroup>();
let listening = false;

/** A started command and whatever it starts, unless that makes a group of its own. */
export class ProcessGroup {
  #child: Deno.ChildProcess | undefined;
  readonly #takeBack: readonly (() => void)[];

  /** @param functionName What errors begin with. @throws {ScriptError} When the command cannot be started */
  constructor(host: Host, functionName: string, request: CommandRequest) {
    host.output.flush();
    // Before the command is there: a signal that came in between would leave it behind
    this.#takeBack = request.detach ? [] : this.#endWithScript(host);
    try {
      this.#child = spawn(host, functionName, request);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  get child(): Deno.ChildProcess {
    if (this.#child === undefined) throw new TypeError("The command has not been started");
    return this.#child;
  }

  /** The id of the command, and of the group. */
  get id(): number {
    return this.child.pid;
  }

  #endWithScript(host: Host): (() => void)[] {
    const end = () => this.signal("SIGTERM");
    running.add(this);
    if (!listening) {
      globalThis.addEventListener("unload", () => running.forEach((group) => group.signal("SIGTERM")));
    }
    listening = true;
    return [() => running.delete(this), host.onStop(end, "helper"), onAbort(host.signal, end)];
  }

  /** Lets whatever is left of the group go on when the script ends. */
  release(): void {
    for (const takeBack of this.#takeBack) takeBack();
  }

  /** Sends a signal to every process of the group; one that has ended is none of it. */
  signal(signal: Deno.Signal): void {
    if (this.#child === undefined) return;
    try {
      Deno.kill(-this.id, signal);
    } catch (error) {
      // Nobody is left; or, on macOS, only a process that has ended and was not waited for yet
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
        throw error;
      }
    }
  }
}

function spawn(host: Host, functionName: string, request: CommandRequest): Deno.ChildProcess {
  const { program, args, cwd, env, stdin, stdout, stderr } = request;
  try {
    return new Deno.Command(program, {
      args: [...args],
      ...(cwd === undefined ? {} : { cwd }),
      ...commandEnvironment(host, env),
      stdin,
      stdout,
      stderr,
      detached: true,
    }).spawn();
  } catch (error) {
    throw new ScriptError(
      `${functionName}: cannot start "${program}": ${describeSpawnError(error, request)}`,
      {
        cause: error,
      },
    );
  }
}

function describeSpawnError(error: unknown, { program, cwd }: CommandRequest): string {
  const reason = describeSystemError(error).replace(/^Failed to spawn '.*?': /s, "");
  if (!(error instanceof Deno.errors.NotFound)) return reason;
  if (/\bcwd\b/.test(reason)) {
    return `the folder "${cwd ?? "."}" of option 'cwd' is not there or is no folder`;
  }
  if (!program.includes("/")) return "no folder in PATH has this program";
  return `${reason}: it, or the interpreter that its first line names, is missing`;
}

/** How a command ended: its exit status, −1 when a signal ended it. */
export function exitStatus({ code, signal }: Deno.CommandStatus): number {
  return signal === null ? code : -1;
}
