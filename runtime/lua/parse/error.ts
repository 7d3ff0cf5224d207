/** A text that is not Lua. */
export class LuaSyntaxError extends Error {
  override readonly name = "LuaSyntaxError";

  /** @param message The whole message, `chunk:line: what near 'token'`, as bytes */
  constructor(message: string) {
    super(message);
  }
}
