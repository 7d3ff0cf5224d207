/**
 * The two number representations that JavaScript numbers cannot hold by themselves.
 *
 * A Lua integer within ±(2^53−1) is an integral JavaScript number, a Lua float with a fraction (or NaN, or an
 * infinity) is a JavaScript number too. What is left is boxed here.
 */

/** A Lua float whose value is integral: `1.0`, `-0.0`, `2.0^53`. */
export class LuaFloat {
  declare readonly luaType: "number";

  /** @param n The value; integral, may be −0 */
  constructor(readonly n: number) {}

  toString(): string {
    return `${Object.is(this.n, -0) ? "-0" : this.n}.0`;
  }
}

/** A Lua integer beyond ±(2^53−1), as the two halves of its 64-bit two's complement. */
export class LuaInteger {
  declare readonly luaType: "number";

  /**
   * @param high The upper 32 bits, signed
   * @param low The lower 32 bits, signed
   */
  constructor(readonly high: number, readonly low: number) {}

  /** The exact value. */
  toBigInt(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0);
  }

  /** The nearest double. */
  toNumber(): number {
    return this.high * 4294967296 + (this.low >>> 0);
  }

  toString(): string {
    return this.toBigInt().toString();
  }
}

// On the prototypes: every box would carry it otherwise
for (const { prototype } of [LuaFloat, LuaInteger]) {
  Object.defineProperty(prototype, "luaType", { value: "number" });
}

/** Wraps `value` to 64 bits and gives the Lua integer of it: a number where it fits, a box where not. */
export function integerFromBigInt(value: bigint): number | LuaInteger {
  const wrapped = BigInt.asIntN(64, value);
  if (wrapped >= -9007199254740991n && wrapped <= 9007199254740991n) return Number(wrapped);
  return new LuaInteger(Number(wrapped >> 32n), Number(BigInt.asIntN(32, wrapped)));
}

/** Gives the Lua float of a JavaScript number: boxed where the number is integral. */
export function floatFromNumber(value: number): number | LuaFloat {
  return Number.isInteger(value) ? new LuaFloat(value) : value;
}

export type LuaTypeName =
  | "nil"
  | "boolean"
  | "number"
  | "string"
  | "table"
  | "function"
  | "thread"
  | "userdata";

/** The name that Lua's `type` gives. */
export function typeOf(value: unknown): LuaTypeName {
  switch (typeof value) {
    case "undefined":
      return "nil";
    case "boolean":
    case "number":
    case "string":
    case "function":
      return typeof value as LuaTypeName;
    default:
      return (value as { luaType: LuaTypeName }).luaType;
  }
}
