/**
 * Lua's table, made for generated code that reads its parts directly.
 *
 * | part | holds | form |
 * | --- | --- | --- |
 * | `props` | string keys of a table used as a record | object with a bare prototype, see `table/props.ts` |
 * | `array` | keys 1 … n | JavaScript array; `array[0]` is filler |
 * | `hash` | all other keys; the string keys too, once the table is used as a dictionary | Map, see `table/key.ts` |
 *
 * What always holds:
 * - The last element of `array` is not nil, and the key `array.length` is in no part: `array.length - 1` is a
 *   border. Only a weak table, or one with a finalizer, keeps its integer keys in `hash`; ask `length()` when the array part is empty.
 * - `EMPTY_ARRAY`, `EMPTY_PROPS` and `NO_PROPS` are shared and never written. Generated code may overwrite an
 *   element `0 < i < array.length` and a field whose present value is not nil, with a value that is not nil;
 *   it may add a field to {@link LuaTable.ownProps}. Everything else goes through the methods.
 * - A key whose value became nil keeps its place until a new key needs room, so that `next` can go on from it.
 */
import { runtimeError } from "./error.ts";
import { charge, ELEMENT_BYTES, ENTRY_BYTES } from "./memory.ts";
import { type HashKey, hashKey } from "./table/key.ts";
import { adopt, EMPTY_ARRAY, layOut, SPARSE_MINIMUM, trim } from "./table/layout.ts";
import { nextEntry, TableIterator } from "./table/iterator.ts";
import { EMPTY_PROPS, isPropertyKey, NO_PROPS, Props } from "./table/props.ts";
import { WeakHash } from "./table/weak.ts";
import { PinnedHash, WholeHash } from "./table/whole.ts";
import type { LuaFloat, LuaInteger } from "./value.ts";

export { EMPTY_ARRAY };

/** A coroutine, as far as tables are concerned. */
export interface LuaThread {
  readonly luaType: "thread";
}

/** A host object, as far as tables are concerned. */
export interface LuaUserdata {
  readonly luaType: "userdata";
  metatable: LuaTable | undefined;
}

/** Any Lua value. */
export type LuaValue =
  | undefined
  | boolean
  | number
  | string
  | LuaFloat
  | LuaInteger
  | LuaTable
  | LuaThread
  | LuaUserdata
  // deno-lint-ignore ban-types -- a Lua function is a JavaScript function of any parameters
  | Function;

/** With so many string keys added by `set`, a table is a dictionary. */
const DYNAMIC_FIELDS = 8;

/** With fewer removed keys than this, a hash part is not swept. */
const SWEEP_MINIMUM = 32;

export class LuaTable {
  declare readonly luaType: "table";

  // Declared only: a field that is first defined as undefined loses what V8 knows of its type.
  declare props: Props;
  declare array: LuaValue[];
  declare hash: Map<HashKey, LuaValue> | null;
  declare metatable: LuaTable | undefined;
  /** How many string keys `set` has added to `props`. */
  declare private dynamic: number;
  /** At least the number of entries of `hash` whose value is nil. */
  declare private removed: number;

  /**
   * @param props Taken over, not copied
   * @param array Taken over; index 0 is filler and the last element is not nil
   */
  constructor(props: Props = NO_PROPS, array: LuaValue[] = EMPTY_ARRAY) {
    this.props = props;
    this.array = array;
    this.hash = null;
    this.metatable = undefined;
    this.dynamic = 0;
    this.removed = 0;
  }

  /** The value of any key, without metamethods. */
  get(key: LuaValue): LuaValue {
    if (typeof key === "string") return this.getStr(key);
    if (typeof key === "number") return this.getInt(key);
    if (key === undefined) return undefined;
    const normal = hashKey(key);
    if (typeof normal === "number") return this.getInt(normal);
    return this.hash === null ? undefined : this.hash.get(normal);
  }

  /** The value of a string key. */
  getStr(key: string): LuaValue {
    if (this.props !== EMPTY_PROPS) {
      // Names that `isPropertyKey` refuses are never in `props`, so they need no test here.
      const value = this.props[key];
      if (value !== undefined) return value;
    }
    return this.hash === null ? undefined : this.hash.get(key);
  }

