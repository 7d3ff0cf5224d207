/** LuaCATS stubs of modules, from the quick references of their headers. */
import type { Entry } from "../catalogue/entry.ts";
import {
  comment,
  functionStub,
  functionType,
  identifier,
  type StubFunction,
  type StubParam,
} from "./annotate.ts";
import { ShapeError, type ShapeOptions, shapeResults, shapeType } from "./shape.ts";

/** `M.client(url, opts?)`, `c.folders:list()`, `M.kratos`. */
const SIGNATURE = /^([A-Za-z_]\w*)((?:[.:][A-Za-z_]\w*)+)(?:\((.*)\))?$/;

/** What parameters of these names are everywhere. */
const PARAM_TYPES: Readonly<Record<string, string>> = {
  opts: "table",
  timeout_secs: "number",
  handler: "function",
};

/** Names of the objects that modules give, by what headers call them. */
const OBJECTS: Readonly<Record<string, string>> = { c: "client", client: "client", p: "policy" };

/** The class of a module: files may be called what no class can be. */
export function className(module: string): string {
  return module.replaceAll(/[^\w.-]/g, "_");
}

interface Member {
  readonly separator: string;
  readonly name: string;
  readonly stub?: StubFunction;
  /** The type of a member that is no function. */
  readonly type?: string;
}

/** A table with functions, and tables in it. */
class Node {
  readonly members: Member[] = [];
  readonly children = new Map<string, Node>();
  constructor(readonly className: string, readonly variable: string) {}

  child(name: string): Node {
    let child = this.children.get(name);
    if (child === undefined) {
      child = new Node(`${this.className}.${name}`, `${this.variable}_${name}`);
      this.children.set(name, child);
    }
    return child;
  }
}

/**
 * The stub of a module, without `---@meta` and `return`: its table is the local `M`.
 *
 * @param same The module that this is another name of
 */
export function moduleStub(entry: Entry, same?: string): string {
  const name = className(entry.name);
  if (same !== undefined) return `${comment(entry.description)}---@class ${name}: ${same}\nlocal M = {}\n`;
  const roots = new Map<string, Node>([["M", new Node(name, "M")]]);
  const resolve = (hint: string) => {
    for (const root of roots.keys()) if (OBJECTS[root] === hint) return `${name}.${hint}`;
    return undefined;
  };
  const docs = new Map(entry.quickrefs.map((ref) => [ref.signature.replace(/\(.*/, ""), ref.description]));
  const read = entry.quickrefs.flatMap(({ signature, returns, description }) => {
    const [, root = "", path = "", params] = SIGNATURE.exec(signature) ?? [];
    const isCallable = [...path.matchAll(/\w+/g)].every(([step]) => identifier(step) === step);
    return root === "" || !isCallable
      ? []
      : [{ root, path, params, returns, description: withOriginal(description, docs) }];
  });
  for (const { root } of read) {
    const object = OBJECTS[root] ?? root;
    if (!roots.has(root)) roots.set(root, new Node(`${name}.${object}`, object));
  }
  for (const { root, path, params, returns, description } of read) {
    const steps = [...path.matchAll(/([.:])(\w+)/g)].map(([, separator = "", name = ""]) => ({
      separator,
      name,
    }));
    const last = steps.pop();
    let node = roots.get(root);
    for (const { name } of steps) node = node?.child(name);
    if (last === undefined || node === undefined) continue;
    node.members.push({ ...last, ...member(params, returns, description, resolve) });
  }
  return [...roots].map(([root, node]) => render(node, root === "M" ? entry.description : "")).join("\n");
}

/** "As c:health()" says no more than where to look: what is found there goes with it. */
function withOriginal(description: string, docs: ReadonlyMap<string, string>): string {
  const [, other = ""] = /^As ([\w.:]+)\(\)$/.exec(description) ?? [];
  const original = docs.get(other);
  return original === undefined ? description : `${description}: ${original}`;
}

function member(
  params: string | undefined,
  returns: string,
  doc: string,
  resolve: (name: string) => string | undefined,
): Pick<Member, "stub" | "type"> {
  if (params === undefined) return { type: /^assay\.[\w.]+$/.test(doc) ? doc : "any" };
  const names = params.split(",").map((name) => name.trim()).filter((name) => /\w|^\.\.\.$/.test(name));
  const stubParams = names.map((text): StubParam => {
    const name = text.replace(/\?$/, "");
    return { name, type: paramType(name, doc), optional: text.endsWith("?") };
  });
  return { stub: { target: "", doc, params: stubParams, results: resultsOf(returns, resolve) } };
}

function resultsOf(returns: string, resolve: (name: string) => string | undefined) {
  return tolerant(() => shapeResults(returns, { open: true, resolve }), [{ type: "any", rest: false }]);
}

/** The type of a parameter: of options what the description says of their fields, `opts: {timeout = 60}`. */
function paramType(name: string, doc: string): string {
  if (name === "...") return "any";
  const plain = PARAM_TYPES[name] ?? "any";
  if (name !== "opts") return plain;
  const fields = fieldsText(doc);
  if (fields === undefined) return plain;
  const shapes: ShapeOptions = { open: true, options: true };
  return tolerant(() => shapeType(fields, shapes), plain).replaceAll(/([{,] \w+)(?=: )/g, "$1?");
}

/** `{a, b = 1}` behind `opts: `, the alternatives behind it joined. */
function fieldsText(doc: string): string | undefined {
  const start = doc.indexOf("opts: {");
  if (start < 0) return undefined;
  const groups: string[] = [];
  let rest = doc.slice(start + "opts: ".length);
  while (rest.startsWith("{")) {
    const end = closingBrace(rest);
    if (end < 0) break;
    groups.push(rest.slice(1, end));
    rest = rest.slice(end + 1).replace(/^\s*(?:or|and|;|,)?\s*(?=\{)/, "");
  }
  return groups.length === 0 ? undefined : `{${groups.join(", ")}}`;
}

function closingBrace(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

/** Headers of other people's modules may say anything. */
function tolerant<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ShapeError) return otherwise;
    throw error;
  }
}

function render(node: Node, doc: string, overload = ""): string {
  const functions = node.members.filter(({ name }) => !node.children.has(name));
  const fields = [
    ...functions.flatMap(({ name, type }) => type === undefined ? [] : [`---@field ${name} ${type}\n`]),
    ...[...node.children].map(([name, child]) => `---@field ${name} ${child.className}\n`),
  ];
  const variable = identifier(node.variable);
  let text = `${comment(doc)}---@class ${node.className}\n${
    fields.join("")
  }${overload}local ${variable} = {}\n`;
  for (const { separator, name, stub } of functions) {
    if (stub !== undefined) {
      text += `\n${functionStub({ ...stub, target: `${variable}${separator}${name}` })}`;
    }
  }
  for (const [name, child] of node.children) {
    // `c.folders:list()` and `c:folders()` too: the table can be called
    const calls = node.members.flatMap(({ name: own, separator, stub }) =>
      own === name && stub !== undefined ? [overloadOf(node, separator, stub)] : []
    );
    text += `\n${render(child, "", calls.join(""))}`;
  }
  return text;
}

function overloadOf(node: Node, separator: string, { params, results }: StubFunction): string {
  const self = separator === ":" ? [{ name: "self", type: node.className, optional: false }] : [];
  return `---@overload ${functionType([...self, ...params], results)}\n`;
}
