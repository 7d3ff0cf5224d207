/** Options of what starts commands. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { Mismatch, type Param } from "../../runtime/seam/params.ts";
import { toText, toTextStrict } from "../../runtime/seam/text.ts";
import { isNumber, isTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";

/** Environment variables: a table from names to strings, numbers or booleans. Text. */
export const variables = (name: string): Param<Readonly<Record<string, string>>> => ({
  name,
  type: "table",
  optional: false,
  read(table) {
    if (!isTable(table)) throw new Mismatch("table");
    const result: Record<string, string> = Object.create(null);
    for (const [key, value] of table.entries()) {
      const variable = typeof key === "string" ? toTextStrict(key) : undefined;
      if (variable === undefined || !/^[^=\0]+$/.test(variable)) {
        const shown = typeof key === "string" ? `"${toText(key)}"` : `a ${typeOf(key)}`;
        throw new Mismatch("table", `${shown} is no name of a variable`);
      }
      result[variable] = variableValue(variable, value);
    }
    return result;
  },
});

/** Messages tell the name only: the value may be a secret. */
function variableValue(variable: string, value: LuaValue): string {
  const bytes = isNumber(value) ? formatNumber(value) : typeof value === "boolean" ? String(value) : value;
  if (typeof bytes !== "string") {
    throw new Mismatch("table", `the value of "${variable}" must be a string, got ${typeOf(value)}`);
  }
  const text = toTextStrict(bytes);
  if (text === undefined) throw new Mismatch("table", `the value of "${variable}" is not valid UTF-8`);
  if (text.includes("\0")) throw new Mismatch("table", `the value of "${variable}" has a zero byte`);
  return text;
}

/** Refuses a time in seconds that is negative, infinite or no number. */
export function checkSeconds(functionName: string, name: string, seconds: number | undefined): void {
  if (seconds === undefined || (seconds >= 0 && seconds < Infinity)) return;
  throw new ScriptError(
    `${functionName}: ${name} must be zero or more seconds and finite: current value is ${seconds}`,
  );
}
