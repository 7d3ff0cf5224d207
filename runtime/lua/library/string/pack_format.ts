/** The format strings of `string.pack`, `unpack` and `packsize`: options with sizes, alignment and byte order. */
import { argumentError, runtimeError } from "../../error.ts";

/** The widest integer of a format, in bytes. */
const WIDEST = 16;
const NATIVE_ALIGNMENT = 8;
/** Sizes end where C's `int` does. */
const LARGEST = 0x7fffffff;

/** What an option packs. `none` moves no value: it pads, aligns or sets a mode. */
export type OptionKind =
  | "int"
  | "uint"
  | "float"
  | "double"
  | "char"
  | "string"
  | "zero"
  | "padding"
  | "none";

/** How options of fixed size are stored. */
const FIXED: Readonly<Record<string, readonly [kind: OptionKind, size: number]>> = {
  b: ["int", 1],
  B: ["uint", 1],
  h: ["int", 2],
  H: ["uint", 2],
  l: ["int", 8],
  L: ["uint", 8],
  j: ["int", 8],
  J: ["uint", 8],
  T: ["uint", 8],
  f: ["float", 4],
  n: ["double", 8],
  d: ["double", 8],
  z: ["zero", 0],
  x: ["padding", 1],
  " ": ["none", 0],
};

/** Reads a format option by option. */
export class PackFormat {
  #at = 0;
  littleEndian = true;
  #maxAlignment = 1;
  /** The bytes of the option's value, or of its length. */
  size = 0;
  /** How many bytes of padding come before the value. */
  padding = 0;

  readonly text: string;

  constructor(text: string, readonly functionName: string) {
    // As in C, a zero byte ends the format.
    const end = text.indexOf("\0");
    this.text = end < 0 ? text : text.slice(0, end);
  }

  get done(): boolean {
    return this.#at >= this.text.length;
  }

  /** Reads the next option. @param position Where in the result its value begins, before alignment */
  next(position: number): OptionKind {
    const letter = this.text.charAt(this.#at);
    const kind = this.#option();
    let alignment = this.size;
    if (letter === "X") {
      if (this.done) throw this.#badNext();
      const aligned = this.#option();
      alignment = this.size;
      if (aligned === "char" || alignment === 0) throw this.#badNext();
      this.size = 0;
    }
    this.padding = 0;
    if (alignment <= 1 || kind === "char" || (kind === "none" && letter !== "X")) return kind;
    alignment = Math.min(alignment, this.#maxAlignment);
    if ((alignment & (alignment - 1)) !== 0) {
      throw argumentError(1, this.functionName, "format asks for alignment not power of 2");
    }
    this.padding = (alignment - position % alignment) % alignment;
    return kind;
  }

  #badNext() {
    return argumentError(1, this.functionName, "invalid next option for option 'X'");
  }

  #option(): OptionKind {
    const letter = this.text.charAt(this.#at++);
    this.size = 0;
    const fixed = Object.hasOwn(FIXED, letter) ? FIXED[letter] : undefined;
    if (fixed !== undefined) {
      this.size = fixed[1];
      return fixed[0];
    }
    switch (letter) {
      case "i":
      case "I":
        this.size = this.#limitedNumber(4);
        return letter === "i" ? "int" : "uint";
      case "s":
        this.size = this.#limitedNumber(8);
        return "string";
      case "c": {
        const size = this.#number();
        if (size === undefined) throw runtimeError("missing size for format option 'c'");
        this.size = size;
        return "char";
      }
      case "<":
      case "=":
        this.littleEndian = true;
        return "none";
      case ">":
        this.littleEndian = false;
        return "none";
      case "!":
        this.#maxAlignment = this.#limitedNumber(NATIVE_ALIGNMENT);
        return "none";
      case "X":
        return "none";
      default:
        throw runtimeError(`invalid format option '${letter}'`);
    }
  }

  /** The digits at this place, as many as do not overflow. */
  #number(): number | undefined {
    let value: number | undefined;
    for (; !this.done; this.#at++) {
      const digit = this.text.charCodeAt(this.#at) - 0x30;
      if (!(digit >= 0 && digit <= 9) || (value ?? 0) > (LARGEST - 9) / 10) break;
      value = (value ?? 0) * 10 + digit;
    }
    return value;
  }

  #limitedNumber(fallback: number): number {
    const size = this.#number() ?? fallback;
    if (size < 1 || size > WIDEST) {
      throw runtimeError(`integral size (${size}) out of limits [1,${WIDEST}]`);
    }
    return size;
  }
}
