/** Patterns by their text: most programs use a few, again and again. */
import { Pattern } from "./match.ts";
import { parsePattern } from "./parse.ts";

const MOST = 256;
/** Longer patterns are not worth the memory. */
const LONGEST = 256;

class PatternCache {
  readonly #patterns = new Map<string, Pattern>();
  #lastText = "";
  #last: Pattern | undefined;

  constructor(readonly anchors: boolean) {}

  get(text: string): Pattern {
    if (text === this.#lastText && this.#last !== undefined) return this.#last;
    const pattern = this.#patterns.get(text) ?? this.#make(text);
    this.#lastText = text;
    this.#last = pattern;
    return pattern;
  }

  #make(text: string): Pattern {
    const pattern = new Pattern(parsePattern(text, this.anchors));
    if (text.length > LONGEST) return pattern;
    if (this.#patterns.size >= MOST) {
      for (const oldest of this.#patterns.keys()) {
        this.#patterns.delete(oldest);
        break;
      }
    }
    this.#patterns.set(text, pattern);
    return pattern;
  }
}

const anchoring = new PatternCache(true);
const literal = new PatternCache(false);

/** The pattern of a text. */
export function patternOf(text: string): Pattern {
  return anchoring.get(text);
}

const SPECIAL = /[\^$*+?.([%-]/;
let lastPlain = "";
let lastSpecial = "%";

/** Whether a pattern stands for itself. */
export function isPlain(text: string): boolean {
  if (text === lastSpecial) return false;
  if (text === lastPlain) return true;
  const isSpecial = SPECIAL.test(text);
  if (isSpecial) lastSpecial = text;
  else lastPlain = text;
  return !isSpecial;
}

/** The pattern of a text in which `^` at the start is a plain byte, as `gmatch` has it. */
export function repeatingPatternOf(text: string): Pattern {
  return text.startsWith("^") ? literal.get(text) : anchoring.get(text);
}
