/** YAML as a tree whose every node knows where it stands in the text. */
import {
  CORE_SCHEMA,
  type Event,
  EVENT_ID,
  eventsToAst,
  type MappingNode,
  type Node,
  parseEvents,
  SCALAR_STYLE,
  type ScalarNode,
  YAMLException,
} from "js-yaml";
import type { Problems } from "./problem.ts";

/** The kinds of scalars of YAML's core schema. */
export type ScalarKind = "null" | "boolean" | "integer" | "float" | "string";

/** A value without parts. */
export interface Scalar {
  readonly kind: ScalarKind;
  /** Its text, without quotes and escapes. */
  readonly text: string;
  /** Written without quotes and tag: its kind follows from its text. */
  readonly isPlain: boolean;
  /** Offset in the source. */
  readonly at: number;
}

/** A list. */
export interface Sequence {
  readonly kind: "sequence";
  readonly items: YamlNode[];
  readonly at: number;
}

/** Values by key. Keys are text whatever they look like. */
export interface Mapping {
  readonly kind: "mapping";
  readonly entries: Map<string, Entry>;
  readonly at: number;
}

/** What a mapping has under one key. */
export interface Entry {
  /** Offset of the key. */
  readonly at: number;
  readonly value: YamlNode;
}

/** A part of a YAML file that knows its place. */
export type YamlNode = Scalar | Sequence | Mapping;

/** Entries that merge keys (`<<`) may copy in one file: aliases of aliases grow without end otherwise. */
const MAX_MERGED = 10_000;

/** The plain scalars of the core schema (YAML 1.2.2, 10.3.2) that are no strings. */
const PLAIN: readonly (readonly [ScalarKind, RegExp])[] = [
  ["null", /^(?:~|null|Null|NULL|)$/],
  ["boolean", /^(?:true|True|TRUE|false|False|FALSE)$/],
  ["integer", /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/],
  [
    "float",
    /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  ],
];

/** The kind that a text has where it stands without quotes. */
export function kindOfPlain(text: string): ScalarKind {
  return PLAIN.find(([, pattern]) => pattern.test(text))?.[0] ?? "string";
}

const TAG_PREFIX = "tag:yaml.org,2002:";
const KINDS: ReadonlyMap<string, YamlNode["kind"]> = new Map([
  [`${TAG_PREFIX}null`, "null"],
  [`${TAG_PREFIX}bool`, "boolean"],
  [`${TAG_PREFIX}int`, "integer"],
  [`${TAG_PREFIX}float`, "float"],
  [`${TAG_PREFIX}str`, "string"],
  [`${TAG_PREFIX}seq`, "sequence"],
  [`${TAG_PREFIX}map`, "mapping"],
]);

/**
 * Reads a text of one YAML 1.2 document (core schema, with aliases and merge keys).
 *
 * @returns Nothing when the text holds no value or when it is not YAML, which `problems` then says
 */
export function parseYaml(source: string, problems: Problems): YamlNode | undefined {
  try {
    const events = parseEvents(source, {});
    const documents = eventsToAst(events, { source, schema: CORE_SCHEMA });
    const [first, second] = documents;
    const converter = new Converter(events.filter(isNode).map(offsetOf), problems);
    const root = first?.contents ?? null;
    const converted = root === null ? undefined : converter.convert(root, 0);
    if (second !== undefined) {
      problems.add(
        converter.startOfNext(source),
        "a second document starts here: a file of checks is one document",
      );
    }
    return converted;
  } catch (error) {
    // The parser also throws plain errors, such as RangeError
    if (!(error instanceof Error)) throw error;
    const known = error instanceof YAMLException;
    const at = known ? error.mark?.position : undefined;
    problems.add(at ?? 0, `not valid YAML: ${known ? error.reason : error.message}`);
    return undefined;
  }
}

function isNode({ type }: Event): boolean {
  return type !== EVENT_ID.DOCUMENT && type !== EVENT_ID.POP;
}

/** Where the node of an event starts; −1 for an empty one. */
function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      // A quoted scalar's range lies between its quotes
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return quoted ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    default:
      return -1;
  }
}

