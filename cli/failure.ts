/** Ends a command with one line on stderr, `error: <message>`, and a status. */
export class Failure extends Error {
  override readonly name = "Failure";

  /** @param status The process's exit status. @default 1 */
  constructor(message: string, readonly status = 1, options?: ErrorOptions) {
    super(message, options);
  }
}
