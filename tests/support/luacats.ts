/**
 * A reader of LuaCATS annotations, written from the description of the format
 * (https://luals.github.io/wiki/annotations/), to judge the stubs that `assay types` writes.
 */

/** What a file of stubs declares. */
export interface Declarations {
  /** Names of classes. */
  readonly classes: ReadonlySet<string>;
  /** Names of types that are used. */
  readonly used: ReadonlySet<string>;
}

const BUILTIN: ReadonlySet<string> = new Set(
  "any boolean function integer lightuserdata nil number self string table thread unknown userdata".split(
    " ",
  ),
);
const NAME = /^[A-Za-z_][\w.-]*/;
const IDENTIFIER = /^[A-Za-z_]\w*/;

/** Reads every annotation of a file. @throws {Error} With the line, when one is not well formed */
export function readAnnotations(text: string): Declarations {
  const classes = new Set<string>();
  const used = new Set<string>();
  let params: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    try {
      const [, tag, rest = ""] = /^---@(\w+)(?: (.*))?$/.exec(line) ?? [];
      if (tag !== undefined) readTag(tag, new Reader(rest, used), classes, params);
      const [, list] = /^function [\w.:]+\((.*)\) end$/.exec(line) ?? [];
      if (list !== undefined) {
        const written = list.split(",").map((name) => name.trim()).filter((name) => name !== "");
        if (written.join() !== params.join()) {
          throw new Error(`@param ${params.join()} of (${written.join()})`);
        }
        params = [];
      } else if (line !== "" && !line.startsWith("---") && params.length > 0) {
        throw new Error("@param before what is no function");
      }
    } catch (error) {
      throw new Error(`line ${index + 1}: ${line}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { classes, used };
}

function readTag(tag: string, reader: Reader, classes: Set<string>, params: string[]): void {
  switch (tag) {
    case "meta":
      if (!reader.isAtEnd) reader.match(NAME);
      break;
    case "class":
      classes.add(reader.match(NAME));
      if (reader.take(":")) reader.type();
      break;
    case "field":
      if (reader.take("[")) {
        reader.type();
        reader.expect("]");
      } else {
        reader.match(IDENTIFIER);
        reader.take("?");
      }
      reader.type();
      break;
    case "param":
      params.push(reader.take("...") ? "..." : reader.match(IDENTIFIER));
      reader.take("?");
      reader.type();
      break;
    case "return":
      reader.type();
      reader.take("...");
      break;
    case "overload":
      if (!reader.startsWith("fun(")) throw new Error("an overload is a function");
      reader.type();
      break;
    default:
      throw new Error(`there is no @${tag}`);
  }
  reader.end();
}

class Reader {
  #rest: string;
  readonly #used: Set<string>;

  constructor(text: string, used: Set<string>) {
    this.#rest = text;
    this.#used = used;
  }

  get isAtEnd(): boolean {
    return this.#rest.trim() === "";
  }

  startsWith(text: string): boolean {
    return this.#rest.startsWith(text);
  }

  take(token: string): boolean {
    const rest = this.#rest.trimStart();
    if (!rest.startsWith(token)) return false;
    this.#rest = rest.slice(token.length);
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new Error(`'${token}' is expected at '${this.#rest}'`);
  }

  match(pattern: RegExp): string {
    this.#rest = this.#rest.trimStart();
    const [text] = pattern.exec(this.#rest) ?? [];
    if (text === undefined) throw new Error(`${pattern} is expected at '${this.#rest}'`);
    this.#rest = this.#rest.slice(text.length);
    return text;
  }

  end(): void {
    if (!this.isAtEnd) throw new Error(`'${this.#rest}' is left over`);
  }

  type(): void {
    do {
      this.#primary();
      while (this.take("[]") || this.take("?"));
    } while (this.take("|"));
  }

  #primary(): void {
    if (this.take("(")) {
      this.type();
      this.expect(")");
    } else if (this.take("{")) this.#table();
    else if (this.take('"')) this.match(/^[^"]*"/);
    else if (this.take("fun(")) this.#function();
    else {
      const name = this.match(NAME);
      if (name === "true" || name === "false") return;
      if (!BUILTIN.has(name)) this.#used.add(name);
      if (this.take("<")) {
        do this.type(); while (this.take(","));
        this.expect(">");
      }
    }
  }

  #table(): void {
    do {
      if (this.take("[")) {
        this.type();
        this.expect("]");
      } else {
        this.match(IDENTIFIER);
        this.take("?");
      }
      this.expect(":");
      this.type();
    } while (this.take(","));
    this.expect("}");
  }

  #function(): void {
    while (!this.take(")")) {
      if (!this.take("...")) this.match(IDENTIFIER);
      this.take("?");
      if (this.take(":")) this.type();
      this.take(",");
    }
    if (!this.take(":")) return;
    do {
      this.take("...");
      this.type();
    } while (this.take(","));
  }
}
