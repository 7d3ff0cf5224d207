/** One component of a glob pattern, such as `*.lua`. Matching takes linear space and never blows up. */

type Token =
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: "literal"; readonly char: string };

type Range = readonly [from: string, to: string];

/** What is wrong with a pattern. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** A component with wildcards. */
export class ComponentPattern {
  readonly #tokens: readonly Token[];

  /** @throws {PatternError} When a `[` is not closed */
  constructor(source: string) {
    this.#tokens = tokenise([...source]);
  }

  matches(name: string): boolean {
    const chars = [...name];
    const tokens = this.#tokens;
    let at = 0;
    let token = 0;
    // Where to go on when the last star has to take one character more
    let starToken = -1;
    let starAt = 0;
    while (at < chars.length) {
      const current = tokens[token];
      if (current?.kind === "star") {
        starToken = token++;
        starAt = at;
      } else if (current !== undefined && matchesOne(current, chars[at] ?? "")) {
        token++;
        at++;
      } else if (starToken >= 0) {
        token = starToken + 1;
        at = ++starAt;
      } else {
        return false;
      }
    }
    while (tokens[token]?.kind === "star") token++;
    return token === tokens.length;
  }
}

function matchesOne(token: Token, char: string): boolean {
  switch (token.kind) {
    case "any":
    case "star":
      return true;
    case "literal":
      return token.char === char;
    case "class": {
      const point = pointOf(char);
      return token.negated !==
        token.ranges.some(([from, to]) => pointOf(from) <= point && point <= pointOf(to));
    }
  }
}

function pointOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

function tokenise(chars: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? "";
    if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "[") {
      const negated = chars[i + 1] === "!" || chars[i + 1] === "^";
      const start = i + (negated ? 2 : 1);
      // A bracket that comes first is a member
      const end = chars.indexOf("]", start + 1);
      if (end < 0) throw new PatternError(`"[" at character ${i + 1} of "${chars.join("")}" is not closed`);
      tokens.push({ kind: "class", negated, ranges: rangesOf(chars.slice(start, end)) });
      i = end;
    } else tokens.push({ kind: "literal", char });
  }
  return tokens;
}

function rangesOf(chars: readonly string[]): Range[] {
  const ranges: Range[] = [];
  for (let i = 0; i < chars.length; i++) {
    const from = chars[i] ?? "";
    const to = chars[i + 2];
    if (chars[i + 1] === "-" && to !== undefined) {
      ranges.push([from, to]);
      i += 2;
    } else ranges.push([from, from]);
  }
  return ranges;
}
