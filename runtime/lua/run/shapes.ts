/** Constructors of the string parts of tables whose fields are known from a table constructor. */
import { PROPS_PROTOTYPE } from "../table/props.ts";
import type { LuaValue } from "../table.ts";

/** Makes a string part of the values of its fields. */
type ShapeConstructor = new (...values: LuaValue[]) => object;

/** By the names of the fields: one for all tables of that shape, whatever chunk makes them. */
const known = new Map<string, ShapeConstructor>();

/** A statement that defines a shape that is not known. */
export function definition(number: number, names: readonly string[]): string {
  const params = names.map((_, i) => `a${i}`).join(",");
  const fields = names.map((name, i) => `this.${name}=a${i};`).join("");
  return `C[${number}]??=function(${params}){${fields}};`;
}

/** The shapes that a chunk uses, as its generated code has them: `C[0]`, `C[1]`, … */
export class Shapes {
  readonly constructors: (ShapeConstructor | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  /** Those that the next piece of generated code is to define. */
  #missing: { readonly number: number; readonly key: string; readonly names: readonly string[] }[] = [];

  /** The text that stands for the constructor of a shape. */
  use(names: readonly string[]): string {
    const key = names.join(",");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const shape = known.get(key);
      number = this.constructors.push(shape) - 1;
      this.#numbers.set(key, number);
      if (shape === undefined) this.#missing.push({ number, key, names });
    }
    return `C[${number}]`;
  }

  /** Statements that define what is missing; {@link learn} is to be called when they have run. */
  definitions(): string {
    return this.#missing.map(({ number, names }) => definition(number, names)).join("");
  }

  learn(): void {
    for (const { number, key } of this.#missing) {
      const shape = this.constructors[number];
      if (shape === undefined) continue;
      shape.prototype = PROPS_PROTOTYPE;
      known.set(key, shape);
    }
    this.#missing = [];
  }
}
