/** The utf8 library of the Lua engine: beside PUC-Rio's 5.4, and what 5.5 changed. */
import assert from "node:assert/strict";
import { utf8Library } from "../runtime/lua/library/utf8.ts";
import { type Case, compareWithPuc, errorOf, float, outcome } from "./support/lua_library.ts";
import { Random } from "./support/puc.ts";

type Callable = (...args: unknown[]) => unknown;
const utf8 = utf8Library as Record<string, Callable>;

/** Codes at the ends of every length, as bytes. */
const CHARACTERS = [
  ...[
    "a",
    "\x7f",
    "\0",
    "\xc2\x80",
    "\xdf\xbf",
    "\xe0\xa0\x80",
    "\xed\x9f\xbf",
    "\xee\x80\x80",
    "\xef\xbf\xbf",
  ],
  ...["\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80"],
  ...[
    "\xfb\xbf\xbf\xbf\xbf",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfd\xbf\xbf\xbf\xbf\xbf",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
  ],
];
/** Not UTF-8: overlong, cut off, out of place. */
const BROKEN = [
  "\x80",
  "\xbf",
  "\xc0\x80",
  "\xc1\xbf",
  "\xe0\x9f\xbf",
  "\xf0\x8f\xbf\xbf",
  "\xc3",
  "\xe2\x82",
  "\xfe",
  "\xff",
];

function randomText(random: Random): string {
  const length = random.below(5);
  const piece = () => random.pick(random.below(4) === 0 ? BROKEN : CHARACTERS);
  return Array.from({ length }, piece).join("");
}

Deno.test("char gives the bytes of every code up to 2^31, and refuses others", async () => {
  const codes = [
    0,
    127,
    128,
    2047,
    2048,
    65535,
    65536,
    2 ** 21 - 1,
    2 ** 21,
    2 ** 26 - 1,
    2 ** 26,
    2 ** 31 - 1,
  ];
  await compareWithPuc({ utf8 }, [
    ["utf8", "char"],
    ["utf8", "char", ...codes],
    ...codes.map((code): Case => ["utf8", "char", code, float(code), String(code)]),
    ...[-1, 2 ** 31, 1.5, "x", true].map((code): Case => ["utf8", "char", 65, code]),
  ]);
});

Deno.test("len and codepoint agree with PUC-Rio's on random bytes, strict and lax", async () => {
  const random = new Random(20260301);
  const cases: Case[] = [];
  for (let i = 0; i < 1500; i++) {
    const text = randomText(random);
    const from = random.below(text.length + 4) - 2;
    const to = random.below(text.length * 2 + 3) - text.length - 1;
    cases.push(["utf8", "len", text], ["utf8", "len", text, from, to, random.below(2) === 0]);
    cases.push(["utf8", "codepoint", text, from], [
      "utf8",
      "codepoint",
      text,
      from,
      to,
      random.below(2) === 0,
    ]);
  }
  await compareWithPuc({ utf8 }, cases, random.seed);
});

Deno.test("arguments of wrong types are told as PUC-Rio does", async () => {
  await compareWithPuc(
    { utf8 },
    ["len", "codepoint", "codes", "offset"].flatMap((name): Case[] => [
      ["utf8", name],
      ["utf8", name, []],
      ["utf8", name, undefined],
    ]).concat([["utf8", "len", "abc", "x"], ["utf8", "offset", "abc"], ["utf8", "offset", "abc", 1.5]]),
  );
});

Deno.test("offset begins where PUC-Rio's does", async () => {
  const random = new Random(20260302);
  const cases: Case[] = [];
  for (let i = 0; i < 1000; i++) {
    const text = Array.from({ length: random.below(5) }, () => random.pick(CHARACTERS)).join("");
    const n = random.below(9) - 4;
    cases.push(["utf8", "offset", text, n], ["utf8", "offset", text, n, random.below(text.length + 4) - 1]);
  }
  // 5.5 gives the end of the character too; 5.4 knows the beginning only.
  const beginning = (...args: unknown[]) => {
    const result = utf8.offset?.(...args);
    return Array.isArray(result) ? result[0] : result;
  };
  await compareWithPuc({ utf8: { offset: beginning } }, cases, random.seed);
});

Deno.test("offset gives the end of the character as well (5.5)", () => {
  const text = "a\xc3\xa4\xe2\x82\xac";
  assert.deepEqual(utf8.offset?.(text, 1), [1, 1]);
  assert.deepEqual(utf8.offset?.(text, 2), [2, 3]);
  assert.deepEqual(utf8.offset?.(text, -1), [4, 6]);
  assert.deepEqual(utf8.offset?.(text, 0, 5), [4, 6]);
  assert.deepEqual(utf8.offset?.(text, 4), [7, 7], "behind the last character");
  assert.equal(utf8.offset?.(text, 5), undefined);
});

function walk(text: string, lax = false): number[][] {
  const [step, state, start] = utf8.codes?.(text, lax) as [Callable, string, number];
  const seen: number[][] = [];
  for (let at = start;;) {
    const result = step(state, at) as number[];
    if (result.length === 0) return seen;
    seen.push(result);
    at = result[0] ?? 0;
  }
}

Deno.test("codes walks through positions and codes", () => {
  assert.deepEqual(walk("a\xc3\xa4\xe2\x82\xac"), [[1, 97], [2, 228], [4, 8364]]);
  assert.deepEqual(walk(""), []);
  assert.deepEqual(walk("\xed\xa0\x80\xfd\xbf\xbf\xbf\xbf\xbf", true), [[1, 0xd800], [4, 0x7fffffff]]);
});

Deno.test("codes refuses what is not UTF-8, stray continuation bytes too (5.5)", () => {
  for (const text of ["\xed\xa0\x80", "ab\x80", "\xc3\xa4\x80", "a\xff", "\xf4\x90\x80\x80"]) {
    assert.equal(errorOf(() => walk(text)), "invalid UTF-8 code", JSON.stringify(text));
  }
  assert.equal(outcome(utf8.codes, ["\x80a"]), "error bad argument #1 to 'codes' (invalid UTF-8 code)");
});
