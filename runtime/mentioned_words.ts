/** Which builtins a Lua text asks for, told by the words in it. */
import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";

/** Names that give a script ways to a global without writing its name. */
export const INDIRECT: readonly string[] = ["_G", "_ENV", "load", "loadfile", "dofile", "debug"];

const WORDS = new RegExp(`\\b(?:${[...GLOBALS.map(wordOf), ...INDIRECT].join("|")})\\b`, "g");

/** The word that asks for a builtin. */
export function wordOf({ word, name }: GlobalEntry): string {
  return word ?? name;
}

/** The words of a source (bytes) that ask for builtins, each once. */
export function mentionedWords(source: string): string[] {
  return [...new Set(withoutCommentLines(source).match(WORDS))];
}

/** A line that ends something long may go on with code. */
const COMMENT_LINE = /^[ \t]*--(?!.*\]=*\]).*$/gm;

/** A string that goes on in the next line, which may begin with `--`. */
const CONTINUED_STRING = /\\(?:[\r\n]|z)/;

/** Takes lines out that begin with `--`: they are comments, or inside of a long string, which is no code either. */
function withoutCommentLines(source: string): string {
  return CONTINUED_STRING.test(source) ? source : source.replace(COMMENT_LINE, "");
}
