/** Finds the tags of a Jinja template, and the tokens in them. */

/** A token of a tag. Offsets are those of the source. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "symbol";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `{{ … }}` or `{% … %}`. Comments and the contents of raw blocks are none. */
export interface Tag {
  readonly kind: "output" | "statement";
  /** With its delimiters. */
  readonly start: number;
  readonly end: number;
  /** Between the delimiters and their signs of whitespace control. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly tokens: readonly Token[];
}

const OPENING = /\{[{%#]/g;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
const TOKEN =
  /([A-Za-z_]\w*)|(\d[\w]*(?:\.\d+(?:[eE][+-]?\d+)?)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\S)/gsy;
const BLANKS = /\s*/y;

/** The tags of a source, up to the first that does not end: the engine tells what is wrong with that. */
export function scanTags(source: string): Tag[] {
  const tags: Tag[] = [];
  let line = 1;
  let counted = 0;
  for (let position = 0;;) {
    OPENING.lastIndex = position;
    const opening = OPENING.exec(source);
    if (opening === null) return tags;
    const start = opening.index;
    if (opening[0] === "{#") {
      const end = source.indexOf("#}", start + 2);
      if (end < 0) return tags;
      position = end + 2;
      continue;
    }
    for (; counted < start; counted++) if (source.charCodeAt(counted) === 10) line++;
    const tag = scanTag(source, start, opening[0] === "{{" ? "output" : "statement", line);
    if (tag === undefined) return tags;
    tags.push(tag);
    position = tag.end;
    if (tag.kind === "statement" && tag.tokens[0]?.text === "raw" && tag.tokens.length === 1) {
      END_RAW.lastIndex = position;
      const end = END_RAW.exec(source);
      if (end === null) return tags;
      position = end.index + end[0].length;
    }
  }
}

function scanTag(source: string, start: number, kind: Tag["kind"], line: number): Tag | undefined {
  const closing = kind === "output" ? "}}" : "%}";
  const innerStart = start + (/[-+]/.test(source.charAt(start + 2)) ? 3 : 2);
  const tokens: Token[] = [];
  let depth = 0;
  for (let position = innerStart;;) {
    BLANKS.lastIndex = position;
    position += BLANKS.exec(source)?.[0].length ?? 0;
    const signed = /[-+]/.test(source.charAt(position)) && source.startsWith(closing, position + 1);
    if (depth === 0 && (signed || source.startsWith(closing, position))) {
      const end = position + (signed ? 3 : 2);
      return { kind, start, end, innerStart, innerEnd: position, line, tokens };
    }
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    if (match === null) return undefined;
    const [text, name, number, string] = match;
    if ("([{".includes(text)) depth++;
    else if (")]}".includes(text)) depth--;
    tokens.push({
      kind: name !== undefined
        ? "name"
        : number !== undefined
        ? "number"
        : string !== undefined
        ? "string"
        : "symbol",
      text,
      start: position,
      end: position += text.length,
    });
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The text that a string token stands for. */
export function stringValue(token: Token): string {
  return token.text.slice(1, -1).replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs,
    (_all, unicode?: string, hex?: string, other = "") => {
      const code = unicode ?? hex;
      return code === undefined ? ESCAPES[other] ?? other : String.fromCharCode(parseInt(code, 16));
    },
  );
}
