/**
 * The types of the documentation as LuaCATS types (https://luals.github.io/wiki/annotations/):
 *
 *     [x]  {a, b?: string, ...}  {[key] = value}  {key = value}  function(x)  a|b  x?  "word"  any...  a, b
 */

/** How types become LuaCATS. */
export interface ShapeOptions {
  /** The LuaCATS type of a name, where there is one; others are `any`. */
  readonly resolve?: (name: string) => string | undefined;
  /** Whether tables may have fields that are not named: answers of a product, for instance. @default false */
  readonly open?: boolean;
  /** Whether `{a = 1}` gives a field that may be left out and its default, and no map. @default false */
  readonly options?: boolean;
}

/** A result of a function. */
export interface ResultShape {
  readonly type: string;
  /** Whether it stands for any number of results. */
  readonly rest: boolean;
}

const BUILTIN: Readonly<Record<string, string>> = {
  any: "any",
  bool: "boolean",
  boolean: "boolean",
  false: "false",
  function: "function",
  integer: "integer",
  nil: "nil",
  number: "number",
  string: "string",
  table: "table",
  true: "true",
};

/** A type of the documentation that cannot be read. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** The LuaCATS type of one type. @throws {ShapeError} */
export function shapeType(text: string, options: ShapeOptions = {}): string {
  const parser = new Parser(text, options);
  const type = parser.union();
  parser.end();
  return type;
}

/** The results of a function: none for `nil` and `never`. @throws {ShapeError} */
export function shapeResults(text: string, options: ShapeOptions = {}): ResultShape[] {
  if (text === "nil" || text === "never") return [];
  const parser = new Parser(text, options);
  const results: ResultShape[] = [];
  do {
    if (parser.take("...")) results.push({ type: "any", rest: true });
    else results.push({ type: parser.union(), rest: parser.take("...") });
  } while (parser.take(","));
  parser.end();
  return results;
}

/** The fields of a table type, by name, or undefined where it is no table with names. @throws {ShapeError} */
export function shapeFields(text: string, options: ShapeOptions = {}): Field[] | undefined {
  if (!text.startsWith("{")) return undefined;
  const parser = new Parser(text, options);
  const fields = parser.fields();
  parser.end();
  return fields.every(({ kind }) => kind === "named") ? fields : undefined;
}

/** A part of a table type. */
export interface Field {
  readonly kind: "named" | "index" | "more";
  /** A name, or the type of a key. */
  readonly key: string;
  readonly optional: boolean;
  readonly type: string;
}

const TOKEN = /\s*(\.\.\.|"[^"]*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|[[\]{}()|,:?=<>])/y;

class Parser {
  readonly #tokens: string[] = [];
  readonly #text: string;
  readonly #options: ShapeOptions;
  #next = 0;

  constructor(text: string, options: ShapeOptions) {
    this.#text = text;
    this.#options = options;
    const end = text.trimEnd().length;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < end) {
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw new ShapeError(`'${text}' is no type`);
      this.#tokens.push(token);
    }
  }

  take(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next++;
    return true;
  }

  end(): void {
    if (this.#next < this.#tokens.length) this.#fail();
  }

  union(): string {
    const types: string[] = [];
    do types.push(this.#primary()); while (this.take("|"));
    // What may be anything may be nil, too
    return types.includes("any") ? "any" : [...new Set(types)].join("|");
  }

  #primary(): string {
    let type: string;
    if (this.take("[")) {
      const element = this.union();
      this.#expect("]");
      type = /[|]/.test(element) && !element.startsWith("{") ? `(${element})[]` : `${element}[]`;
    } else if (this.#tokens[this.#next] === "{") type = this.#table();
    else type = this.#named();
    return this.take("?") && type !== "any" ? `${type}|nil` : type;
  }

  #named(): string {
    const token = this.#tokens[this.#next++] ?? this.#fail();
    if (token.startsWith('"')) return token;
    if (/^-?\d/.test(token)) return token.includes(".") ? "number" : "integer";
    if (!/^\w/.test(token)) this.#fail();
    if (token === "function" && this.take("(")) return this.#function();
    // `db connection`, `http.client` are names too
    let name = token;
    while (/^[A-Za-z_]/.test(this.#tokens[this.#next] ?? "")) name += ` ${this.#tokens[this.#next++]}`;
    return BUILTIN[name] ?? this.#options.resolve?.(name) ?? "any";
  }

  #function(): string {
    const params: string[] = [];
    while (!this.take(")")) {
      params.push(`${this.#tokens[this.#next++] ?? this.#fail()}: any`);
      this.take(",");
    }
    return `fun(${params.join(", ")})`;
  }

  #table(): string {
    const fields = this.fields();
    const [only] = fields;
    if (only?.kind === "index" && fields.length === 1) return `table<${only.key}, ${only.type}>`;
    const parts = fields.filter(({ kind }) => kind !== "more").map(({ kind, key, optional, type }) =>
      kind === "index" ? `[${key}]: ${type}` : `${key}${optional ? "?" : ""}: ${type}`
    );
    const open = this.#options.open || fields.some(({ kind }) => kind === "more");
    if (parts.length === 0) return "table";
    return `{ ${[...parts, ...(open ? ["[string]: any"] : [])].join(", ")} }`;
  }

  fields(): Field[] {
    this.#expect("{");
    const fields: Field[] = [];
    while (!this.take("}")) {
      fields.push(this.#field());
      if (!this.take(",") && this.#tokens[this.#next] !== "}") this.#fail();
    }
    return fields;
  }

  #field(): Field {
    if (this.take("...")) return { kind: "more", key: "", optional: true, type: "any" };
    if (this.take("[")) {
      const literal = this.#tokens[this.#next]?.startsWith('"');
      const key = this.union();
      this.#expect("]");
      const type = this.take("=") || this.take(":") ? this.union() : "any";
      return { kind: literal ? "named" : "index", key: literal ? `[${key}]` : key, optional: false, type };
    }
    const key = this.#tokens[this.#next++] ?? this.#fail();
    if (!/^[A-Za-z_]/.test(key)) this.#fail();
    const optional = this.take("?");
    if (this.take(":")) return { kind: "named", key, optional, type: this.union() };
    if (!this.take("=")) return { kind: "named", key, optional, type: "any" };
    const type = this.#defaultType();
    if (type !== undefined) return { kind: "named", key, optional: true, type };
    if (this.#options.options) return { kind: "named", key, optional: true, type: this.union() };
    return { kind: "index", key: "string", optional: false, type: this.union() };
  }

  /** The type of what stands as a default, `60`, or of the values to choose from, `"a" or "b"`. */
  #defaultType(): string | undefined {
    const token = this.#tokens[this.#next] ?? "";
    if (!/^["\d-]|^(true|false)$/.test(token)) return undefined;
    this.#next++;
    if (/^[\d-]/.test(token)) return "number";
    if (!token.startsWith('"')) return "boolean";
    const values = [token];
    while (this.take("or")) values.push(this.#tokens[this.#next++] ?? this.#fail());
    return values.length === 1 ? "string" : values.join("|");
  }

  #expect(token: string): void {
    if (!this.take(token)) this.#fail();
  }

  #fail(): never {
    throw new ShapeError(
      `'${this.#text}' is no type: '${this.#tokens[this.#next] ?? "the end"}' is not expected`,
    );
  }
}
