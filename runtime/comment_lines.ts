/** Lua text without the lines that are nothing but comments: what they mention is not used. */

/** A line that ends something long may go on with code. */
const COMMENT_LINE = /^[ \t]*--(?!.*\]=*\]).*$/gm;

/** A string that goes on in the next line, which may begin with `--`. */
const CONTINUED_STRING = /\\(?:[\r\n]|z)/;

/**
 * Takes lines out that begin with `--`. Such a line is a comment, or inside of a long string, which is no code either.
 *
 * @param source Bytes
 */
export function withoutCommentLines(source: string): string {
  return CONTINUED_STRING.test(source) ? source : source.replace(COMMENT_LINE, "");
}
