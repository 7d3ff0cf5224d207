/**
 * The syntax tree of a Lua 5.5 chunk, names already resolved: what the parser gives and the compiler takes.
 *
 * Depth: statements, functions and expressions nest at most 200 levels deep, counted over the whole chunk. Beyond that
 * an expression is as deep as its text is long in these directions only, which must be walked with a loop: `left` of
 * a binary or logical expression, `right` of a `..` whose own operator is `..`, `object` of an index or method
 * expression and `callee` of a call. The branches of an `if` are a list.
 *
 * Lines are those that PUC-Rio reports in errors. An operator's is its own line, but a comparison's is where its right
 * operand ends, and all `..` of one chain have the last one's. A call's is that of its `(`, or of the argument that
 * stands without one. An index's is that of its key; where it is assigned to, that of the statement's end.
 */
import type { LuaFloat, LuaInteger } from "./value.ts";

/** How a local variable may be used after its declaration. */
export type Attribute = "none" | "const" | "close";

/** A local variable, a parameter or a loop variable: one object for all its uses. */
export interface Variable {
  readonly name: string;
  /** Unique within the chunk. */
  readonly id: number;
  readonly attribute: Attribute;
  /** The function that declares it; the main function for `_ENV`, which is its upvalue nevertheless. */
  readonly owner: FunctionNode;
  /** Whether an inner function uses it. */
  captured: boolean;
  /** Whether it is assigned after its declaration; a `local function`'s own name is not by that. */
  assigned: boolean;
  /**
   * Whether it is declared inside a loop of its function, between a label and a `goto` back to it, or by a `for`: each
   * pass makes a new one.
   */
  repeated: boolean;
  /** The literal that a `<const>` variable stands for, which PUC-Rio's messages know by no name. */
  literal: Expression | undefined;
}

/** A function's text; the chunk itself is one too. */
export interface FunctionNode {
  /** Unique within the chunk; the main function has 0. */
  readonly id: number;
  /** How its declaration calls it, as `M.get`, `obj:method`, `f`; undefined for a function expression. */
  readonly name: string | undefined;
  /** The fixed parameters; `self` of a method is the first. */
  readonly params: readonly Variable[];
  /** Whether it takes further arguments. */
  readonly isVararg: boolean;
  /** The variable of a named vararg table (`...t`), which is read-only; `isVararg` holds then too. */
  readonly varargTable: Variable | undefined;
  body: Block;
  /** Lines of `function` and of its `end`; 0 and the last line for the main function. */
  readonly line: number;
  lastLine: number;
  readonly parent: FunctionNode | undefined;
  /** Variables of enclosing functions that it, or a function in it, uses. The main function has `_ENV` here. */
  readonly upvalues: Variable[];
  /** Whether a `<close>` variable or a generic for, whose fourth value closes, stands in it (not in inner functions). */
  hasClose: boolean;
}

export interface Block {
  readonly statements: Statement[];
  /** The last line, where its variables end. */
  lastLine: number;
}

export type Expression =
  | { readonly kind: "nil" | "true" | "false" | "vararg"; readonly line: number }
  | { readonly kind: "number"; readonly value: number | LuaFloat | LuaInteger; readonly line: number }
  | { readonly kind: "string"; readonly value: string; readonly line: number }
  | { readonly kind: "function"; readonly node: FunctionNode; readonly line: number }
  | LocalExpression
  | IndexExpression
  | CallExpression
  | MethodExpression
  | BinaryExpression
  | LogicalExpression
  | UnaryExpression
  /** Brackets that cut several values down to one: only around calls and `...`. */
  | { readonly kind: "paren"; readonly inner: Expression; readonly line: number }
  | TableExpression;

export interface LocalExpression {
  readonly kind: "local";
  readonly variable: Variable;
  readonly line: number;
}

export interface IndexExpression {
  readonly kind: "index";
  readonly object: Expression;
  readonly key: Expression;
  /** Whether it was written as a global name: `object` is `_ENV` then. */
  readonly isGlobal: boolean;
  readonly line: number;
}

