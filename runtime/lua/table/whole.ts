/** Hash parts that hold all keys of their tables: nothing is in the other parts. */
import type { LuaTable, LuaValue } from "../table.ts";
import type { HashKey } from "./key.ts";

/** A hash part beside which there are no others. */
export class WholeHash extends Map<HashKey, LuaValue> {
  /** A border of the integer keys. */
  border(): number {
    let border = 0;
    while (this.get(border + 1) !== undefined) border++;
    return border;
  }
}

/**
 * The contents of a table with a finalizer: the same object as long as the table lives, so that they can be had
 * when the table itself has been collected.
 */
export class PinnedHash extends WholeHash {
  /** The table's metatable. */
  metatable: LuaTable | undefined = undefined;
}
