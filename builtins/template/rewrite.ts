/**
 * Turns Jinja2 that the engine does not know into what it knows. Lines stay as they are.
 *
 * | Jinja2 | here |
 * | --- | --- |
 * | `{% include x %}`, `extends`, `import`, `from` | `{% include (x)\|__template %}`: tells which files are wanted |
 * | `text.center(9)` and other methods of Python's strings | `(text\|__str_center(9))` |
 * | `"%s" % x` | `("%s"\|__percent([x]))` |
 * | `x\|xmlattr` | `x\|xmlattr\|safe` |
 * | `x.items()`, `x\|items` where x may be a Lua table without anything in it, a list to the engine | `({} if x is sequence and not x else x).items()` |
 */
import type { Tag, Token } from "./scan.ts";

/** Methods of Python's strings that the engine lacks, each a filter `__str_NAME`. */
export const STRING_METHODS: ReadonlySet<string> = new Set([
  "casefold",
  "center",
  "expandtabs",
  "format",
  "index",
  "isdecimal",
  "isidentifier",
  "isprintable",
  "istitle",
  "ljust",
  "partition",
  "removeprefix",
  "removesuffix",
  "rindex",
  "rjust",
  "rpartition",
  "rsplit",
  "swapcase",
  "zfill",
]);

/** Filters whose result is markup: what they are given is escaped in them. */
const MARKUP_FILTERS: ReadonlySet<string> = new Set(["forceescape", "urlize", "xmlattr"]);

const MAPPING_METHODS: ReadonlySet<string> = new Set(["get", "items", "keys", "values"]);
const MAPPING_FILTERS: ReadonlySet<string> = new Set(["dictsort", "items"]);

/** Words that are no operands. */
const OPERATORS: ReadonlySet<string> = new Set(["and", "else", "if", "in", "is", "not", "or"]);

/** Statements that name another template, and the words that end its name. */
const REFERENCES: Readonly<Record<string, ReadonlySet<string>>> = {
  extends: new Set(),
  from: new Set(["import"]),
  import: new Set(["as"]),
  include: new Set(["ignore", "with", "without"]),
};

/** A chain longer than this is not looked at twice. */
const MAX_REPEATED = 120;

const NO_WORDS: ReadonlySet<string> = new Set();

/** A statement that names another template. */
export interface Reference {
  readonly statement: string;
  /** The tokens of the name. */
  readonly name: readonly Token[];
}

/** What a tag refers to, if it is an `include`, `extends`, `import` or `from`. */
export function referenceOf(tag: Tag): Reference | undefined {
  const statement = tag.tokens[0]?.text ?? "";
  if (tag.kind !== "statement" || !Object.hasOwn(REFERENCES, statement)) return undefined;
  const words = REFERENCES[statement] ?? NO_WORDS;
  let depth = 0;
  const end = tag.tokens.findIndex((token, index) => {
    if ("([{".includes(token.text)) depth++;
    if (")]}".includes(token.text)) depth--;
    return index > 0 && depth === 0 && token.kind === "name" && words.has(token.text);
  });
  return { statement, name: tag.tokens.slice(1, end < 0 ? undefined : end) };
}

/** The source with every tag rewritten. */
export function rewriteTemplate(source: string, tags: readonly Tag[]): string {
  const modules = new Set(["self", "super", ...tags.flatMap(importedAs)]);
  let text = "";
  let position = 0;
  for (const tag of tags) {
    text += source.slice(position, tag.innerStart) + new Rewriter(source, tag, modules).rewrite();
    position = tag.innerEnd;
  }
  return text + source.slice(position);
}

/** The names by which other templates' macros are called: their methods are no methods of strings. */
function importedAs({ kind, tokens }: Tag): string[] {
  if (kind !== "statement" || tokens[0]?.text !== "import") return [];
  const as = tokens.findLastIndex((token) => token.text === "as");
  return as < 0 ? [] : [tokens[as + 1]?.text ?? ""];
}

class Rewriter {
  readonly #tokens: readonly Token[];
  #index = 0;
  #position: number;

  constructor(
    private readonly source: string,
    private readonly tag: Tag,
    private readonly modules: ReadonlySet<string>,
  ) {
    this.#tokens = tag.tokens;
    this.#position = tag.innerStart;
  }

