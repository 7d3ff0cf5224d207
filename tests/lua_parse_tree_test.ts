/** The parser's trees: values, precedence, lines, and what is found out about names. */
import assert from "node:assert/strict";
import type { Expression, FunctionNode, Statement, Variable } from "../runtime/lua/ast.ts";
import { parseChunk } from "../runtime/lua/parse/parse.ts";
import { integerFromBigInt, LuaFloat } from "../runtime/lua/value.ts";

/** The value of an expression that is a constant. */
function constant(source: string): unknown {
  const expression = returned(source);
  assert.ok(expression.kind === "number" || expression.kind === "string", source);
  return expression.value;
}

function returned(source: string): Expression {
  const statement = parseChunk(`return ${source}`, "n").main.body.statements[0];
  assert.ok(statement?.kind === "return");
  const [value] = statement.values;
  assert.ok(value !== undefined);
  return value;
}

Deno.test("numerals are integers or floats, decimal ones grow, hexadecimal ones wrap", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["0", 0],
    ["123456789012345", 123456789012345],
    ["9007199254740993", integerFromBigInt(9007199254740993n)],
    ["9223372036854775807", integerFromBigInt(2n ** 63n - 1n)],
    ["9223372036854775808", new LuaFloat(2 ** 63)],
    ["0x7fffffffffffffff", integerFromBigInt(2n ** 63n - 1n)],
    ["0xffffffffffffffff", -1],
    ["0x1ffffffffffffffff", -1],
    ["1.", new LuaFloat(1)],
    [".5", 0.5],
    ["3.25", 3.25],
    ["0.0", new LuaFloat(0)],
    ["1e2", new LuaFloat(100)],
    ["5E-1", 0.5],
    ["1e999", Infinity],
    ["0x.8p1", new LuaFloat(1)],
    ["0xA.8", 10.5],
    ["0x1P-1074", 5e-324],
  ];
  for (const [source, value] of cases) assert.deepEqual(constant(source), value, source);
});

Deno.test("strings are bytes, with their escapes replaced", () => {
  const cases: readonly (readonly [string, string])[] = [
    [String.raw`'\a\b\f\n\r\t\v\\\'\"'`, "\x07\b\f\n\r\t\v\\'\""],
    [String.raw`"\65\066\0011\xfF"`, "AB\x011\xff"],
    [String.raw`'\u{48}\u{7ff}\u{FFFF}\u{10FFFF}'`, "H\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf"],
    [String.raw`'\u{3FFFFFF}\u{7FFFFFFF}'`, "\xfb\xbf\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf\xbf"],
    ["'a\\z \r\n\t b\\\r\nc\\\nd'", "ab\nc\nd"],
    ["[[\r\na\r\nb\n\rc\rd\n]]", "a\nb\nc\nd\n"],
    ["[==[]]]=]==]", "]]]="],
    ["'\0\xe9'", "\0\xe9"],
  ];
  for (const [source, value] of cases) assert.equal(constant(source), value, source);
});

/** An expression in Lua's notation with all its brackets. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case "binary":
    case "logical":
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case "unary":
      return `(${expression.operator} ${show(expression.operand)})`;
    case "index":
      assert.ok(expression.isGlobal && expression.key.kind === "string");
      return expression.key.value;
    default:
      return expression.kind;
  }
}

Deno.test("operators bind as the manual says", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a or b and c", "(a or (b and c))"],
    ["a + b * c - d", "((a + (b * c)) - d)"],
    ["a .. b .. c + d .. e", "(a .. (b .. ((c + d) .. e)))"],
    ["a ^ b ^ c", "(a ^ (b ^ c))"],
    ["-a ^ -b", "(- (a ^ (- b)))"],
    ["not a == b", "((not a) == b)"],
    ["a < b == c >= d", "(((a < b) == c) >= d)"],
    ["a | b ~ c & d << e .. f", "(a | (b ~ (c & (d << (e .. f)))))"],
    ["a // b % c / d", "(((a // b) % c) / d)"],
    ["#a .. ~b", "((# a) .. (~ b))"],
    ["a .. b == c .. d", "((a .. b) == (c .. d))"],
  ];
  for (const [source, shown] of cases) assert.equal(show(returned(source)), shown);
});

Deno.test("brackets count only around calls and ...", () => {
  assert.equal(returned("(f())").kind, "paren");
  assert.equal(returned("(o:f())").kind, "paren");
  assert.equal(returned("(...)").kind, "paren");
  assert.equal(returned("((a))").kind, "index");
});

Deno.test("lines are those that errors name", () => {
  const line = (source: string) => returned(source).line;
  assert.equal(line("a\n+\nb"), 2);
  assert.equal(line("a\n..\nb\n..\nc"), 4);
  assert.equal(line("a\n<\nb"), 3);
  assert.equal(line("f\n(\n1)"), 2);
  assert.equal(line("a\n:\nb\n(\n1)"), 4);
  assert.equal(line("a\n.\nb\n.c"), 4);
  const statement = (source: string) => parseChunk(source, "n").main.body.statements[0];
  assert.equal(statement("for k in\nf,\ng\ndo end")?.line, 2);
  assert.equal(statement("for i =\n1,\n2\ndo end")?.line, 4);
  const assigned = statement("a\n.b\n=\n{\n}");
  assert.ok(assigned?.kind === "assign");
  assert.equal(assigned.targets[0]?.line, 5);
  const { main } = parseChunk("\nlocal function f()\n\nend\n\n", "n");
  const declared = main.body.statements[0];
  assert.ok(declared?.kind === "localfunction");
  assert.deepEqual([declared.node.line, declared.node.lastLine, main.lastLine], [2, 4, 6]);
});

/** All variables and functions of a chunk, in the order of the text. */
function names(source: string): { variables: Map<string, Variable>; functions: Map<string, FunctionNode> } {
  const variables = new Map<string, Variable>();
  const functions = new Map<string, FunctionNode>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return value.forEach(visit);
    if ("attribute" in value) {
      const variable = value as Variable;
      if (!variables.has(variable.name)) variables.set(variable.name, variable);
      return;
    }
    if ("upvalues" in value) {
      const node = value as FunctionNode;
      functions.set(node.name ?? `#${node.id}`, node);
      [node.params, node.varargTable, node.body].forEach(visit);
      return;
    }
    if ("kind" in value && value.kind === "goto") return;
    for (const [key, child] of Object.entries(value)) if (key !== "label") visit(child);
  };
  visit(parseChunk(source, "n").main);
  return { variables, functions };
}