export interface CallExpression {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: readonly Expression[];
  /** Where errors of the call are reported. */
  readonly line: number;
}

export interface MethodExpression {
  readonly kind: "method";
  readonly object: Expression;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly line: number;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "//"
  | "%"
  | "^"
  | "&"
  | "|"
  | "~"
  | "<<"
  | ">>"
  | ".."
  | "=="
  | "~="
  | "<"
  | "<="
  | ">"
  | ">=";

export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly line: number;
}

export interface LogicalExpression {
  readonly kind: "logical";
  readonly operator: "and" | "or";
  readonly left: Expression;
  readonly right: Expression;
  readonly line: number;
}

export interface UnaryExpression {
  readonly kind: "unary";
  readonly operator: "-" | "not" | "#" | "~";
  readonly operand: Expression;
  readonly line: number;
}

/** A constructor's item: `value`, or `key = value` / `[key] = value`, in the order of the text. */
export interface TableItem {
  readonly key: Expression | undefined;
  readonly value: Expression;
}

export interface TableExpression {
  readonly kind: "table";
  readonly items: readonly TableItem[];
  readonly line: number;
}

/** What can stand left of `=`. */
export type Target = LocalExpression | IndexExpression;

/** A label that `goto` can name: one object for the label and all jumps to it. */
export interface Label {
  readonly name: string;
  /** Unique within the chunk. */
  readonly id: number;
  /** The block in whose statements it stands. */
  readonly block: Block;
  /** Whether a `goto` before it in the text names it. */
  forward: boolean;
  /** Whether a `goto` behind it in the text names it. */
  backward: boolean;
}

/** The line of a statement is where errors of its own doing are reported. */
export type Statement =
  | {
    readonly kind: "local";
    readonly variables: readonly Variable[];
    readonly values: readonly Expression[];
    readonly line: number;
  }
  | {
    readonly kind: "localfunction";
    readonly variable: Variable;
    readonly node: FunctionNode;
    readonly line: number;
  }
  /**
   * `global a, b = ...` and `global function f`: once the values are there, from the last target to the first: an error
   * "global 'x' already defined" if it is not nil, else the assignment. Declarations without values leave no trace.
   */
  | {
    readonly kind: "global";
    readonly targets: readonly IndexExpression[];
    readonly values: readonly Expression[];
    readonly line: number;
  }
  | {
    readonly kind: "assign";
    readonly targets: readonly Target[];
    readonly values: readonly Expression[];
    readonly line: number;
  }
  | { readonly kind: "call"; readonly call: CallExpression | MethodExpression; readonly line: number }
  | { readonly kind: "do"; readonly body: Block; readonly line: number }
  | { readonly kind: "while"; readonly condition: Expression; readonly body: Block; readonly line: number }
  /** The condition sees the body's variables. */
  | { readonly kind: "repeat"; readonly body: Block; readonly condition: Expression; readonly line: number }
  | {
    readonly kind: "if";
    readonly branches: readonly { readonly condition: Expression; readonly body: Block }[];
    readonly otherwise: Block | undefined;
    readonly line: number;
  }
  | {
    readonly kind: "numericfor";
    readonly variable: Variable;
    readonly start: Expression;
    readonly limit: Expression;
    readonly step: Expression | undefined;
    readonly body: Block;
    readonly line: number;
  }
  | {
    readonly kind: "genericfor";
    readonly variables: readonly Variable[];
    readonly values: readonly Expression[];
    readonly body: Block;
    readonly line: number;
  }
  | { readonly kind: "return"; readonly values: readonly Expression[]; readonly line: number }
  | { readonly kind: "break"; readonly line: number }
  | { readonly kind: "goto"; readonly label: Label; readonly line: number }
  | { readonly kind: "label"; readonly label: Label; readonly line: number };

/** A parsed chunk. */
export interface Chunk {
  readonly main: FunctionNode;
  /** The main function's upvalue: the table of globals. */
  readonly env: Variable;
  /** How many functions there are, the main one included. */
  readonly functionCount: number;
  /** All functions, by their `id`. */
  readonly functions: readonly FunctionNode[];
}
