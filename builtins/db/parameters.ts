/** The values of placeholders, as scripts give them. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { isNumber, isTable, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";
import { encodeJson } from "../json/encode.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";
import { DatabaseFailure } from "./failure.ts";

/** More than any of the databases takes: PostgreSQL and MySQL 65,535, SQLite 32,766. */
const MAX_PARAMETERS = 65_535;

/**
 * The values of an array of parameters, whose length is `params.n` where that is a number, as of `table.pack`, or
 * `#params`.
 *
 * @throws {ScriptError} For values that no database knows
 */
export function readParameters(functionName: string, params: LuaTable | undefined): readonly LuaValue[] {
  if (params === undefined) return [];
  const n = params.get("n");
  const count = typeof n === "number" && Number.isInteger(n) && n >= 0 ? n : params.length();
  if (count > MAX_PARAMETERS) {
    throw new ScriptError(
      `${functionName}: too many parameters: ${count}, at most ${MAX_PARAMETERS} can be given`,
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const value = params.get(index + 1);
    if (value === undefined || typeof value === "boolean" || typeof value === "string") return value;
    if (isNumber(value) || isTable(value)) return value;
    throw new ScriptError(
      `db: unsupported parameter type: ${typeOf(value)} (parameter ${index + 1} of ${functionName})`,
    );
  });
}

/** The JSON of a table given as a parameter, as bytes. @throws {DatabaseFailure} */
export function jsonOf(value: LuaTable): string {
  try {
    return encodeJson(value, { functionName: "a table is given as JSON" });
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw new DatabaseFailure(error.message, { cause: error });
  }
}

/** The text of a string that must be UTF-8. @param what How the error calls it. @throws {DatabaseFailure} */
export function utf8(bytes: string, what: string): string {
  const text = toTextStrict(bytes);
  if (text !== undefined) return text;
  throw new DatabaseFailure(`${what} is not valid UTF-8`);
}

/** The error for another number of parameters than there are placeholders. */
export function wrongCount(
  placeholders: number,
  given: number,
  suffix = "",
  cause?: unknown,
): DatabaseFailure {
  const has = placeholders === 1 ? "1 placeholder" : `${placeholders} placeholders`;
  const were = given === 1 ? "1 parameter was" : `${given} parameters were`;
  return new DatabaseFailure(
    `the SQL has ${has}, but ${were} given (nils at the end count only when params.n says so)${suffix}`,
    { cause },
  );
}
