import type { Expression } from "../ast.ts";

/** Where generated code comes from: its line, and the operation whose operands an error message can name. */
export interface Origin {
  readonly line: number;
  /** The operation; absent where nothing can fail with a value's name. */
  readonly expression?: Expression;
  /** Whether the function's caller is to have the results of the call. */
  readonly isTailCall?: true;
  /** Which metamethod may be called, where the expression does not say: `close`, `newindex`, `for iterator`. */
  readonly event?: string;
}