function flagged(source: string, flag: "captured" | "assigned" | "repeated"): string {
  return [...names(source).variables.values()].filter((variable) => variable[flag])
    .map((variable) => variable.name).join(" ");
}

function upvalueNames(source: string, name: string): string {
  return (names(source).functions.get(name)?.upvalues ?? []).map((variable) => variable.name).join(" ");
}

Deno.test("variables know whether inner functions use them", () => {
  assert.equal(flagged("local a, b, c; local function f(p) return a, b end b = c", "captured"), "a b");
  assert.equal(flagged("local a; local function f() return function() a = 1 end end", "captured"), "a");
  assert.equal(flagged("x = 1", "captured"), "");
  assert.equal(flagged("local function f() x = 1 end", "captured"), "_ENV");
});

Deno.test("variables know whether they are assigned", () => {
  assert.equal(flagged("local a, b, c = 1; a = 2; function b() end c.x = 1", "assigned"), "a b");
  assert.equal(flagged("local function f() f() end", "assigned"), "");
  assert.equal(flagged("local function f() f = nil end", "assigned"), "f");
  assert.equal(flagged("local a; function g() a, x = 1 end; _ENV = {}", "assigned"), "a _ENV");
});

Deno.test("variables know whether they are made anew by each pass", () => {
  assert.equal(flagged("local a; while a do local b; do local c end end local d", "repeated"), "b c");
  assert.equal(flagged("for i = 1, 2 do end for k, v in a do end", "repeated"), "i k v");
  assert.equal(flagged("repeat local b until b", "repeated"), "b");
  assert.equal(flagged("while a do f(function(p) local q end) end", "repeated"), "");
  assert.equal(
    flagged(
      "local a; do ::l:: local b; do local c; if b then goto l end end local d end local e",
      "repeated",
    ),
    "b c",
  );
  assert.equal(flagged("goto l; do local b end ::l:: local c", "repeated"), "");
});

Deno.test("functions list what they and their inner functions capture, in the order of use", () => {
  const source = `local a, b, c
    local function outer(p)
      local l
      local function inner() return b, p, l, print, a, b end
      return function() return c end
    end`;
  assert.equal(upvalueNames(source, "inner"), "b p l _ENV a");
  assert.equal(upvalueNames(source, "outer"), "b _ENV a c");
  assert.equal(upvalueNames(source, "#0"), "_ENV");
  assert.equal(upvalueNames("function f() return 1 end", "f"), "");
  assert.equal(upvalueNames("function f() local _ENV = {}; x = 1 end", "f"), "");
  assert.equal(upvalueNames("local function f(_ENV) return function() return x end end", "#2"), "_ENV");
});

Deno.test("free names are fields of the _ENV in force", () => {
  const { main, env, functionCount } = parseChunk("x = 1; local _ENV = {}; x = 2; function f() end", "n");
  assert.equal(main.upvalues[0], env);
  assert.equal(functionCount, 2);
  const owners = main.body.statements.filter((statement) => statement.kind === "assign").map(
    ({ targets }) => {
      const [target] = targets;
      assert.ok(target?.kind === "index" && target.isGlobal && target.object.kind === "local");
      return target.object.variable === env;
    },
  );
  assert.deepEqual(owners, [true, false, false]);
});

Deno.test("functions are named as they are declared", () => {
  const { functions } = names(
    "function a.b.c:d() end local function e() end local f = function() end function g() end",
  );
  assert.deepEqual([...functions.keys()], ["#0", "a.b.c:d", "e", "#3", "g"]);
  assert.deepEqual(functions.get("a.b.c:d")?.params.map((variable) => variable.name), ["self"]);
});

Deno.test("functions know whether something may be closed in them", () => {
  const closing = (source: string) =>
    [...names(source).functions.values()].filter((node) => node.hasClose).map((node) => node.id).join();
  assert.equal(closing("local a <close> = nil; function f() end"), "0");
  assert.equal(closing("function f() for k in a do end end"), "1");
  assert.equal(closing("for i = 1, 2 do local a <const> = 1 end"), "");
});

Deno.test("initialised globals are statements, other declarations leave none", () => {
  const kinds = (source: string) =>
    parseChunk(source, "n").main.body.statements.map(({ kind }: Statement) => kind);
  assert.deepEqual(kinds("global x, y <const>; global *"), []);
  assert.deepEqual(kinds("global x, y = 1, 2 global function f() end"), ["global", "global"]);
});

Deno.test("labels know from where they are reached", () => {
  const statements = parseChunk("::a:: goto b; goto a; ::b:: ::c::", "n").main.body.statements;
  const found = statements.flatMap((statement) => statement.kind === "label" ? [statement.label] : []);
  assert.deepEqual(
    found.map(({ name, forward, backward }) => [name, forward, backward]),
    [["a", false, true], ["c", false, false], ["b", true, false]],
  );
  assert.deepEqual(
    statements.flatMap((statement) => statement.kind === "goto" ? [statement.label] : []),
    [found[2], found[0]],
  );
});
