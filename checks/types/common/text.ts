/** Compares texts of answers with what is expected of them. */
import type { TextExpectation } from "../../schema/text_expectation.ts";
import { type Find, PatternError } from "./patterns.ts";

/** So much of a text is shown in messages. Characters. */
const MAX_SHOWN = 100;

/** Compares a text. @param what How messages call it. @returns What is wrong; nothing when all holds */
export function judgeText(
  what: string,
  text: string,
  { equals, contains = [], matches = [] }: TextExpectation,
  find: Find,
): string | undefined {
  if (equals !== undefined && text !== equals) {
    return `expected ${what} "${shorten(equals)}", got "${shorten(text)}"`;
  }
  const missing = contains.find((part) => !text.includes(part));
  if (missing !== undefined) return `${what} does not contain "${missing}"`;
  for (const pattern of matches) {
    try {
      if (find(pattern, text) === undefined) return `${what} does not match /${pattern}/`;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return error.message;
    }
  }
  return undefined;
}

/** A text on one line, shortened. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
