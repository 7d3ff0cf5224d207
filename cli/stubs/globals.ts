/** LuaCATS stubs of the globals, from their declarations. Their classes begin with `builtin.`: `assay.temporal` is a module. */
import type { GlobalDeclaration } from "../../runtime/seam/declare.ts";
import type { Param } from "../../runtime/seam/params.ts";
import { type DescribedFunction, functionsOf, methodsOf, selfOf } from "../catalogue/describe.ts";
import { comment, functionStub, functionType, type StubFunction, type StubParam } from "./annotate.ts";
import { shapeFields, type ShapeOptions, shapeResults, shapeType } from "./shape.ts";

/** Tables of Lua's own, which are added to. */
const LUAS_OWN: ReadonlySet<string> = new Set(["io", "os", "string"]);

/** Names that declarations use for what has no methods. */
const NAMED: Readonly<Record<string, string>> = {
  iterator: "fun(): table<string, any>",
  row: "table<string, any>",
};

/** The stubs of each global, by its name. */
export function globalStubs(globals: readonly GlobalDeclaration[]): Map<string, string> {
  const classes = new Map(globals.map((global) => [global.name, classesOf(global)]));
  return new Map(globals.map((global) => {
    const own = classes.get(global.name);
    const resolve = (name: string) =>
      own?.get(name) ?? NAMED[name] ?? [...classes.values()].find((other) => other.has(name))?.get(name);
    return [global.name, new GlobalStub(global, resolve).text()];
  }));
}

/** The classes of a global's objects, by the names that its declarations use for them. */
function classesOf({ name, objects = {}, functions = {} }: GlobalDeclaration): Map<string, string> {
  const classes = new Map<string, string>();
  for (const [object, { methods }] of Object.entries(objects)) {
    classes.set(object, `builtin.${name}.${object}`);
    const self = selfOf(Object.values(methods));
    if (self !== undefined) classes.set(self, `builtin.${name}.${object}`);
  }
  // Objects without methods are given to functions: `db.query(conn, …)`
  for (const { params } of Object.values(functions)) {
    for (const { name: param, type } of params) {
      if (!/^\w+ \w+$/.test(type) || classes.has(type)) continue;
      const opaque = `builtin.${type.replace(" ", ".")}`;
      classes.set(type, opaque).set(param, opaque);
    }
  }
  return classes;
}

class GlobalStub {
  readonly #global: GlobalDeclaration;
  readonly #shapes: ShapeOptions;
  /** Names of classes of options, by their fields. */
  readonly #optionClasses = new Map<string, string>();
  #classes = "";

  constructor(global: GlobalDeclaration, resolve: (name: string) => string | undefined) {
    this.#global = global;
    this.#shapes = { resolve };
  }

  text(): string {
    const { name, doc, functions, call, objects = {} } = this.#global;
    const all = functionsOf(this.#global).map((described) => this.#function(described));
    const [own] = all;
    let body = "";
    if (functions === undefined) body = all.map(functionStub).join("\n");
    else {
      const members = call === undefined ? all : all.slice(1);
      if (!LUAS_OWN.has(name)) {
        const overload = call === undefined || own === undefined
          ? ""
          : `---@overload ${functionType(own.params, own.results)}\n`;
        body += `${comment(doc)}---@class builtin.${name}\n${overload}${name} = {}\n\n`;
      }
      body += members.map(functionStub).join("\n");
    }
    for (const [object, declaration] of Object.entries(objects)) {
      const fields = Object.entries(declaration.fields ?? {}).map(([field, type]) =>
        `---@field ${field} ${shapeType(type, this.#shapes)}\n`
      );
      const local = `${name}_${object}`;
      body += `\n${comment(declaration.doc)}---@class builtin.${name}.${object}\n${fields.join("")}` +
        `local ${local} = {}\n\n`;
      const methods = methodsOf(object, declaration).map((described) => this.#function(described));
      body += methods.map((method) =>
        functionStub({ ...method, target: `${local}:${method.target.replace(/^.*:/, "")}` })
      ).join("\n");
    }
    return `${this.#opaqueClasses()}${this.#classes}${body}`;
  }

  #opaqueClasses(): string {
    const declared = new Set(
      Object.keys(this.#global.objects ?? {}).map((o) => `builtin.${this.#global.name}.${o}`),
    );
    const used = new Set(classesOf(this.#global).values());
    return [...used].filter((name) => !declared.has(name)).map((name) => `---@class ${name}\n\n`).join("");
  }

  #function({ name, params, declaration, aliasOf }: DescribedFunction): StubFunction {
    const stubParams = params.map((param) => this.#param(name, param));
    if (declaration.variadic) stubParams.push({ name: "...", type: "any", optional: false });
    return {
      target: name,
      doc: aliasOf === undefined ? declaration.doc : `As ${aliasOf}()`,
      params: stubParams,
      results: shapeResults(declaration.returns, this.#shapes),
    };
  }

  #param(functionName: string, { name, type, optional }: Param<unknown>): StubParam {
    const fields = optional ? shapeFields(type, this.#shapes) : undefined;
    if (fields === undefined || fields.length < 2) {
      return { name, type: shapeType(type, this.#shapes), optional };
    }
    let className = this.#optionClasses.get(type);
    if (className === undefined) {
      className = `builtin.${functionName.replace(":", ".")}.${name}`;
      this.#optionClasses.set(type, className);
      const lines = fields.map((field) =>
        `---@field ${field.key}${field.optional ? "?" : ""} ${field.type}\n`
      );
      this.#classes += `---@class ${className}\n${lines.join("")}\n`;
    }
    return { name, type: className, optional };
  }
}
