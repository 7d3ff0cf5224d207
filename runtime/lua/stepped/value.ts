/** What is known of an expression while code is made of it: PUC-Rio's `expdesc`. */
import type { LuaValue } from "../table.ts";

export type Kind =
  | "void"
  | "nil"
  | "true"
  | "false"
  /** A number or a string: `value`. */
  | "constant"
  /** In the register `info` for good. */
  | "register"
  | "local"
  | "upvalue"
  /** `R[table][R[key]]` */
  | "indexed"
  /** `U[table][value]` */
  | "indexedUpvalue"
  /** `R[table][value]`, an integer. */
  | "indexedInteger"
  /** `R[table][value]`, a name. */
  | "indexedName"
  /** A test, whose jump is the instruction `info`. */
  | "jump"
  /** The instruction `info` can put it into any register. */
  | "relocatable"
  | "call"
  | "vararg";

export class ExpressionValue {
  info = 0;
  table = 0;
  key = 0;
  /** Jumps that leave with a true value, and with a false one. */
  whenTrue: number[] = [];
  whenFalse: number[] = [];

  constructor(public kind: Kind, info = 0, public value: LuaValue = undefined) {
    this.info = info;
  }

  become(kind: Kind, info: number): void {
    this.kind = kind;
    this.info = info;
    this.whenTrue = [];
    this.whenFalse = [];
  }

  copy(other: ExpressionValue): void {
    this.kind = other.kind;
    this.info = other.info;
    this.value = other.value;
    this.table = other.table;
    this.key = other.key;
    this.whenTrue = other.whenTrue;
    this.whenFalse = other.whenFalse;
  }

  swap(other: ExpressionValue): void {
    const own = new ExpressionValue("void");
    own.copy(this);
    this.copy(other);
    other.copy(own);
  }

  get hasJumps(): boolean {
    return this.whenTrue.length > 0 || this.whenFalse.length > 0;
  }

  get isIndexed(): boolean {
    return this.kind.startsWith("indexed");
  }

  get hasSeveral(): boolean {
    return this.kind === "call" || this.kind === "vararg";
  }
}
