/** What `ws.connect` can be told. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { integer, number, options, type Param, type ParamValues, table } from "../../runtime/seam/params.ts";
import { isTable, type LuaValue } from "../../runtime/seam/value.ts";
import { elements } from "../http/parameters.ts";
import { settingsFields } from "../http/settings.ts";

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A name or an array of names. */
const subprotocols = (name: string): Param<readonly string[]> => ({
  name,
  type: "string|table",
  optional: false,
  read: (value) => (isTable(value) ? elements(value) : [value]).map(token),
});

function token(value: LuaValue): string {
  if (typeof value === "string" && TOKEN.test(value)) return value;
  throw new ScriptError(`ws.connect: subprotocols must be names of letters, digits and !#$%&'*+-.^_\`|~`);
}

/** The options of `ws.connect`. */
export const connectOptions = options("opts", {
  headers: table,
  subprotocols,
  auth: table,
  timeout: number,
  max_message: integer,
  ...settingsFields,
});

/** Those options, read. */
export type ConnectOptions = ParamValues<[typeof connectOptions]>[0];
