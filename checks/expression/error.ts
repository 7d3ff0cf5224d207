/** A text that is no expression. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}
