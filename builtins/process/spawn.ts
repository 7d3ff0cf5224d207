/** `process.spawn`: what a script asks for, as a request to the system. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { Mismatch, type Param } from "../../runtime/seam/params.ts";
import { toText, toTextStrict } from "../../runtime/seam/text.ts";
import { isNumber, isTable, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";
import { shellArguments } from "../os/shell.ts";
import type { CommandRequest, Stdio } from "./group.ts";
import { ProcessHandle } from "./handle.ts";

const NAME = "process.spawn";

const STDIO: Readonly<Record<string, Stdio>> = { pipe: "piped", inherit: "inherit", null: "null" };

/** Where a stream comes from or goes to: `"pipe"`, `"inherit"` (assay's own) or `"null"`. */
export const stdio = (name: string): Param<Stdio> => ({
  name,
  type: '"pipe"|"inherit"|"null"',
  optional: false,
  read(value) {
    const known = typeof value === "string" && Object.hasOwn(STDIO, value) ? STDIO[value] : undefined;
    if (known !== undefined) return known;
    const detail = typeof value === "string" ? `current value is "${toText(value)}"` : undefined;
    throw new Mismatch("pipe, inherit or null", detail);
  },
});

/** A shell command, or a program and its arguments in an array. */
export const command: Param<string | LuaTable> = {
  name: "command",
  type: "string|[string]",
  optional: false,
  read(value) {
    if (typeof value === "string" || isTable(value)) return value;
    throw new Mismatch("String or table");
  },
};

/** The options of `process.spawn`. */
export interface SpawnOptions {
  /** @default the folder of the process */
  readonly cwd?: string;
  /** Added to the script's environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default "piped" */
  readonly stdin?: Stdio;
  /** @default "piped" */
  readonly stdout?: Stdio;
  /** @default "inherit" */
  readonly stderr?: Stdio;
  /** Whether it goes on when the script has come to its end. @default false */
  readonly detach?: boolean;
}

export function spawn(host: Host, what: string | LuaTable, options: SpawnOptions): ProcessHandle {
  const { cwd, env, detach, stdin = "piped", stdout = "piped", stderr = "inherit" } = options;
  const program = typeof what === "string"
    ? { program: "/bin/sh", args: shellArguments(NAME, what) }
    : programOf(what);
  const request: CommandRequest = { ...program, cwd, env, stdin, stdout, stderr, detach };
  return new ProcessHandle(host, request);
}

function programOf(list: LuaTable): Pick<CommandRequest, "program" | "args"> {
  const [program, ...args] = Array.from(
    { length: list.length() },
    (_, index) => argument(list.get(index + 1), index + 1),
  );
  if (program !== undefined && program !== "") return { program, args };
  throw new ScriptError(`${NAME}: the command names no program: its first element must be one`);
}

function argument(value: LuaValue, index: number): string {
  const bytes = isNumber(value) ? formatNumber(value) : value;
  const fail = (reason: string) => new ScriptError(`${NAME}: element ${index} of the command ${reason}`);
  if (typeof bytes !== "string") throw fail(`must be a string, got ${typeOf(value)}`);
  const text = toTextStrict(bytes);
  if (text === undefined) {
    throw fail("is not valid UTF-8: only a shell command, a single string, may hold other bytes");
  }
  if (text.includes("\0")) throw fail("has a zero byte");
  return text;
}
