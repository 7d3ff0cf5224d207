/** The parser: what it accepts, and how it refuses the rest. */
import assert from "node:assert/strict";
import { LuaSyntaxError } from "../runtime/lua/parse/error.ts";
import { parseChunk } from "../runtime/lua/parse/parse.ts";
import { luaString, puc, Random } from "./support/puc.ts";

/** The message that a text is refused with, or "ok". */
function verdict(source: string): string {
  try {
    parseChunk(source, "n");
    return "ok";
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error.message;
    throw error;
  }
}

/** What lua5.4 says about texts; undefined where it is not installed. */
async function pucVerdicts(sources: readonly string[]): Promise<string[] | undefined> {
  const script = `for _, source in ipairs{${sources.map(luaString).join(",\n")}} do
    local f, message = load(source, "=n")
    print((f and "ok" or message):gsub("\\n", "\\\\n"), nil)
  end`;
  const output = await puc(script);
  return output?.split("\n").map((line) => line.replace(/\t.*$/, "").replaceAll("\\n", "\n"));
}

/** Texts on which 5.4 and 5.5 agree, with the messages; none where they are accepted. */
const SHARED: readonly (readonly [string, string?])[] = [
  [""],
  [";;; ::a:: ; ::b:: goto a"],
  ["return"],
  ["return;"],
  ["return;;", "n:1: <eof> expected near ';'"],
  ["return return", "n:1: unexpected symbol near 'return'"],
  ["return 1,", "n:1: unexpected symbol near <eof>"],
  ["end", "n:1: <eof> expected near 'end'"],
  ["local", "n:1: <name> expected near <eof>"],
  ["local function 3", "n:1: <name> expected near '3'"],
  ["x", "n:1: syntax error near <eof>"],
  ["x y", "n:1: syntax error near 'y'"],
  ["(x) = 1", "n:1: syntax error near '='"],
  ["(x).y = 1"],
  ["x, (y) = 1", "n:1: syntax error near '='"],
  ["f() = 1", "n:1: syntax error near '='"],
  ["a, b", "n:1: '=' expected near <eof>"],
  ["a.b, f() = 1", "n:1: syntax error near '='"],
  ["'a'.b = 1", "n:1: unexpected symbol near ''a''"],
  ["x = }", "n:1: unexpected symbol near '}'"],
  ["x = a.3", "n:1: unexpected symbol near '.3'"],
  ["x = \x01", "n:1: unexpected symbol near '<\\1>'"],
  ["x = \xc8", "n:1: unexpected symbol near '<\\200>'"],
  ["x = ~= 3", "n:1: unexpected symbol near '~='"],
  ["x = 'a\\0b' 'c\\0d'", "n:1: unexpected symbol near ''c'"],
  ["x = 1 [[a\nb]]", "n:2: unexpected symbol near '[[a\nb]]'"],
  ["x = 1 [==[a]]]==]", "n:1: unexpected symbol near '[==[a]]]==]'"],
  ["x.y:z = 1", "n:1: function arguments expected near '='"],
  ["f(1 2)", "n:1: ')' expected near '2'"],
  ["f(1\n2\n", "n:2: ')' expected (to close '(' at line 1) near '2'"],
  ["x = {a = 1, 2 3", "n:1: '}' expected near '3'"],
  ["x = {\n1 2", "n:2: '}' expected (to close '{' at line 1) near '2'"],
  ["x = {a == 1, a\n--[[c]]= 1, [a] = 1; f, }"],
  ["if x then", "n:1: 'end' expected near <eof>"],
  ["if x then\n\n", "n:3: 'end' expected (to close 'if' at line 1) near <eof>"],
  ["if x then elseif y then else elseif z", "n:1: 'end' expected near 'elseif'"],
  ["while x\n\n", "n:3: 'do' expected near <eof>"],
  ["repeat\nlocal a", "n:2: 'until' expected (to close 'repeat' at line 1) near <eof>"],
  ["for x do end", "n:1: '=' or 'in' expected near 'do'"],
  ["for i = 1 do end", "n:1: ',' expected near 'do'"],
  ["for 1 = 2 do end", "n:1: <name> expected near '1'"],
  ["function x:y.z() end", "n:1: '(' expected near '.'"],
  ["function f(a,) end", "n:1: <name> or '...' expected near ')'"],
  ["function f(a b) end", "n:1: ')' expected near 'b'"],
  ["function f(..., a) end", "n:1: ')' expected near ','"],
  ["x = function() return ... end", "n:1: cannot use '...' outside a vararg function near '...'"],
  ["local x <const> = 1; x = 2", "n:1: attempt to assign to const variable 'x'"],
  ["local x <const> = 1; function f() x = 2 end", "n:1: attempt to assign to const variable 'x'"],
  ["local x <close> = nil; x, y = 2", "n:1: attempt to assign to const variable 'x'"],
  ["local x <const> = 1\nfunction x()\nend", "n:3: attempt to assign to const variable 'x'"],
  ["local x <const> = {}; function x.f() end x.y = 1"],
  ["local x <foo>\n= 1", "n:2: unknown attribute 'foo'"],
  ["local x <const", "n:1: '>' expected near <eof>"],
  ["local a <close>, b <close> = 1, 2", "n:1: multiple to-be-closed variables in local list"],
  ["break", "n:1: break outside loop at line 1"],
  ["while x do f = function() break end end\n", "n:1: break outside loop at line 1"],
  ["break\ngoto c\n", "n:3: break outside loop at line 1"],
  ["goto x\n\n", "n:3: no visible label 'x' for <goto> at line 1"],
  ["goto x; do ::x:: end", "n:1: no visible label 'x' for <goto> at line 1"],
  ["do goto x end ::x::"],
  ["::x:: function f() goto x end", "n:1: no visible label 'x' for <goto> at line 1"],
  ["::a::\n\ndo ::a:: end", "n:3: label 'a' already defined on line 1"],
  ["::a::\n::a::", "n:2: label 'a' already defined on line 2"],
  ["do ::a:: end ::a:: function f() ::a:: end"],
  ["do goto e; local x; ::e:: ::f:: ; end"],
  ["goto = 3", "n:1: <name> expected near '='"],
  ["x = 3x", "n:1: malformed number near '3x'"],
  ["x = 0x", "n:1: malformed number near '0x'"],
  ["x = 0xp1", "n:1: malformed number near '0xp1'"],
  ["x = 1e", "n:1: malformed number near '1e'"],
  ["x = 1..2", "n:1: malformed number near '1..2'"],
  ["x = .0x1F", "n:1: malformed number near '.0x1F'"],
  ["x = 'abc", "n:1: unfinished string near <eof>"],
  ["x = 'abc\\", "n:1: unfinished string near <eof>"],
  ["x = 'abc\nd'", "n:1: unfinished string near ''abc'"],
  ["x = '\\\nab\nd'", "n:2: unfinished string near ''\nab'"],
  ["x = 'a\\q'", "n:1: invalid escape sequence near ''a\\q'"],
  ["x = 'a\\xag'", "n:1: hexadecimal digit expected near ''a\\xag'"],
  ["x = 'a\\x", "n:1: hexadecimal digit expected near ''a\\x'"],
  ["x = '\\300'", "n:1: decimal escape too large near ''\\300''"],
  ["x = '\\u12'", "n:1: missing '{' near ''\\u1'"],
  ["x = '\\u{}'", "n:1: hexadecimal digit expected near ''\\u{}'"],
  ["x = '\\u{12'", "n:1: missing '}' near ''\\u{12''"],
  ["x = '\\u{80000000}'", "n:1: UTF-8 value too large near ''\\u{80000000'"],
  ["x = [=abc", "n:1: invalid long string delimiter near '[='"],
  ["\nx = [[abc\n\n", "n:4: unfinished long string (starting at line 2) near <eof>"],
  ["--[==[ abc ]]\n", "n:2: unfinished long comment (starting at line 1) near <eof>"],
  ["--[=x\r\n\n\r\r\r\n)", "n:5: unexpected symbol near ')'"],
  [
    `local ${"a,".repeat(250)}b`,
    "n:1: too many local variables (limit is 200) in main function near ','",
  ],
  [`local ${"a,".repeat(199)}b`],
  [
    `\nfunction f(${"a,".repeat(200)}b) end`,
    "n:2: too many local variables (limit is 200) in function at line 2 near ')'",
  ],
  [`${"do local a, b, c end ".repeat(100)}`],
  [upvalues(255)],
  [upvalues(256), "n:8: too many upvalues (limit is 255) in function at line 8 near '='"],
];

