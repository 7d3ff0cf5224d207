import type { Expression } from "../ast.ts";

/** Where generated code comes from: its line, and the operation whose operands an error message can name. */
export interface Origin {
  readonly line: number;
  /** The operation; absent where nothing can fail with a value's name. */
  readonly expression?: Expression;
}
