/** How filters written here receive their arguments. */
import type { EngineValue } from "./values.ts";

/** A filter as the engine calls it: the value, then what stands in brackets. */
export type FilterCall = (args: readonly unknown[]) => EngineValue;

/** What a filter is given. Mappings are `Map`s, undefined and none `undefined`, and every number a `number`. */
export type Argument =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Argument[]
  | ReadonlyMap<string, Argument>;

/**
 * Declares a filter by the names of its parameters, which may be given by place or by name.
 *
 * The engine gives named arguments as one mapping at the end; a mapping with other names in it is an argument itself.
 */
export function filter(
  name: string,
  parameters: readonly string[],
  run: (value: Argument, ...args: Argument[]) => EngineValue,
): FilterCall {
  return ([value, ...rest]) => {
    const args = rest as Argument[];
    const named = args.at(-1);
    if (named instanceof Map && isNamed(named, parameters)) {
      args.pop();
      for (const [key, argument] of named as ReadonlyMap<string, Argument>) {
        const index = parameters.indexOf(key);
        if (index < args.length && args[index] !== undefined) {
          throw new Error(`${name}: duplicate argument '${key}'`);
        }
        args[index] = argument;
      }
    }
    if (args.length > parameters.length) {
      throw new Error(`${name}: expected at most ${parameters.length} arguments, got ${args.length}`);
    }
    return run(value as Argument, ...args);
  };
}

function isNamed(named: ReadonlyMap<unknown, unknown>, parameters: readonly string[]): boolean {
  return parameters.length > 0 && named.size > 0 &&
    [...named.keys()].every((key) => parameters.includes(String(key)));
}

/** Whether an argument is a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: Argument): value is readonly Argument[] {
  return Array.isArray(value);
}

/** The text of a value as a template shows it, near enough: lists and mappings as Python's `repr` has them. */
export function show(value: Argument): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : repr(value);
}

/** Python's `repr`, with the engine's words for true, false and none. */
export function repr(value: Argument): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "string") return pythonString(value);
  if (isList(value)) return `[${value.map(repr).join(", ")}]`;
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, item]) => `${repr(key)}: ${repr(item)}`).join(", ")}}`;
  }
  return String(value);
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(
    /[\\\n\r\t]/g,
    (c) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c] ?? "\\\\",
  );
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

/** An integer argument, or its default. */
export function toInteger(name: string, parameter: string, value: Argument, fallback?: number): number {
  if ((value === undefined || value === null) && fallback !== undefined) return fallback;
  const number = typeof value === "boolean" || typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number)) return number;
  throw new Error(`${name}: ${parameter} must be an integer`);
}

/** What a filter may make at most, in UTF-16 units: padding is asked for by a number. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Refuses a width that would make a text without measure. */
export function checkWidth(name: string, width: number): number {
  if (width > MAX_LENGTH) {
    throw new Error(`${name}: width must be at most ${MAX_LENGTH}: current value is ${width}`);
  }
  return width;
}
