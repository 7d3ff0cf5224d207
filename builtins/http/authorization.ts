/** The option `auth`: `{basic = {user, password}}` or `{bearer = token}`. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { isTable, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";

const SHAPES = '{basic = {"user", "password"}} or {bearer = "token"}';

/**
 * The value of the Authorization header: RFC 7617, RFC 6750.
 *
 * @throws {ScriptError} When the table is of another shape; what it holds is not told
 */
export function authorizationOf(functionName: string, auth: LuaTable): string {
  const basic = auth.get("basic");
  const bearer = auth.get("bearer");
  if (typeof bearer === "string" && basic === undefined) return `Bearer ${singleLine(functionName, bearer)}`;
  if (!isTable(basic) || bearer !== undefined) throw wrongShape(functionName);
  const user = firstString(basic, [1, "user", "username"]);
  const password = firstString(basic, [2, "password", "pass"]);
  if (user === undefined || password === undefined) throw wrongShape(functionName);
  if (user.includes(":")) {
    throw new ScriptError(`${functionName}: a user name of auth.basic cannot have a colon`);
  }
  return `Basic ${btoa(`${user}:${password}`)}`;
}

function firstString(table: LuaTable, keys: readonly LuaValue[]): string | undefined {
  const value = keys.map((key) => table.get(key)).find((each) => each !== undefined);
  return typeof value === "string" ? value : undefined;
}

function singleLine(functionName: string, token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ScriptError(
    `${functionName}: auth.bearer must be a token of printable ASCII characters without blanks: ` +
      "was it read with its line break?",
  );
}

function wrongShape(functionName: string): ScriptError {
  return new ScriptError(`${functionName}: option 'auth' must be ${SHAPES}`);
}