  /** The value of a key that is a JavaScript number. */
  getInt(key: number): LuaValue {
    if (key > 0 && key < this.array.length && key === Math.floor(key)) return this.array[key];
    return this.hash === null ? undefined : this.hash.get(key);
  }

  /**
   * Sets the value of any key, without metamethods.
   *
   * @throws {LuaThrow} When the key is nil or NaN
   */
  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === "string") {
      if (this.props === EMPTY_PROPS) this.setHash(key, value);
      else if (this.props[key] !== undefined) this.props[key] = value;
      else this.addField(key, value, true);
    } else if (typeof key === "number") {
      this.setInt(key, value);
    } else {
      if (key === undefined) throw runtimeError("table index is nil");
      const normal = hashKey(key);
      if (typeof normal === "number") this.setInt(normal, value);
      else this.setHash(normal, value);
    }
  }

  /** Sets a string key that stands in the source: it does not make the table a dictionary. */
  setStr(key: string, value: LuaValue): void {
    if (this.props === EMPTY_PROPS) this.setHash(key, value);
    else if (this.props[key] !== undefined) this.props[key] = value;
    else this.addField(key, value, false);
  }

  /**
   * Sets a key that is a JavaScript number.
   *
   * @throws {LuaThrow} When it is NaN
   */
  setInt(key: number, value: LuaValue): void {
    const array = this.array;
    const end = array.length;
    if (key > 0 && key < end && key === Math.floor(key)) {
      array[key] = value;
      if (value === undefined && key === end - 1) trim(array);
    } else if (key === end && value !== undefined) {
      this.append(value);
    } else {
      if (key !== key) throw runtimeError("table index is NaN");
      this.setHash(key, value);
    }
  }

  /** A border: n where n is 0 or t[n] is not nil, and t[n+1] is nil. */
  length(): number {
    if (this.array.length === 1 && this.hash instanceof WholeHash) return this.hash.border();
    return this.array.length - 1;
  }

  /**
   * The entry after `key`, or the first for nil; `undefined` after the last.
   *
   * @throws {LuaThrow} When the key is not in the table
   */
  next(key: LuaValue): [LuaValue, LuaValue] | undefined {
    return nextEntry(this, key);
  }

  /** Every key with its value, in the order of `next`. */
  *entries(): IterableIterator<[LuaValue, LuaValue]> {
    const iterator = new TableIterator(this);
    while (iterator.step()) yield [iterator.key, iterator.value];
  }

  /**
   * The string part, ready to be given a new field by generated code whose name passes `isPropertyKey` and whose
   * value is not nil; `null` for a dictionary, which takes it through `setStr`.
   */
  ownProps(): Props | null {
    if (this.props === EMPTY_PROPS) return null;
    if (this.props === NO_PROPS) this.props = new Props();
    return this.props;
  }

  /** Makes the table weak as the `__mode` of its metatable says; strong again without `k` and `v`. */
  weaken(mode: string): void {
    const weakKeys = mode.includes("k");
    const weakValues = mode.includes("v");
    const hash = this.hash;
    if (hash instanceof WeakHash) {
      if (hash.weakKeys === weakKeys && hash.weakValues === weakValues) return;
    } else if (!weakKeys && !weakValues) {
      return;
    }
    const weak = weakKeys || weakValues;
    this.moveTo(weak ? EMPTY_PROPS : NO_PROPS, weak ? new WeakHash(weakKeys, weakValues) : null);
  }

  /** Keeps the contents in one object from here on, for a finalizer; `undefined` for a weak table, where it cannot. */
  pin(): PinnedHash | undefined {
    if (this.hash instanceof PinnedHash) return this.hash;
    if (this.hash instanceof WeakHash) return undefined;
    const pinned = new PinnedHash();
    pinned.metatable = this.metatable;
    this.moveTo(EMPTY_PROPS, pinned);
    return pinned;
  }

  private moveTo(props: Props, hash: WholeHash | null): void {
    const entries = [...this.entries()];
    this.props = props;
    this.array = EMPTY_ARRAY;
    this.hash = hash;
    this.dynamic = this.removed = 0;
    for (const [key, value] of entries) this.set(key, value);
  }

  /** Adds an element at the end of the array part. */
  private append(value: LuaValue): void {
    const end = this.array.length;
    if (this.array === EMPTY_ARRAY) {
      if (this.hash instanceof WholeHash) return this.setHash(end, value);
      this.array = [undefined, value];
    } else {
      this.array.push(value);
    }
    if (this.hash !== null && this.hash.size > 0) {
      // A key is in one part only, also when all that is left of it in the other is its place.
      if (this.removed > 0) this.hash.delete(end);
      adopt(this.array, this.hash);
    }
    if ((end & (end - 1)) === 0) this.arrayDoubled();
  }

  private addField(key: string, value: LuaValue, dynamic: boolean): void {
    if (!isPropertyKey(key)) return this.setHash(key, value);
    if (value === undefined) return;
    if (this.props === NO_PROPS) this.props = new Props();
    if (dynamic && !(key in this.props) && ++this.dynamic > DYNAMIC_FIELDS) {
      this.becomeDictionary();
      this.setHash(key, value);
    } else {
      this.props[key] = value;
    }
  }

  private becomeDictionary(): void {
    const hash = this.hash ??= new Map();
    const props = this.props;
    for (const key in props) {
      if (props[key] !== undefined) hash.set(key, props[key]);
    }
    this.props = EMPTY_PROPS;
    charge(hash.size * ENTRY_BYTES);
  }

  /** @param key As `hashKey` gives it */
  private setHash(key: HashKey, value: LuaValue): void {
    const hash = this.hash;
    if (value === undefined) {
      if (hash !== null && hash.get(key) !== undefined) {
        hash.set(key, undefined);
        this.removed++;
      }
    } else if (hash === null) {
      this.hash = new Map<HashKey, LuaValue>().set(key, value);
    } else {
      const before = hash.size;
      hash.set(key, value);
      if (hash.size !== before && ((before & (before + 1)) === 0 || this.mustSweep(before))) {
        this.hashGrown(hash, key);
      }
    }
  }

  private mustSweep(size: number): boolean {
    return this.removed > SWEEP_MINIMUM && this.removed * 2 > size;
  }

  private hashGrown(hash: Map<HashKey, LuaValue>, added: HashKey): void {
    if (this.mustSweep(hash.size)) {
      hash.forEach(dropRemoved);
      this.removed = 0;
    }
    if (hash.size < 4) return;
    charge(hash.size * ENTRY_BYTES);
    // A key far beyond what an array part could be half full with changes nothing.
    const reach = 2 * (hash.size + this.array.length);
    if (typeof added === "number" && added <= reach && !(hash instanceof WholeHash)) {
      this.array = layOut(this.array, hash);
    }
  }

  private arrayDoubled(): void {
    const array = this.array;
    charge(array.length * ELEMENT_BYTES);
    if (array.length <= SPARSE_MINIMUM) return;
    let used = 0;
    for (let i = 1; i < array.length; i++) {
      if (array[i] !== undefined) used++;
    }
    // A queue leaves its consumed front behind as nils.
    if (used * 4 < array.length) this.array = layOut(array, this.hash ??= new Map());
  }
}

Object.defineProperty(LuaTable.prototype, "luaType", { value: "table" });

function dropRemoved(value: LuaValue, key: HashKey, hash: Map<HashKey, LuaValue>): void {
  if (value === undefined) hash.delete(key);
}

/**
 * A table of ready parts, for table constructors.
 *
 * @param props Taken over: `NO_PROPS`, or an object of a shape with `PROPS_PROTOTYPE` and names that
 *   `isPropertyKey` allows
 * @param array Taken over: filler at index 0, then the elements, nils at the end allowed
 */
export function tableOf(props: Props, array: LuaValue[]): LuaTable {
  if (array.length > 1 && array[array.length - 1] === undefined) trim(array);
  return new LuaTable(props, array);
}
