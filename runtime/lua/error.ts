/** Lua errors: what Lua code raises, and how the engine and its library word theirs. */

/** A Lua error on its way to whoever catches it. */
export class LuaThrow {
  /**
   * @param value What was raised; any Lua value
   * @param traceback `stack traceback:` and a line a level, where one was taken
   */
  constructor(readonly value: unknown, public traceback?: string) {}

  toString(): string {
    return typeof this.value === "string" ? this.value : "(error object is not a string)";
  }
}

/** An error that nothing catches: the VM is to stop. */
export class LuaAbort extends LuaThrow {}

/** Says where the running Lua function stands: `chunk:line: `, or nothing where that is unknown. */
export type Locate = (level: number) => string;

let locate: Locate = () => "";

/** Sets what finds positions for messages. The engine does so once, when it starts. */
export function setLocate(hook: Locate): void {
  locate = hook;
}

/**
 * An error of the engine or its library, to be thrown: the message behind the position.
 *
 * @param level Whose position: 1 is the Lua function that runs, 2 its caller
 */
export function runtimeError(message: string, level = 1): LuaThrow {
  return new LuaThrow(locate(level) + message);
}

/** A library function was called with an argument that it cannot take. */
export function argumentError(index: number, functionName: string, detail: string): LuaThrow {
  return runtimeError(`bad argument #${index} to '${functionName}' (${detail})`);
}
