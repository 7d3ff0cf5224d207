/** Traversal of tables: the loops of `pairs` and `ipairs` in generated code, and `next`. */
import { runtimeError } from "../error.ts";
import type { LuaTable, LuaValue } from "../table.ts";
import { WeakHash } from "./weak.ts";
import { type HashKey, hashKey, luaKey } from "./key.ts";
import { EMPTY_PROPS, NO_PROPS } from "./props.ts";

const NO_NAMES: readonly string[] = [];

/**
 * Steps through a table in the order of `next`, without allocating per step. Fields may be changed and removed on
 * the way.
 */
export class TableIterator {
  key: LuaValue = undefined;
  value: LuaValue = undefined;
  /** The position in the array part while `names` is null, then in `names`. */
  private position = 0;
  /** The names of the string part, once the array part is done. */
  private names: readonly string[] | null = null;
  private rest: Iterator<[HashKey, LuaValue]> | null = null;
  /** Names that were passed in the string part, where the table has become a dictionary on the way. */
  private passed: Set<unknown> | null = null;

  constructor(private readonly table: LuaTable) {}

  /** Goes to the next entry; false after the last. */
  step(): boolean {
    if (this.names === null) {
      const array = this.table.array;
      while (++this.position < array.length) {
        const value = array[this.position];
        if (value !== undefined) {
          this.key = this.position;
          this.value = value;
          return true;
        }
      }
      this.enterNames();
    }
    return this.rest === null ? this.stepNames() : this.stepRest(this.rest);
  }

  /**
   * Goes to the entry of a key outside the array part; false where the table has none.
   *
   * @param key As `hashKey` gives it
   */
  seek(key: HashKey): boolean {
    this.enterNames();
    const names = this.names ?? NO_NAMES;
    if (typeof key === "string") {
      const place = names.indexOf(key);
      if (place >= 0) {
        this.position = place;
        return true;
      }
    }
    this.position = names.length;
    const hash = this.table.hash;
    if (hash === null || !hash.has(key)) return false;
    this.rest = hash.entries();
    for (;;) {
      const next = this.rest.next();
      if (next.done === true) return false;
      if (next.value[0] === key) return true;
    }
  }

  /** Is at no entry any more: where it was may since have moved to another part. */
  rewind(): void {
    this.key = undefined;
  }

  /** Goes behind the array part. */
  enterNames(): void {
    const props = this.table.props;
    this.position = -1;
    this.names = props === NO_PROPS || props === EMPTY_PROPS ? NO_NAMES : Object.keys(props);
  }

  private stepNames(): boolean {
    const names = this.names ?? NO_NAMES;
    while (++this.position < names.length) {
      const name = names[this.position] as string;
      const value = this.table.getStr(name);
      if (value !== undefined) {
        this.key = name;
        this.value = value;
        return true;
      }
    }
    const { hash, props } = this.table;
    if (hash === null) return this.end();
    if (names.length > 0 && props === EMPTY_PROPS) this.passed = new Set(names);
    this.rest = hash.entries();
    return this.stepRest(this.rest);
  }

  private stepRest(rest: Iterator<[HashKey, LuaValue]>): boolean {
    for (;;) {
      const next = rest.next();
      if (next.done === true) return this.end();
      const entry = next.value;
      const value = entry[1];
      if (value === undefined || (this.passed !== null && this.passed.has(entry[0]))) continue;
      const key = entry[0];
      this.key = typeof key === "string" ? key : luaKey(key);
      this.value = value;
      return true;
    }
  }

  private end(): boolean {
    this.key = this.value = undefined;
    return false;
  }
}

/** Steps through 1, 2, … up to the first nil, raw: for `ipairs` on tables without `__index`. */
export class ArrayIterator {
  key = 0;
  value: LuaValue = undefined;

  constructor(private readonly table: LuaTable) {}

  /** Goes to the next element; false after the last. */
  step(): boolean {
    const key = ++this.key;
    const array = this.table.array;
    const value = key < array.length ? array[key] : this.table.getInt(key);
    if (value === undefined) return false;
    this.value = value;
    return true;
  }
}

