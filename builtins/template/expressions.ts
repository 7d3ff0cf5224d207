/** Rewrites the expressions in a tag: see `rewrite.ts`. */
import { type CallArgument, changeFilter } from "./filter_calls.ts";
import type { Tag, Token } from "./scan.ts";

/** Methods of Python's strings that the engine lacks, each a filter `__str_NAME`. */
const STRING_METHODS: ReadonlySet<string> = new Set([
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

const MAPPING_METHODS: ReadonlySet<string> = new Set(["get", "items", "keys", "values"]);
const MAPPING_FILTERS: ReadonlySet<string> = new Set(["dictsort", "items"]);

/** Words that are no operands. */
const OPERATORS: ReadonlySet<string> = new Set(["and", "else", "if", "in", "is", "not", "or"]);

/** How deep brackets are looked into. */
const MAX_DEPTH = 200;

/** A chain longer than this is not looked at twice. */
const MAX_REPEATED = 120;

/** Goes through the tokens of a tag and gives them back as text, changed where the engine needs it. */
export class ExpressionRewriter {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;
  #position: number;

  constructor(
    private readonly source: string,
    private readonly tag: Tag,
    private readonly modules: ReadonlySet<string>,
  ) {
    this.#tokens = tag.tokens;
    this.#position = tag.innerStart;
  }

  get isDone(): boolean {
    return this.#index >= this.#tokens.length;
  }

  /** How many tokens have been taken. */
  get index(): number {
    return this.#index;
  }

  /** Everything from here up to a token, by its index. */
  upTo(end: number): string {
    let text = "";
    while (this.#index < Math.min(end, this.#tokens.length)) text += this.#piece();
    return text;
  }

  /** What is left, blanks at the end included. */
  rest(): string {
    return this.upTo(Infinity) + this.source.slice(this.#position, this.tag.innerEnd);
  }

  /** Leaves out what is left but the ends of its lines. */
  dropRest(): string {
    this.#index = this.#tokens.length;
    return this.source.slice(this.#position, this.tag.innerEnd).replace(/[^\n]+/g, " ");
  }

  #peek(): string {
    return this.#tokens[this.#index]?.text ?? "";
  }

  /** The blanks before the next token. */
  blanks(): string {
    const start = this.#tokens[this.#index]?.start ?? this.#position;
    const blanks = this.source.slice(this.#position, start);
    this.#position = start;
    return blanks;
  }

  /** The next token with the blanks before it. */
  take(): string {
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
    if (!begins) return this.take();
    const blanks = this.blanks();
    const start = this.#index;
    const left = this.#operand();
    if (token.kind !== "string" || this.#index !== start + 1 || this.#peek() !== "%") return blanks + left;
    this.take();
    return `${blanks}(${left}|__percent(${this.#percentArguments()}))`;
  }

  #percentArguments(): string {
    let signs = "";
    while ("+-".includes(this.#peek()) && this.#peek() !== "") signs += this.take();
    const blanks = this.blanks();
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
    // The engine tells that it is too deep
    if (this.#depth >= MAX_DEPTH) return this.take();
    const word = this.#peek();
    let text = "([{".includes(word) ? this.#group() : this.take();
    // The engine's takes a list
    if (word === "cycler" && this.#peek() === "(") {
      text += this.#group().replace(/^(\s*)\(([^]*)\)$/, "$1([$2])");
    }
    for (;;) {
      const next = this.#peek();
      if (next === "(" || next === "[") text += this.blanks() + this.#group();
      else if (next === "." && this.#tokens[this.#index + 1]?.kind === "name") text = this.#attribute(text);
      else if (next === "|" && this.#tokens[this.#index + 1]?.kind === "name") text = this.#filter(text);
      else if (next === ".") text += this.take() + this.take();
      else return text;
    }
  }

  #group(): string {
    let text = this.take();
    this.#depth++;
    while (this.#index < this.#tokens.length && !")]}".includes(this.#peek())) text += this.#piece();
    this.#depth--;
    return text + this.take();
  }

  #attribute(chain: string): string {
    const dot = this.take();
    const name = this.#peek();
    const method = this.take();
    if (this.#peek() !== "(" || this.modules.has(chain)) return chain + dot + method;
    if (MAPPING_METHODS.has(name)) return this.#mappingMethod(chain, name, dot + method);
    if (!STRING_METHODS.has(name)) return chain + dot + method;
    return `(${chain}|__str_${name}${this.blanks()}${this.#group()})`;
  }

  #mappingMethod(chain: string, name: string, method: string): string {
    if (name !== "get") return mapping(chain) + method;
    const args = this.#arguments();
    const [key, fallback] = args;
    // The engine's `get` knows no default
    return key === undefined || fallback === undefined || args.length > 2
      ? `${mapping(chain)}${method}(${args.map(({ text }) => text).join(",")})`
      : `(${chain}[${key.text}]|default(${fallback.text}))`;
  }

  #filter(chain: string): string {
    const bar = this.take();
    const blanks = this.blanks();
    const name = this.take();
    const args = this.#peek() === "(" ? this.#arguments() : undefined;
    const changed = changeFilter(MAPPING_FILTERS.has(name) ? mapping(chain) : chain, name, args ?? []);
    if (changed !== undefined) return changed;
    const list = args === undefined ? "" : `(${args.map(({ text }) => text).join(",")})`;
    return `${MAPPING_FILTERS.has(name) ? mapping(chain) : chain}${bar}${blanks}${name}${list}`;
  }

  /** What stands in the brackets of a call. */
  #arguments(): CallArgument[] {
    this.take();
    this.#depth++;
    const args: CallArgument[] = [];
    while (this.#index < this.#tokens.length && this.#peek() !== ")") {
      const start = this.#index;
      const isNamed = this.#tokens[start]?.kind === "name" && this.#tokens[start + 1]?.text === "=" &&
        this.#tokens[start + 2]?.text !== "=";
      const name = isNamed ? this.#peek() : undefined;
      let text = "";
      while (this.#index < this.#tokens.length && !/^[,)]$/.test(this.#peek())) text += this.#piece();
      args.push({ name, text });
      if (this.#peek() === ",") this.take();
    }
    this.#depth--;
    const last = this.take().slice(0, -1);
    const final = args.at(-1);
    if (final !== undefined) args[args.length - 1] = { ...final, text: final.text + last };
    return args;
  }
}

/** A list without elements may be meant as a mapping: a Lua table has no way to tell. */
function mapping(chain: string): string {
  if (chain.length > MAX_REPEATED || chain.includes("\n")) return chain;
  return `({} if ${chain} is sequence and not ${chain} else ${chain})`;
}
