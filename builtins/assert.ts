import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { LuaError, ScriptError } from "../runtime/seam/error.ts";
import type { Host } from "../runtime/seam/host.ts";
import { formatNumber, numberEqual, numberLess } from "../runtime/seam/number.ts";
import { any, optional, type Param, string } from "../runtime/seam/params.ts";
import { toText } from "../runtime/seam/text.ts";
import {
  isInteger,
  isNumber,
  isTruthy,
  LuaInteger,
  type LuaNumber,
  type LuaValue,
  toDouble,
  typeOf,
} from "../runtime/seam/value.ts";

/** Floats nearer than this count as equal. */
const EPSILON = 2 ** -52;

const message = optional(any("message"));

export default defineGlobal({
  name: "assert",
  doc: "Assertions that raise an error when they do not hold",
  preload: () => import("./regex.ts"),
  call: fn({
    params: [any("value"), message],
    returns: "any...",
    doc: "Raise the message unless the value is true; give back all arguments",
    variadic: true,
    run: (_host, ...values) => {
      const value = values[0];
      if (isTruthy(value)) return values.length === 1 ? value : values;
      if (values.length === 0) throw new ScriptError("bad argument #1 to 'assert' (value expected)");
      if (values.length === 1) throw new ScriptError("assertion failed!");
      throw new LuaError(values[1] ?? "<no error object>");
    },
  }),
  functions: {
    eq: fn({
      params: [any("a"), any("b"), message],
      returns: "nil",
      doc: "Assert that two values are equal",
      run: (host, a, b, text) => {
        if (!equal(a, b)) throw failure(host, `assert.eq failed: ${show(host, a)} != ${show(host, b)}`, text);
      },
    }),
    ne: fn({
      params: [any("a"), any("b"), message],
      returns: "nil",
      doc: "Assert that two values are not equal",
      run: (host, a, b, text) => {
        if (equal(a, b)) throw failure(host, `assert.ne failed: ${show(host, a)} == ${show(host, b)}`, text);
      },
    }),
    gt: comparison("gt", ">", "greater", (a, b) => numberLess(b, a)),
    lt: comparison("lt", "<", "less", numberLess),
    contains: fn({
      params: [plainString("contains", "text", "first"), plainString("contains", "part", "second"), message],
      returns: "nil",
      doc: "Assert that a string contains another, plainly",
      run: (host, text, part, hint) => {
        if (text.includes(part)) return;
        throw failure(
          host,
          `assert.contains failed: "${toText(text)}" does not contain "${toText(part)}"`,
          hint,
        );
      },
    }),
    not_nil: fn({
      params: [any("value"), message],
      returns: "nil",
      doc: "Assert that a value is not nil",
      run: (host, value, text) => {
        if (value === undefined) throw failure(host, "assert.not_nil failed: value is nil", text);
      },
    }),
    matches: fn({
      params: [string("text"), string("pattern"), message],
      returns: "nil",
      doc: "Assert that a string matches a regular expression, anywhere",
      run: async (host, text, pattern, hint) => {
        const { compilePattern } = await import("./regex.ts");
        if (compilePattern("assert.matches", pattern).matcher(toText(text)).find()) return;
        const shown = `"${toText(text)}" does not match pattern "${toText(pattern)}"`;
        throw failure(host, `assert.matches failed: ${shown}`, hint);
      },
    }),
  },
});

function comparison(
  name: string,
  sign: string,
  word: string,
  holds: (a: LuaNumber, b: LuaNumber) => boolean,
) {
  return fn({
    params: [any("a", "number"), any("b", "number"), message],
    returns: "nil",
    doc: `Assert that a number is ${word} than another`,
    run: (host, a, b, text) => {
      if (!isNumber(a) || !isNumber(b)) {
        throw new ScriptError(`assert.${name}: both arguments must be numbers`);
      }
      if (holds(a, b)) return;
      throw failure(
        host,
        `assert.${name} failed: ${formatNumber(a)} is not ${sign} ${formatNumber(b)}`,
        text,
      );
    },
  });
}

function plainString(fnName: string, name: string, place: string): Param<string> {
  return {
    ...any(name, "string"),
    optional: false,
    read(value) {
      if (typeof value === "string") return value;
      throw new ScriptError(`assert.${fnName}: ${place} argument must be a string`);
    },
  } as Param<string>;
}

function equal(a: LuaValue, b: LuaValue): boolean {
  if (a === b) return true;
  if (!isNumber(a) || !isNumber(b)) return false;
  if (numberEqual(a, b)) return true;
  // An integer of 64 bits and the float nearest to it are different numbers
  if (a instanceof LuaInteger || b instanceof LuaInteger) return false;
  return !(isInteger(a) && isInteger(b)) && Math.abs(toDouble(a) - toDouble(b)) < EPSILON;
}

function show(host: Host, value: LuaValue): string {
  switch (typeOf(value)) {
    case "nil":
    case "boolean":
      return `"${value === undefined ? "nil" : value}"`;
    case "number":
      return `"${formatNumber(value as LuaNumber)}"`;
    case "string":
      return `"${toText(value as string)}"`;
    case "userdata":
      return `"${toText(host.vm.toString(value))}"`;
    default:
      return `"<${typeOf(value)}>"`;
  }
}

function failure(host: Host, text: string, message: LuaValue): ScriptError {
  return new ScriptError(message === undefined ? text : `${text} - ${toText(host.vm.toString(message))}`);
}
