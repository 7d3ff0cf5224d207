/** Calls library functions of the Lua engine with the same arguments as PUC-Rio's, and compares what comes back. */
import assert from "node:assert/strict";
import { LuaThrow } from "../../runtime/lua/error.ts";
import { isFloat, isNumber, toFloat } from "../../runtime/lua/number/mod.ts";
import { machine } from "../../runtime/lua/run/machine.ts";
import { LuaTable, type LuaValue, tableOf } from "../../runtime/lua/table.ts";
import { NO_PROPS } from "../../runtime/lua/table/props.ts";
import { LuaFloat } from "../../runtime/lua/value.ts";
import { luaString, puc } from "./puc.ts";

/** A call: the library, the function, its arguments. Arrays are tables. */
export type Case = readonly [library: string, name: string, ...args: Argument[]];
export type Argument = LuaValue | readonly Argument[];

// As in a VM, strings can be indexed
const strings = new LuaTable();
strings.setStr("__index", new LuaTable());
machine.metatables.string = strings;

type Library = Readonly<Record<string, unknown>>;
// deno-lint-ignore ban-types -- functions of any library
type Callable = Function;

/** The keys of tables that are compared. */
const FIRST = -2;
const LAST = 12;

const SHOW = `
local function show(v, deep)
  if math.type(v) == "integer" then return "i" .. v end
  if math.type(v) == "float" then return v ~= v and "fnan" or ("f%.17g"):format(v) end
  if type(v) == "string" then
    return '"' .. v:gsub("[^%w_ ]", function(c) return ("\\\\%03d"):format(c:byte()) end) .. '"'
  end
  if type(v) ~= "table" or deep then return type(v) == "boolean" and tostring(v) or type(v) end
  local out = {}
  for i = ${FIRST}, ${LAST} do out[#out + 1] = show(v[i], true) end
  return "{" .. table.concat(out, ",") .. "}"
end
local function try(library, name, ...)
  local out = table.pack(pcall(_G[library][name], ...))
  if not out[1] then
    -- A function that pcall calls has the first name that is found for it, of several.
    print("error " .. tostring(out[2]):gsub("^[^:]-:%d+: ", ""):gsub("(bad argument #%d+ to )'.-'", "%1'" .. name .. "'"))
    return
  end
  for i = 2, out.n do out[i - 1] = show(out[i]) end
  print(table.concat(out, "|", 1, out.n - 1) .. "; " .. show((...)))
end
`;

/** The arguments of a case as Lua values, tables made anew. */
function toLua(value: Argument): LuaValue {
  if (!Array.isArray(value)) return value as LuaValue;
  return tableOf(NO_PROPS, [undefined, ...value.map(toLua)]);
}

/** A value as Lua source. */
export function literal(value: Argument): string {
  if (Array.isArray(value)) return `{${value.map(literal).join(",")}}`;
  if (value === undefined) return "nil";
  if (typeof value === "string") return luaString(value);
  if (!isNumber(value)) return String(value);
  const n = toFloat(value);
  if (!isFloat(value)) return n === -(2 ** 63) ? "math.mininteger" : `(${value})`;
  if (!Number.isFinite(n)) return n > 0 ? "(1/0)" : n < 0 ? "(-1/0)" : "(0/0)";
  return Object.is(n, -0) ? "(-0.0)" : `(${n.toExponential()})`;
}

function show(value: LuaValue, deep = false): string {
  if (isNumber(value)) {
    if (!isFloat(value)) return `i${value}`;
    const n = toFloat(value);
    return Number.isNaN(n) ? "fnan" : Object.is(n, -0) ? "f-0" : `f${n}`;
  }
  if (typeof value === "string") return luaString(value);
  if (value === undefined) return "nil";
  if (!(value instanceof LuaTable)) return typeof value === "boolean" ? String(value) : typeof value;
  if (deep) return "table";
  const elements: string[] = [];
  for (let i = FIRST; i <= LAST; i++) elements.push(show(value.get(i), true));
  return `{${elements.join(",")}}`;
}

/** What a call gives, in the words of the script that PUC-Rio's Lua runs. */
export function outcome(fn: unknown, args: readonly LuaValue[]): string {
  try {
    const result: unknown = (fn as Callable)(...args);
    const list = Array.isArray(result) ? result : [result];
    return `${list.map((value) => show(value)).join("|")}; ${show(args[0])}`;
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error;
    return `error ${error.value}`;
  }
}

/** Whether two outcomes are the same, but for the last digits of floats. */
function agree(actual: string, expected: string): boolean {
  const floats = /f(-?(?:[\d.]+(?:e[+-]?\d+)?|inf|Infinity))/g;
  if (actual.replace(floats, "f") !== expected.replace(floats, "f")) return false;
  const numbers = (text: string) =>
    [...text.matchAll(floats)].map(([, digits = ""]) => Number(digits.replace(/inf$/, "Infinity")));
  const wanted = numbers(expected);
  return numbers(actual).every((n, i) => {
    const other = wanted[i] ?? NaN;
    return Object.is(n, other) || Math.abs(n - other) <= 1e-13 * Math.abs(other);
  });
}

/**
 * Runs the cases in one process of lua5.4 and compares every outcome.
 *
 * @param libraries By name
 * @param seed Said where an outcome differs
 */
export async function compareWithPuc(
  libraries: Readonly<Record<string, Library>>,
  cases: readonly Case[],
  seed?: number,
): Promise<void> {
  const calls = cases.map(([library, name, ...args]) =>
    `try(${[`"${library}"`, `"${name}"`, ...args.map(literal)].join(", ")})`
  );
  // A Lua function holds a limited number of constants.
  const chunks: string[] = [];
  for (let i = 0; i < calls.length; i += 200) {
    chunks.push(`(function() ${calls.slice(i, i + 200).join("\n")} end)()`);
  }
  const output = await puc(`${SHOW}${chunks.join(";\n")}`);
  if (output === undefined) return;
  const expected = output.trimEnd().split("\n");
  assert.equal(expected.length, cases.length);
  cases.forEach(([library, name, ...args], i) => {
    const actual = outcome(libraries[library]?.[name], args.map(toLua));
    const wanted = expected[i] ?? "";
    const told = seed === undefined ? "" : ` (seed ${seed})`;
    assert.ok(agree(actual, wanted), `${calls[i]}${told}: ${actual}, not ${wanted}`);
  });
}

/** A float of the engine, also where it is integral. */
export function float(n: number): LuaValue {
  return Number.isInteger(n) ? new LuaFloat(n) : n;
}

/** The text of the error that a call raises. */
export function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LuaThrow) return String(error.value);
    throw error;
  }
  throw new Error("The call raised no error");
}