class Converter {
  readonly #positions: readonly number[];
  readonly #problems: Problems;
  /** Undefined while the anchored collection is being read. */
  readonly #anchors = new Map<string, YamlNode | undefined>();
  #next = 0;
  #merged = 0;

  /** @param positions Where each node starts: the parser's tree does not say, but its events do, in the same order */
  constructor(positions: readonly number[], problems: Problems) {
    this.#positions = positions;
    this.#problems = problems;
  }

  /** @param near Where an empty node is taken to stand */
  convert(node: Node, near: number): YamlNode {
    const found = this.#positions[this.#next++] ?? -1;
    const at = found < 0 ? near : found;
    if (node.kind === "alias") return this.#resolve(node.anchor, at);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, undefined);
    const converted = this.#build(node, at);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, converted);
    return converted;
  }

  /** Where the document behind the converted one starts. */
  startOfNext(source: string): number {
    const found = this.#positions[this.#next] ?? -1;
    const end = found < 0 ? source.length : found;
    const marker = source.lastIndexOf("\n---", end);
    return marker < 0 ? end : marker + 1;
  }

  #build(node: Exclude<Node, { kind: "alias" }>, at: number): YamlNode {
    const kind = this.#kind(node, at);
    switch (node.kind) {
      case "scalar":
        return { kind: kind as ScalarKind, text: node.value, isPlain: isPlain(node) && !node.tagged, at };
      case "sequence":
        return { kind: "sequence", items: node.items.map((item) => this.convert(item, at)), at };
      case "mapping":
        return this.#mapping(node, at);
    }
  }

  #kind(node: Exclude<Node, { kind: "alias" }>, at: number): YamlNode["kind"] {
    // An explicit tag is there as it is written: `!!str`, `!<tag:yaml.org,2002:str>`
    const tag = node.tagged ? node.tag.replace(/^!<(.*)>$/, "$1").replace(/^!!/, TAG_PREFIX) : node.tag;
    const kind = KINDS.get(tag);
    const fits = node.kind === "scalar" ? kind !== "sequence" && kind !== "mapping" : kind === node.kind;
    if (kind !== undefined && fits) return kind;
    this.#problems.add(at, `the tag '${node.tag}' does not go here`);
    return node.kind === "scalar" ? "string" : node.kind;
  }

  #resolve(anchor: string, at: number): YamlNode {
    const target = this.#anchors.get(anchor);
    if (target !== undefined) return target;
    const known = this.#anchors.has(anchor);
    this.#problems.add(
      at,
      known ? `alias '*${anchor}' stands inside what it names` : `unknown alias '*${anchor}'`,
    );
    return { kind: "null", text: "", isPlain: true, at };
  }

  #mapping(node: MappingNode, at: number): Mapping {
    const entries = new Map<string, Entry>();
    const merges: YamlNode[] = [];
    for (const { key, value } of node.items) {
      const { at: keyAt } = this.convert(key, at);
      const isMerge = key.kind === "scalar" && key.value === "<<" && !key.tagged && isPlain(key);
      const converted = this.convert(value, keyAt);
      if (isMerge) merges.push(...converted.kind === "sequence" ? converted.items : [converted]);
      else if (key.kind !== "scalar") {
        this.#problems.add(keyAt, "a key must be a word, not an alias or a collection");
      } else this.#define(entries, key.value, { at: keyAt, value: converted });
    }
    for (const merge of merges) this.#merge(entries, merge);
    return { kind: "mapping", entries, at };
  }

  #define(entries: Map<string, Entry>, key: string, entry: Entry): void {
    const first = entries.get(key);
    if (first === undefined) entries.set(key, entry);
    else {this.#problems.add(
        entry.at,
        `duplicate key '${key}': line ${this.#problems.line(first.at)} has it already`,
      );}
  }

  #merge(entries: Map<string, Entry>, source: YamlNode): void {
    if (source.kind !== "mapping") {
      this.#problems.add(source.at, "'<<' takes a mapping or a list of mappings");
      return;
    }
    this.#merged += source.entries.size;
    if (this.#merged > MAX_MERGED) {
      this.#problems.add(source.at, `'<<' merges more than ${MAX_MERGED} keys`);
      return;
    }
    for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
  }
}

function isPlain(node: ScalarNode): boolean {
  return node.style === SCALAR_STYLE.PLAIN;
}
