import { type LuaValue, typeOf } from "./value.ts";
import { toText } from "./text.ts";

/**
 * An error for the author of a script: what a builtin throws when it cannot do what it was asked.
 *
 * The engine turns it into a Lua error whose value is the message, behind the position (`file:line:`) of the
 * call. The message is text (UTF-16), a sentence without a full stop that names the function first:
 * `fs.read: failed to read "x": No such file or directory (os error 2)`.
 */
export class ScriptError extends Error {
  override readonly name: string = "ScriptError";
}

/** A Lua error on its way through host code, with the value that was raised. */
export class LuaError extends Error {
  override readonly name = "LuaError";

  /**
   * @param value What `error` was called with; for errors of the engine a string
   * @param traceback The Lua traceback, `stack traceback:` and a line a level, as text
   */
  constructor(readonly value: LuaValue, readonly traceback?: string, options?: ErrorOptions) {
    super(typeof value === "string" ? toText(value) : `(error object is a ${typeOf(value)} value)`, options);
  }
}

/** The end of a VM whose time is up: whoever runs it tells that, so a task that ends by it need not. */
export class LuaStop extends LuaError {}

/** `net to h:443`, but `read of /etc/passwd`. */
const PREPOSITIONS: Readonly<Record<string, string>> = { net: "to", write: "to" };

/** What helps against a denied permission. */
type Remedy = (permission: string, target: string | undefined) => string;

let remedy: Remedy | undefined;

/** Has messages about denied permissions say what to do, such as `add --allow-net=h:443`. */
export function explainDenials(how: Remedy): void {
  remedy = how;
}

/** Whether errors of our own code show their JavaScript stack: `ASSAY_DEBUG=1`. */
export const DEBUG = Deno.env.get("ASSAY_DEBUG") === "1";

/**
 * One line for a user of what went wrong in the host: the message of the innermost cause that says something,
 * without Deno's advice about flags that a user of assay cannot give.
 */
export function describeError(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return describeDenial(error.message) ?? error.message;
  return error instanceof Error ? error.message : String(error);
}

/** In our words what Deno says of something that is not allowed; undefined where it speaks of something else. */
function describeDenial(message: string): string | undefined {
  const [, name, target] = /^Requires (\w+) access(?: to "?(.+?)"?)?, run again/.exec(message) ?? [];
  if (name !== undefined) {
    // Such as what Linux tells of processes, which has their secrets in it
    if (name === "all") return `permission denied: ${target} is out of reach of all that is confined`;
    const what = `permission denied: ${name}${
      target === undefined ? "" : ` ${PREPOSITIONS[name] ?? "of"} ${target}`
    }`;
    return remedy === undefined ? what : `${what} (${remedy(name, target)})`;
  }
  const [, variable] = /permissions to spawn subprocess with (\S+) environment variable/.exec(message) ?? [];
  if (variable !== undefined) {
    // With it an allowed program runs code of any other
    const what = `permission denied: run of a program with ${variable}`;
    return remedy === undefined ? what : `${what} (${remedy("run", undefined)})`;
  }
  if (!message.includes("requires unscoped --allow-read and --allow-write")) return undefined;
  // A link could be made inside an allowed folder that leads out of it
  const what =
    "permission denied: a symbolic link can be made only where read and write are allowed of all paths";
  return remedy === undefined
    ? what
    : `${what} (${remedy("read", undefined)}, ${remedy("write", undefined)})`;
}

/**
 * The operating system's own words of a failed file or process operation: `No such file or directory
 * (os error 2)`. Deno puts the operation and the path behind them.
 */
export function describeSystemError(error: unknown): string {
  const message = describeError(error);
  return /^.*?\(os error \d+\)/s.exec(message)?.[0] ?? message;
}

/** What Lua is told of an error that a function of the host has thrown. @param name As Lua calls the function */
export function hostMessage(name: string, error: unknown): string {
  if (error instanceof ScriptError) return error.message;
  if (error instanceof Deno.errors.NotCapable) return `${name}: ${describeError(error)}`;
  const text = error instanceof Error ? error.message : String(error);
  const stack = DEBUG && error instanceof Error ? `\n${error.stack}` : "";
  return `${name}: internal error: ${text}${stack}`;
}