/** A function of the 8th line that assigns to `count` variables of functions around it. */
function upvalues(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `v${i}`);
  const half = count >> 1;
  return `local ${names.slice(0, half)}\n\nlocal function f()\n\nlocal ${names.slice(half)}\n\n
    return function() ${names.map((name) => `${name} = 1`).join(" ")} end\nend`;
}

Deno.test("texts are refused with PUC-Rio's messages", () => {
  for (const [source, message = "ok"] of SHARED) assert.equal(verdict(source), message, source);
});

Deno.test("lua5.4 agrees about what both versions share", async (t) => {
  const sources = SHARED.map(([source]) => source);
  const verdicts = await pucVerdicts(sources);
  await t.step({
    name: "compared",
    ignore: verdicts === undefined,
    fn: () => {
      for (const [i, source] of sources.entries()) assert.equal(verdict(source), verdicts?.[i], source);
    },
  });
});

/** What random texts are made of; without what 5.5 reads differently. */
const PIECES = (
  "and break do else elseif end false function goto if in local nil not or repeat return then true until while " +
  "// .. ... == >= <= ~= << >> :: + - * / % ^ # & ~ | < > = ( ) { } [ ] ; : , . a b c a b c 1 0x1F 3.5 1e3 's' " +
  "'q\\n' [[l]] [==[k]]]==] --[[c]] ::a:: 0x.8p2 3x '\\u{7F}' '\\x $ \x80 1..2 .5 '\\65' '\\999' [= a= =1 f() end"
).split(" ");

