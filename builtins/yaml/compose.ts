/** Parser events to Lua values. */
import { type DocumentDirective, type Event, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import { isTable, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";
import { newEmptyArray } from "../json/shape.ts";
import { MAX_DEPTH } from "../json/source.ts";
import { collectionTagError, resolvePlain, resolveTagged } from "./scalar.ts";

/** How many nodes aliases may add to a stream: bounds documents that double with each line. */
const MAX_ALIASED_NODES = 100_000;

/** Directives that every document has (https://yaml.org/spec/1.2.2/#tag-handles). */
const HANDLES: readonly (readonly [string, string])[] = [["!", "!"], ["!!", "tag:yaml.org,2002:"]];

/** A node with an anchor. It has no value while it is being read. */
interface Anchored {
  value: LuaValue;
  open: boolean;
  /** What the node is as a key of a mapping, if it can be one. */
  key: string | undefined;
}

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING }>;
type AliasEvent = Extract<Event, { type: typeof EVENT_ID.ALIAS }>;

/** An error in the content, where the syntax is right. The offset counts UTF-16 units. */
export class ComposeError extends Error {
  constructor(readonly reason: string, readonly offset: number) {
    super(reason);
  }
}

/** Reads the documents of a stream. */
export class Composer {
  #next = 0;
  /** Where the last event with a position began. */
  #offset = 0;
  #depth = 0;
  #aliased = 0;
  #anchors = new Map<string, Anchored>();
  #handles = new Map<string, string>();

  constructor(
    private readonly host: Host,
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  /**
   * The values of the documents, and where the second begins. Empty documents are nil.
   *
   * @throws {ComposeError}
   */
  documents(): { values: LuaValue[]; second: number } {
    const values: LuaValue[] = [];
    let second = 0;
    while (this.#next < this.events.length) {
      const event = this.#take();
      if (event.type !== EVENT_ID.DOCUMENT) throw new TypeError("Document event expected");
      this.#start(event.directives);
      if (values.length === 1) second = this.#startOf(this.#peek()) ?? this.#offset;
      values.push(this.#peek().type === EVENT_ID.POP ? undefined : this.#node());
      this.#take();
    }
    return { values, second };
  }

  #start(directives: readonly DocumentDirective[]): void {
    this.#anchors = new Map();
    this.#handles = new Map(HANDLES);
    for (const directive of directives) {
      if (directive.kind === "tag") this.#handles.set(directive.handle, directive.prefix);
    }
  }

  #peek(): Event {
    // deno-lint-ignore no-non-null-assertion -- the parser closes what it opens
    return this.events[this.#next]!;
  }

  #take(): Event {
    const event = this.#peek();
    this.#next++;
    this.#offset = this.#startOf(event) ?? this.#offset;
    return event;
  }

  #startOf(event: Event): number | undefined {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return event.valueStart < 0 ? undefined : event.valueStart;
      case EVENT_ID.ALIAS:
        return event.anchorStart;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return event.start;
      default:
        return undefined;
    }
  }

  #node(): LuaValue {
    const event = this.#take();
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.ALIAS:
        return this.#copy(this.#anchored(event).value, event.anchorStart, this.#depth);
      case EVENT_ID.SEQUENCE:
        return this.#collection(event, "seq", () => this.#sequence());
      case EVENT_ID.MAPPING:
        return this.#collection(event, "map", () => this.#mapping());
      default:
        throw new TypeError("Node event expected");
    }
  }

  #scalar(event: ScalarEvent): LuaValue {
    const text = this.#scalarText(event);
    const value = this.#resolve(event, text);
    if (event.anchorStart >= 0) {
      this.#anchors.set(this.#anchorName(event), { value, open: false, key: text });
    }
    return value;
  }

  #scalarText(event: ScalarEvent): string {
    const text = getScalarValue(this.text, event);
    if (!text.isWellFormed()) {
      throw new ComposeError("lone surrogate escape in a string", event.valueStart);
    }
    return text;
  }

  #resolve(event: ScalarEvent, text: string): LuaValue {
    const tag = this.#tag(event);
    if (tag === undefined && event.style === SCALAR_STYLE.PLAIN) return resolvePlain(text);
    if (tag === undefined || tag === "!") return fromText(text);
    const resolved = resolveTagged(tag, text);
    if ("error" in resolved) throw new ComposeError(resolved.error, event.tagStart);
    return resolved.value;
  }

  #collection(event: CollectionEvent, name: "seq" | "map", read: () => LuaTable): LuaTable {
    const tag = this.#tag(event);
    const error = tag === undefined || tag === "!" ? undefined : collectionTagError(tag, name);
    if (error !== undefined) throw new ComposeError(error, event.tagStart);
    const anchored: Anchored = { value: undefined, open: true, key: undefined };
    if (event.anchorStart >= 0) this.#anchors.set(this.#anchorName(event), anchored);
    this.#depth++;
    const table = read();
    this.#depth--;
    this.#take();
    anchored.value = table;
    anchored.open = false;
    return table;
  }

  #sequence(): LuaTable {
    const items: LuaValue[] = [];
    while (this.#peek().type !== EVENT_ID.POP) items.push(this.#node());
    return items.length === 0 ? newEmptyArray(this.host) : this.host.vm.newArray(items);
  }

  #mapping(): LuaTable {
    const table = this.host.vm.newTable();
    const keys = new Set<string>();
    while (this.#peek().type !== EVENT_ID.POP) {
      const key = this.#key();
      if (keys.has(key)) throw new ComposeError(`duplicate key ${JSON.stringify(key)}`, this.#offset);
      keys.add(key);
      table.set(fromText(key), this.#node());
    }
    return table;
  }

  /** Keys are text: `1`, `true` and `1.0` as they are written. */
  #key(): string {
    const event = this.#take();
    if (event.type === EVENT_ID.SCALAR) {
      this.#scalar(event);
      return this.#scalarText(event);
    }
    const key = event.type === EVENT_ID.ALIAS ? this.#anchored(event).key : undefined;
    if (key === undefined) throw new ComposeError("a mapping key must be a scalar", this.#offset);
    return key;
  }

  #anchored(event: AliasEvent): Anchored {
    const name = this.#anchorName(event);
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) throw new ComposeError(`unknown alias '${name}'`, event.anchorStart);
    if (anchored.open) {
      throw new ComposeError(`alias '${name}' stands in the node that it refers to`, event.anchorStart);
    }
    return anchored;
  }

  /** Each alias gives a table of its own: changing one must not change the others. */
  #copy(value: LuaValue, offset: number, depth: number): LuaValue {
    if (++this.#aliased > MAX_ALIASED_NODES) {
      throw new ComposeError(`aliases stand for more than ${MAX_ALIASED_NODES} nodes`, offset);
    }
    if (!isTable(value)) return value;
    if (depth >= MAX_DEPTH) throw new ComposeError(`nesting deeper than ${MAX_DEPTH} levels`, offset);
    const copy = this.host.vm.newTable();
    copy.metatable = value.metatable;
    for (const [key, item] of value.entries()) copy.set(key, this.#copy(item, offset, depth + 1));
    return copy;
  }

  #anchorName(event: { anchorStart: number; anchorEnd: number }): string {
    return this.text.slice(event.anchorStart, event.anchorEnd);
  }

  /** The full tag of a node: `tag:yaml.org,2002:str` for `!!str`, `!x` for a local one. */
  #tag(event: { tagStart: number; tagEnd: number }): string | undefined {
    if (event.tagStart < 0) return undefined;
    const source = this.text.slice(event.tagStart, event.tagEnd);
    if (source.startsWith("!<")) return source.slice(2, -1);
    const [, handle = "!", suffix = ""] = /^(!(?:[\w-]*!)?)(.*)$/s.exec(source) ?? [];
    const prefix = this.#handles.get(handle);
    if (prefix === undefined) throw new ComposeError(`undeclared tag handle '${handle}'`, event.tagStart);
    return prefix + suffix;
  }
}
