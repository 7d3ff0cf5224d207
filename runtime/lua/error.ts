/** Lua errors: what Lua code raises, and how the engine and its library word theirs. */

/** A Lua error on its way to whoever catches it. */
export class LuaThrow {
  /**
   * @param value What was raised; any Lua value
   * @param traceback `stack traceback:` and a line a level, where one was taken
   * @param levels Where it was raised, for the handler of an `xpcall`
   */
  constructor(readonly value: unknown, public traceback?: string, readonly levels?: readonly unknown[]) {}

  toString(): string {
    return typeof this.value === "string" ? this.value : "(error object is not a string)";
  }
}

/** An error that nothing catches: the VM is to stop. */
export class LuaAbort extends LuaThrow {}

/** What the engine tells about running code. */
export interface Position {
  /** `chunk:line: ` of the function at a level, or nothing where that is unknown. */
  locate(level: number): string;
  /** The levels of what runs, where a handler wants them. */
  levels(): readonly unknown[] | undefined;
  /** The traceback of what runs, where nothing will catch an error. */
  traceback(): string | undefined;
  /**
   * How the running function of the library was called.
   *
   * @param name What the library calls it
   */
  calledAs(name: string): CalledAs;
}

/** How a function of the library was called. */
export interface CalledAs {
  /** What the caller calls it. */
  readonly name: string;
  readonly isMethod: boolean;
  /** `chunk:line: ` of the caller, or nothing where that is unknown. */
  readonly position: string;
}

let position: Position = {
  locate: () => "",
  levels: () => undefined,
  traceback: () => undefined,
  calledAs: (name) => ({ name, isMethod: false, position: "" }),
};

/** Sets what finds positions for messages. The engine does so once, when it starts. */
export function setPosition(hook: Position): void {
  position = hook;
}

/**
 * An error of the engine or its library, to be thrown: the message behind the position.
 *
 * @param level Whose position: 1 is the Lua function that runs, 2 its caller
 */
export function runtimeError(message: string, level = 1): LuaThrow {
  return located(position.locate(level) + message);
}

/** An error of what runs, to be thrown: the whole message, or another value. */
export function located(value: unknown): LuaThrow {
  return new LuaThrow(value, position.traceback(), position.levels());
}

/** A library function was called with an argument that it cannot take. */
export function argumentError(index: number, functionName: string, detail: string): LuaThrow {
  const { name, isMethod, position: caller } = position.calledAs(functionName);
  if (isMethod && index === 1) return located(`${caller}calling '${name}' on bad self (${detail})`);
  return located(`${caller}bad argument #${isMethod ? index - 1 : index} to '${name}' (${detail})`);
}