/** Where a traversal by `next` is. */
interface Cursor {
  iterator: TableIterator;
  /** The largest length that the array part had: keys up to it may have been removed on the way. */
  bound: number;
}

// Nearly all traversals go on where the last one was: the one in use is kept outside the map.
let currentTable: LuaTable | undefined;
let current: Cursor | undefined;
const cursors = new WeakMap<LuaTable, Cursor>();

function cursorOf(table: LuaTable): Cursor | undefined {
  return table === currentTable ? current : cursors.get(table);
}

function keep(table: LuaTable, iterator: TableIterator, bound: number): void {
  if (currentTable !== undefined && current !== undefined && currentTable !== table) {
    cursors.set(currentTable, current);
  }
  currentTable = table;
  current = { iterator, bound };
}

/** Lets go of what `next` gave last: it may be all that keeps it. */
export function forgetCursor(): void {
  if (currentTable === undefined || current === undefined) return;
  current.iterator.value = undefined;
  if (currentTable.hash instanceof WeakHash) cursors.delete(currentTable);
  else cursors.set(currentTable, current);
  currentTable = current = undefined;
}

/**
 * The entry of a table after `key`, as Lua's `next`.
 *
 * @throws {LuaThrow} When the key is not in the table
 */
export function nextEntry(table: LuaTable, key: LuaValue): [LuaValue, LuaValue] | undefined {
  const array = table.array;
  const normal = key === undefined ? 0 : hashKey(key);
  const cursor = cursorOf(table);
  if (key === undefined || (typeof normal === "number" && isElement(normal, array.length))) {
    for (let i = (normal as number) + 1; i < array.length; i++) {
      const value = array[i];
      if (value !== undefined) {
        if (cursor === undefined || cursor.bound < array.length) keepBound(table, array.length);
        else if (key === undefined) cursor.iterator.rewind();
        return [i, value];
      }
    }
    const iterator = new TableIterator(table);
    iterator.enterNames();
    const bound = Math.max(array.length, cursor?.bound ?? 0);
    // Asking whether a table is empty must not disturb a traversal of it.
    if (key === undefined && !iterator.step()) return undefined;
    return key === undefined ? at(table, iterator, bound) : advance(table, iterator, bound);
  }
  if (cursor !== undefined && isAt(cursor.iterator, key, normal)) {
    if (table !== currentTable) keep(table, cursor.iterator, cursor.bound);
    return cursor.iterator.step() ? [cursor.iterator.key, cursor.iterator.value] : finish(table);
  }
  const iterator = new TableIterator(table);
  if (!iterator.seek(normal)) {
    if (cursor === undefined || typeof normal !== "number" || !isElement(normal, cursor.bound)) {
      throw runtimeError("invalid key to 'next'");
    }
    iterator.enterNames();
  }
  return advance(table, iterator, cursor?.bound ?? 0);
}

function isElement(key: number, length: number): boolean {
  return key > 0 && key < length && key === Math.floor(key);
}

function isAt(iterator: TableIterator, key: LuaValue, normal: HashKey): boolean {
  const at = iterator.key;
  return at === key || (typeof at === "object" && hashKey(at) === normal);
}

function keepBound(table: LuaTable, bound: number): void {
  keep(table, new TableIterator(table), bound);
}

function advance(table: LuaTable, iterator: TableIterator, bound: number): [LuaValue, LuaValue] | undefined {
  return iterator.step() ? at(table, iterator, bound) : finish(table);
}

function at(table: LuaTable, iterator: TableIterator, bound: number): [LuaValue, LuaValue] {
  keep(table, iterator, bound);
  return [iterator.key, iterator.value];
}

function finish(table: LuaTable): undefined {
  // Nothing keeps the table of a finished traversal from being collected, unless it has lost elements that
  // another traversal may still ask for.
  if (table === currentTable && current !== undefined && current.bound <= table.array.length) {
    currentTable = current = undefined;
  }
  return undefined;
}
