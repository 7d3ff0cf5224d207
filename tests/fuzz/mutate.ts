/** Random texts that are nearly Lua: programs with a few characters or words changed, for the parser. */
import { Random } from "../support/puc.ts";
import { PRELUDE } from "./prelude.ts";
import { program } from "./program.ts";

const WORDS = [
  "and",
  "break",
  "do",
  "else",
  "elseif",
  "end",
  "false",
  "for",
  "function",
  "goto x",
  "::x::",
  "if",
  "in",
  "local",
  "nil",
  "not",
  "or",
  "repeat",
  "return",
  "then",
  "true",
  "until",
  "while",
  "=",
  "==",
  "~=",
  "<=",
  "<",
  ">>",
  "//",
  "~",
  "..",
  "...",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "[[",
  "]]",
  "[=[",
  "]=]",
  "--",
  "--[[",
  "'",
  '"',
  "\\",
  ",",
  ";",
  ":",
  "::",
  ".",
  "0x",
  "1e",
  "0x.p1",
  "1..2",
  "3.",
  "08",
  "0xffffffffffffffffff",
  "1e400",
  "'\\x4'",
  "'\\u{110000000}'",
  "'\\300'",
  "'\\z \n'",
  "<const>",
  "<close>",
  "<x>",
  "local a <const> = 1 a = 2",
  "\0",
  "\xff",
  "\n",
  "\r\n",
  "#",
  "?",
  "@",
  "goto continue",
  "x.y:z'a'",
  "f{}",
  "a.b[c] = d",
  "local function f(...) end",
];

/** Pieces of a text that are mostly tokens. */
function tokens(text: string): string[] {
  return text.match(/\w+|\s+|[^\w\s]/g) ?? [];
}

/** The text of a seed. */
export function mutant(seed: number): string {
  const random = new Random(seed);
  const base = program(random.below(1000), { level: "5.4", size: 2 }).slice(PRELUDE.length);
  const pieces = tokens(base);
  const lines = base.split("\n").length;
  // A part of a program: a fault in the first lines hides all that follow
  const from = lines < 20 ? 0 : random.below(pieces.length);
  const text = pieces.slice(from, from + 10 + random.below(120));
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(text.length + 1);
    switch (random.below(6)) {
      case 0:
        text.splice(at, 1 + random.below(3));
        break;
      case 1:
        text.splice(at, 0, ...text.slice(at, at + random.below(6)));
        break;
      case 2:
        text.splice(at, 1, String.fromCharCode(random.below(256)));
        break;
      default:
        text.splice(at, random.below(2), ` ${random.pick(WORDS)} `);
    }
  }
  // In 5.5 attributes may stand before the names, and `...` may have one
  return text.join("").replaceAll(/local(\s*<)/g, "x$1").replaceAll(/\.\.\.(\s*[A-Za-z_])/g, "...,$1");
}