Deno.test("lua5.4 agrees about random texts", async (t) => {
  const random = new Random(20250);
  const sources = Array.from({ length: 4000 }, () => {
    const pieces = Array.from({ length: 1 + random.below(12) }, () => random.pick(PIECES));
    return pieces.join(random.pick([" ", "\n", "  "]));
  }).filter((source) => !/^#|\.\.\.\s+[abc]\b|local\s+<|\([^]*\n|\n[^]*\(/.test(source));
  const verdicts = await pucVerdicts(sources);
  await t.step({
    name: `compared, seed ${random.seed}`,
    ignore: verdicts === undefined,
    fn: () => {
      for (const [i, source] of sources.entries()) {
        if (verdicts?.[i]?.includes("jumps into")) continue;
        assert.equal(verdict(source), verdicts?.[i], source);
      }
    },
  });
});

Deno.test("what 5.5 has beyond 5.4", () => {
  const cases: readonly (readonly [string, string?])[] = [
    // Declarations of globals
    ["global x, y; x = y"],
    ["global x; y = 1", "n:1: variable 'y' not declared"],
    ["global x; local function f() return y end", "n:1: variable 'y' not declared"],
    ["do global x end y = 1"],
    ["global x; global *; y = 1"],
    ["global *; global x; y = 1"],
    ["global x; local y; do y = 1 end"],
    ["local x <const> = 1; do global x; x = 1 end"],
    ["global <const> *; y()  y = 1", "n:1: attempt to assign to const variable 'y'"],
    ["global <const> *; global y; y = 1"],
    ["global x, y <const>; x = 1; y = 1", "n:1: attempt to assign to const variable 'y'"],
    ["global <const> x, y; y.z = x; x = 1", "n:1: attempt to assign to const variable 'x'"],
    ["global print <const>\nfunction print() end", "n:2: attempt to assign to const variable 'print'"],
    ["global x <const> = 1"],
    ["global y  global x = x", "n:1: variable 'x' not declared"],
    ["global x = x"],
    ["global x <close> = 1", "n:1: global variables cannot be to-be-closed"],
    ["global x <foo>", "n:1: unknown attribute 'foo'"],
    ["global function f() f() end f()"],
    ["global function f() x() end", "n:1: variable 'x' not declared"],
    ["global <const> function f() end", "n:1: <name> expected near 'function'"],
    ["global * = 1", "n:1: unexpected symbol near '='"],
    ["global _ENV; x = 1", "n:1: variable 'x' not declared"],
    ["global _ENV, x; x = 1", "n:1: _ENV is global when accessing variable 'x'"],
    // `global` is a name elsewhere
    ["global = 1; global.x = global; global(); global 'x'; local global; return global < 1"],
    ["global", "n:1: syntax error near <eof>"],
    ["global, x = 1, 2"],
    // Attributes before names
    ["local <const> a, b = 1, 2; a = 1", "n:1: attempt to assign to const variable 'a'"],
    ["local <const> a, b = 1, 2; b = 1", "n:1: attempt to assign to const variable 'b'"],
    ["local <close> a, b = nil", "n:1: multiple to-be-closed variables in local list"],
    ["local <const> a <close>, b = nil"],
    ["local <x> a", "n:1: unknown attribute 'x'"],
    // Loop variables
    ["for i = 1, 2 do i = 3 end", "n:1: attempt to assign to const variable 'i'"],
    ["for k, v in f do v = 1; local k; k = 1 end"],
    ["for k, v in f do k = 1 end", "n:1: attempt to assign to const variable 'k'"],
    // Named vararg tables
    ["function f(...t) return t.n, ... end"],
    ["function f(a, ... t) t[1] = a end"],
    ["function f(...t) t = {} end", "n:1: attempt to assign to const variable 't'"],
    ["function f(...t, a) end", "n:1: ')' expected near ','"],
    // Jumps over declarations
    ["goto l; local a; ::l:: f()", "n:1: <goto l> at line 1 jumps into the scope of 'a'"],
    ["goto l\nglobal *\n::l::\nf()", "n:4: <goto l> at line 1 jumps into the scope of '*'"],
    ["repeat goto c; local z; ::c:: until z", "n:1: <goto c> at line 1 jumps into the scope of 'z'"],
  ];
  for (const [source, message = "ok"] of cases) assert.equal(verdict(source), message, source);
});

Deno.test("a first line with # is skipped and counted, a byte order mark too", () => {
  assert.equal(verdict("#!/usr/bin/env assay\nx"), "n:2: syntax error near <eof>");
  assert.equal(verdict("\xef\xbb\xbf# x\r\nx"), "n:2: syntax error near <eof>");
  assert.equal(verdict("#"), "ok");
  assert.equal(verdict("\n#"), "n:2: unexpected symbol near '#'");
});

Deno.test("nesting is bounded, what is merely long is not", () => {
  const nests: readonly (readonly [string, string, string])[] = [
    ["return ", "(", ""],
    ["return ", "{", ""],
    ["return ", "- ", ""],
    ["return ", "a^", ""],
    ["return ", "a(", ""],
    ["", "do ", ""],
    ["", "function f() ", ""],
    ["", "if a then else ", ""],
    ["a", ", a", ""],
    ["return a", "..a", ".."],
  ];
  for (const [before, piece, after] of nests) {
    assert.match(verdict(before + piece.repeat(500) + after), /^n:1: C stack overflow near /, piece);
    assert.doesNotMatch(verdict(before + piece.repeat(90) + after), /overflow/, piece);
  }
  assert.equal(verdict(`${"do ".repeat(190)}${"end ".repeat(190)}`), "ok");
  const long = [
    `return ${"a..".repeat(5000)}a`,
    `return a${"+a".repeat(5000)}`,
    `return a${".b".repeat(5000)}`,
    `return a${"()".repeat(5000)}`,
    `return a${" and a".repeat(5000)}`,
    `if a then ${"elseif a then ".repeat(5000)} end`,
    `return {${"{},".repeat(5000)}}`,
    "do ::a:: goto a end ".repeat(5000),
  ];
  for (const source of long) assert.equal(verdict(source), "ok", source.slice(0, 30));
});
