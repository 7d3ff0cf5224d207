/** Lines of LuaCATS annotations. */

/** A parameter of a stub. */
export interface StubParam {
  /** `...` for any number of arguments. */
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** A function of a stub. */
export interface StubFunction {
  /** What stands behind `function`: `http.get`, `c:health`. */
  readonly target: string;
  readonly doc: string;
  readonly params: readonly StubParam[];
  readonly results: readonly { type: string; rest: boolean }[];
}

const KEYWORDS: ReadonlySet<string> = new Set(
  ("and break do else elseif end false for function global goto if in local nil not or repeat return then true " +
    "until while").split(" "),
);

/** A name that can be a parameter's or a variable's. */
export function identifier(name: string): string {
  const plain = name.replaceAll(/\W/g, "_");
  return KEYWORDS.has(plain) || /^\d/.test(plain) ? `${plain}_` : plain;
}

/** A doc comment on one line; text of others may hold anything. */
export function comment(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is taken out
  const line = text.replaceAll(/[\x00-\x1f\x7f]/g, " ").trim();
  return line === "" ? "" : `---${line}\n`;
}

/** A function with its annotations. */
export function functionStub({ target, doc, params, results }: StubFunction): string {
  const named = params.map((param) => ({
    ...param,
    name: param.name === "..." ? "..." : identifier(param.name),
  }));
  const lines = [
    ...named.map(({ name, type, optional }) => `---@param ${name}${optional ? "?" : ""} ${type}\n`),
    ...results.map(({ type, rest }) => `---@return ${type}${rest ? " ..." : ""}\n`),
  ];
  return `${comment(doc)}${lines.join("")}function ${target}(${
    named.map(({ name }) => name).join(", ")
  }) end\n`;
}

/** A function type, `fun(url: string, ...: any): string`. */
export function functionType(params: readonly StubParam[], results: StubFunction["results"]): string {
  const list = params.map(({ name, type, optional }) =>
    `${name === "..." ? name : identifier(name)}${optional && name !== "..." ? "?" : ""}: ${type}`
  );
  const types = results.map(({ type, rest }) =>
    rest ? `...${type}` : type.includes("|") ? `(${type})` : type
  );
  return `fun(${list.join(", ")})${types.length === 0 ? "" : `: ${types.join(", ")}`}`;
}
