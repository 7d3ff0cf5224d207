/** `next` and the step of `ipairs`: loops recognise them and go without calls. */
import { LuaThrow } from "../error.ts";
import { checkInteger, typeError, typeName } from "../library/arguments.ts";
import type { LuaResult } from "../library/callback.ts";
import { arithAdd } from "../number/arithmetic.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { index, metamethod } from "./operators.ts";
import { SUSPENDED } from "./machine.ts";
import { type FrameKind, save } from "./frame.ts";

export function next(table: LuaValue, key?: LuaValue): LuaResult {
  if (!(table instanceof LuaTable)) throw typeError(table, 1, "next", "table", arguments.length);
  return table.next(key);
}

const afterIndex: FrameKind = {
  isProtected: false,
  resume: (frame, result) => pair(frame.slots[0] as LuaValue, Array.isArray(result) ? result[0] : result),
};

/** The next element of a table, for `ipairs`. */
export function ipairsStep(table: LuaValue, position: LuaValue): LuaResult {
  const i = arithAdd(checkInteger(position, 2, "for iterator", arguments.length), 1);
  if (table instanceof LuaTable && table.metatable === undefined) {
    return pair(i, typeof i === "number" ? table.getInt(i) : table.get(i));
  }
  // As from a function in C: without a position
  if (!(table instanceof LuaTable) && metamethod(table, "__index") === undefined) {
    throw new LuaThrow(`attempt to index a ${typeName(table)} value`);
  }
  const value = index(table, i);
  if ((value as unknown) === SUSPENDED) return save(afterIndex, 0, [i], []);
  return pair(i, value);
}

function pair(i: LuaValue, value: LuaValue): LuaResult {
  return value === undefined ? undefined : [i, value];
}