  rewrite(): string {
    let text = "";
    if (this.tag.kind === "statement") {
      const reference = referenceOf(this.tag);
      text += this.#take();
      if (reference !== undefined && reference.name.length > 0) {
        const blanks = this.#blanks();
        const end = 1 + reference.name.length;
        let name = "";
        while (this.#index < end) name += this.#piece();
        text += `${blanks}(${name})|__template`;
      }
    }
    while (this.#index < this.#tokens.length) text += this.#piece();
    return text + this.source.slice(this.#position, this.tag.innerEnd);
  }

  #peek(offset = 0): string {
    return this.#tokens[this.#index + offset]?.text ?? "";
  }

  #blanks(): string {
    const start = this.#tokens[this.#index]?.start ?? this.#position;
    const blanks = this.source.slice(this.#position, start);
    this.#position = start;
    return blanks;
  }

  /** The next token with the blanks before it. */
  #take(): string {
    const token = this.#tokens[this.#index];
    if (token === undefined) return "";
    this.#index++;
    const text = this.source.slice(this.#position, token.end);
    this.#position = token.end;
    return text;
  }

  /** An operand with all that is bound to it, or one token of another kind. */
  #piece(): string {
    const token = this.#tokens[this.#index];
    if (token === undefined) return "";
    const begins = token.kind === "symbol" ? "([{".includes(token.text) : !OPERATORS.has(token.text);
    if (!begins) return this.#take();
    const blanks = this.#blanks();
    const start = this.#index;
    const left = this.#operand();
    if (token.kind !== "string" || this.#index !== start + 1 || this.#peek() !== "%") return blanks + left;
    this.#take();
    return `${blanks}(${left}|__percent(${this.#percentArguments()}))`;
  }

  #percentArguments(): string {
    let signs = "";
    while ("+-".includes(this.#peek()) && this.#peek() !== "") signs += this.#take();
    const blanks = this.#blanks();
    const start = this.#index;
    const right = this.#operand();
    return signs === "" && this.#isTuple(start, this.#index) ? blanks + right : `[${signs}${blanks}${right}]`;
  }

  #isTuple(start: number, end: number): boolean {
    if (this.#tokens[start]?.text !== "(" || this.#tokens[end - 1]?.text !== ")") return false;
    let depth = 0;
    let commas = false;
    for (const [index, { text }] of this.#tokens.slice(start, end).entries()) {
      if ("([{".includes(text)) depth++;
      else if (")]}".includes(text) && --depth === 0 && start + index < end - 1) return false;
      else if (text === "," && depth === 1) commas = true;
    }
    return commas;
  }

  #operand(): string {
    let text = "([{".includes(this.#peek()) ? this.#group() : this.#take();
    for (;;) {
      const next = this.#peek();
      if (next === "(" || next === "[") text += this.#blanks() + this.#group();
      else if (next === "." && this.#tokens[this.#index + 1]?.kind === "name") text = this.#attribute(text);
      else if (next === "|" && this.#tokens[this.#index + 1]?.kind === "name") text = this.#filter(text);
      else if (next === ".") text += this.#take() + this.#take();
      else return text;
    }
  }

  #group(): string {
    let text = this.#take();
    while (this.#index < this.#tokens.length && !")]}".includes(this.#peek())) text += this.#piece();
    return text + this.#take();
  }

  #attribute(chain: string): string {
    const dot = this.#take();
    const name = this.#peek();
    const method = this.#take();
    if (this.#peek() !== "(" || this.modules.has(chain)) return chain + dot + method;
    if (MAPPING_METHODS.has(name)) return mapping(chain) + dot + method;
    if (!STRING_METHODS.has(name)) return chain + dot + method;
    return `(${chain}|__str_${name}${this.#blanks()}${this.#group()})`;
  }

  #filter(chain: string): string {
    const bar = this.#take();
    const name = this.#peek();
    const text = (MAPPING_FILTERS.has(name) ? mapping(chain) : chain) + bar + this.#take();
    if (!MARKUP_FILTERS.has(name)) return text;
    return `${text}${this.#peek() === "(" ? this.#blanks() + this.#group() : ""}|safe`;
  }
}

/** A list without elements may be meant as a mapping: a Lua table has no way to tell. */
function mapping(chain: string): string {
  if (chain.length > MAX_REPEATED || chain.includes("\n")) return chain;
  return `({} if ${chain} is sequence and not ${chain} else ${chain})`;
}
