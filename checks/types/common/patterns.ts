/** Regular expressions of checks: RE2, in linear time whatever the text. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import { fromText } from "../../../runtime/seam/text.ts";
import type { Part } from "../type.ts";

/** A pattern that cannot be used. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** What a pattern found: its groups, the whole match first; undefined for one that took no part. */
export type Found = readonly (string | undefined)[];

/** Looks for the first match. @throws {PatternError} When the pattern is none */
export type Find = (pattern: string, text: string) => Found | undefined;

/** Imports regular expressions where a check of the run has any. */
export async function loadPatterns(parts: ReadonlySet<Part>): Promise<Find> {
  if (!parts.has("regex")) {
    return () => {
      throw new PatternError("internal error: regular expressions are not loaded");
    };
  }
  const { compilePattern } = await import("../../../builtins/regex.ts");
  return (pattern, text) => {
    try {
      const matcher = compilePattern("matches", fromText(pattern)).matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: matcher.groupCount() + 1 },
        (_, index) => matcher.group(index) ?? undefined,
      );
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      throw new PatternError(error.message.replace(/^matches: /, ""), { cause: error });
    }
  };
}
