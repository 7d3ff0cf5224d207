/** Commands for `/bin/sh`, and how they ended, as Lua tells it. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";

/** Deno gives a process that a signal has ended this status plus the signal's number. */
const SIGNAL_STATUS = 128;

type Stdio = Pick<Deno.CommandOptions, "stdin" | "stdout">;

/**
 * The arguments with which `/bin/sh` runs a command, as text.
 *
 * @param functionName What errors begin with
 * @param command Bytes: the platform hands on text only, so that the shell itself makes other bytes
 */
export function shellArguments(functionName: string, command: string): string[] {
  if (command.includes("\0")) throw new ScriptError(`${functionName}: the command contains a zero byte`);
  const text = toTextStrict(command);
  if (text !== undefined) return ["-c", text];
  const escaped = Array.from(command, (byte) => `\\0${byte.charCodeAt(0).toString(8)}`);
  return ["-c", `eval "$(printf %b '${escaped.join("")}')"`];
}

/** The variables of a command: those of the script, and further ones. Text. */
export function commandEnvironment(
  { environment }: Host,
  further: Readonly<Record<string, string>> = {},
): Pick<Deno.CommandOptions, "clearEnv" | "env"> {
  if (environment.isInherited) return { env: { ...further } };
  return { clearEnv: true, env: { ...environment.list(), ...further } };
}

/** A started command. */
export interface ShellProcess {
  readonly child: Deno.ChildProcess;
  /** Waits for its end: `true` or nil, `"exit"` or `"signal"`, the status or the signal's number. */
  ended(): Promise<readonly LuaValue[]>;
  /** Asks it to end, where it has not. */
  end(): void;
}

/**
 * Starts a command with the script's environment variables. It is ended when the VM stops.
 *
 * @param functionName What errors begin with
 * @param command Bytes
 * @param stdio What it does not inherit. @default it inherits everything
 */
export function startShell(
  host: Host,
  functionName: string,
  command: string,
  stdio: Stdio = {},
): ShellProcess {
  const args = shellArguments(functionName, command);
  host.output.flush();
  const child = new Deno.Command("/bin/sh", {
    args,
    ...commandEnvironment(host),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    ...stdio,
  }).spawn();
  const end = () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended by itself
    }
  };
  const status = child.status.finally(onAbort(host.signal, end));
  return { child, ended: async () => describeEnd(await status), end };
}

function describeEnd({ success, code, signal }: Deno.CommandStatus): readonly LuaValue[] {
  if (signal !== null) return [undefined, "signal", code - SIGNAL_STATUS];
  return [success || undefined, "exit", code];
}
