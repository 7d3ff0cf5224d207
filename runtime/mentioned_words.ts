/** Which builtins a Lua text asks for, told by the words in it. */
import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";

/** Names that give a script ways to a global without writing its name, unless a name that is written follows. */
const INDIRECT: readonly string[] = ["_G", "_ENV", "debug"];
const DIRECT_FORMS = [
  /\b(?:_G|_ENV)\s*\.\s*(?=[A-Za-z_])/,
  /\bdebug\s*\.\s*(?:traceback|getinfo|gethook|sethook)\b/,
];

/** What compiles further texts, which mention what they need themselves. */
const LOADS: readonly string[] = ["load", "loadfile", "dofile"];

const NAMES = [...GLOBALS.map(wordOf), ...INDIRECT, ...LOADS];
const WORDS = new RegExp(
  `${DIRECT_FORMS.map(({ source }) => source).join("|")}|\\b(${NAMES.join("|")})\\b`,
  "g",
);

/**
 * Whether a script that mentions some words can reach a global whose name it does not write.
 *
 * @param loadWaits Whether the functions that compile texts wait for what those mention: see `Engine`
 */
export function reachesAll(words: ReadonlySet<string>, loadWaits: boolean): boolean {
  return INDIRECT.some((name) => words.has(name)) || (!loadWaits && LOADS.some((name) => words.has(name)));
}

/** The word that asks for a builtin. */
export function wordOf({ word, name }: GlobalEntry): string {
  return word ?? name;
}

/** The words of a source (bytes) that ask for builtins, each once. */
export function mentionedWords(source: string): string[] {
  const words = new Set<string>();
  for (const [, word] of withoutCommentLines(source).matchAll(WORDS)) if (word !== undefined) words.add(word);
  return [...words];
}

/** A line that ends something long may go on with code. */
const COMMENT_LINE = /^[ \t]*--(?!.*\]=*\]).*$/gm;

/** A string that goes on in the next line, which may begin with `--`. */
const CONTINUED_STRING = /\\(?:[\r\n]|z)/;

/** Takes lines out that begin with `--`: they are comments, or inside of a long string, which is no code either. */
function withoutCommentLines(source: string): string {
  return CONTINUED_STRING.test(source) ? source : source.replace(COMMENT_LINE, "");
}
