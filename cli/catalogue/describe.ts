/** From the declaration of a global, and from the source of a module, to what the catalogue knows of it. */
import { parseMetadata, type QuickRef } from "../../runtime/metadata.ts";
import type { FunctionSignature, GlobalDeclaration, ObjectDeclaration } from "../../runtime/seam/declare.ts";
import type { Param } from "../../runtime/seam/params.ts";
import type { Entry } from "./entry.ts";

/** Entries before it is known where they are from. */
type Described = Omit<Entry, "source" | "kind">;

/** A function as documentation shows it: how it is called, and its declaration. */
export interface DescribedFunction {
  /** `http.get`, `handle:await`. */
  readonly name: string;
  /** Without the object of a method. */
  readonly params: readonly Param<unknown>[];
  readonly declaration: FunctionSignature;
  /** The function that this is another name of. */
  readonly aliasOf?: string;
}

/** The functions of a global, its own call first, then other names. */
export function functionsOf(global: GlobalDeclaration): DescribedFunction[] {
  const { name, call, functions = {}, aliases = {} } = global;
  const described: DescribedFunction[] = [];
  if (call !== undefined) described.push({ name, params: call.params, declaration: call });
  for (const [key, declaration] of Object.entries(functions)) {
    described.push({ name: `${name}.${key}`, params: declaration.params, declaration });
  }
  for (const [alias, key] of Object.entries(aliases)) {
    const declaration = functions[key];
    if (declaration === undefined) continue;
    described.push({
      name: `${name}.${alias}`,
      params: declaration.params,
      declaration,
      aliasOf: `${name}.${key}`,
    });
  }
  return described;
}

/** The methods of a kind of object that a global's functions give. */
export function methodsOf(name: string, { methods }: ObjectDeclaration): DescribedFunction[] {
  const all = Object.entries(methods);
  const self = selfOf(all.map(([, declaration]) => declaration));
  return all.map(([key, declaration]) => ({
    name: `${name}:${key}`,
    params: self === undefined ? declaration.params : declaration.params.slice(1),
    declaration,
  }));
}

/** The type of the parameter that is the object itself: the first of every method, where all agree in it. */
export function selfOf(methods: readonly FunctionSignature[]): string | undefined {
  const firsts = methods.map(({ params }) => params[0]);
  const [first] = firsts;
  if (first === undefined || first.optional) return undefined;
  const shared = firsts.every((other) => other?.name === first.name && other.type === first.type);
  return shared && !/^(string|number|integer|any|table|function|boolean)$/.test(first.type)
    ? first.type
    : undefined;
}

/** `http.get(url, opts?)`. */
export function signatureOf({ name, params, declaration }: DescribedFunction): string {
  const names = params.map((param) => `${param.name}${param.optional ? "?" : ""}`);
  if (declaration.variadic) names.push("...");
  return `${name}(${names.join(", ")})`;
}

/** What a global declares, as an entry. */
export function describeGlobal(global: GlobalDeclaration): Described {
  const functions = functionsOf(global);
  const methods = Object.entries(global.objects ?? {}).flatMap(([name, object]) => methodsOf(name, object));
  return {
    name: global.name,
    description: global.doc,
    keywords: [],
    env: [],
    quickrefs: [...functions, ...methods].map(quickRefOf),
    functions: [...new Set([...functions, ...methods].map(({ name }) => name.replace(/^\w+[.:]/, "")))],
  };
}

function quickRefOf(described: DescribedFunction): QuickRef {
  const { declaration, aliasOf } = described;
  return {
    signature: signatureOf(described),
    returns: withoutFieldTypes(declaration.returns),
    description: aliasOf === undefined ? declaration.doc : `As ${aliasOf}()`,
  };
}

/** `{status, body}` of `{status: integer, body: string}`: one line has to tell the whole function. */
function withoutFieldTypes(type: string): string {
  return type.replaceAll(/(\w\??): (?:\{[^}]*\}|[^,{}])+/g, "$1");
}

/** What the source (text) of a module says of it, as an entry of this name. */
export function describeModule(name: string, source: string): Described {
  const { description, keywords, env, quickrefs, functions } = parseMetadata(source);
  return { name, description, keywords, env, quickrefs, functions };
}
