/** What a text must be, or have in it. */
import { text, texts } from "./scalars.ts";
import { either, optional, type Reader, reader, record } from "./schema.ts";

/** All that is given must hold. */
export interface TextExpectation {
  readonly equals?: string;
  /** Parts of the text. */
  readonly contains?: readonly string[];
  /** Regular expressions that match somewhere in the text. */
  readonly matches?: readonly string[];
}

const readDetailed = record({
  equals: optional(text(), "The whole text"),
  contains: optional(texts(), "What is part of it; of a list, all"),
  matches: optional(texts(), "Regular expressions (RE2) that match somewhere in it; of a list, all"),
});

/** Reads `{equals, contains, matches}` or a plain text. @param plain What a plain text stands for */
export function textExpectation(plain: "equals" | "contains"): Reader<TextExpectation> {
  const short = reader<TextExpectation>(text().schema, (node, problems, key) => {
    const value = text()(node, problems, key);
    if (value === undefined) return undefined;
    return plain === "equals" ? { equals: value } : { contains: [value] };
  });
  const detailed = reader<TextExpectation>(
    readDetailed.schema,
    (node, problems, key) => readDetailed(node, problems, `'${key}'`),
  );
  return either({ kinds: ["mapping"], read: detailed }, { kinds: [], read: short });
}

/** Whether any of some expectations has a regular expression. */
export function usesPattern(...expected: readonly (TextExpectation | undefined)[]): boolean {
  return expected.some((expectation) => expectation?.matches !== undefined);
}
