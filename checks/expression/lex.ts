/** The words of an expression. */
import { ExpressionError } from "./error.ts";

/** A word of an expression. */
export type Token =
  | { readonly kind: "word" | "number"; readonly text: string; readonly at: number }
  | { readonly kind: "text"; readonly text: string; readonly value: string; readonly at: number }
  | {
    readonly kind: "path";
    readonly text: string;
    readonly at: number;
    readonly root: string | undefined;
    readonly steps: readonly (string | number)[];
  };

const KEYWORDS: ReadonlySet<string> = new Set(
  ["and", "or", "not", "exists", "length", "contains", "matches", "true", "false", "null"],
);
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`;
const NAME = String.raw`[A-Za-z_][\w-]*`;
const STEP = String.raw`\.(?:${NAME}|${QUOTED}|\d+)|\[\s*(?:-?\d+|${QUOTED})\s*\]`;
const WORD = new RegExp(
  String.raw`\s*(?:(?<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])|(?<text>${QUOTED})|` +
    String.raw`(?<path>(?:${NAME}|\.(?=\[|\s|$|\))|(?=\.[\w"']))(?:${STEP})*)|` +
    String.raw`(?<word>==|!=|<=|>=|&&|\|\||[<>!()]))`,
  "y",
);
const STEPS = new RegExp(STEP, "g");

/** @throws {ExpressionError} */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  const text = source.trimEnd();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const from = WORD.lastIndex;
    const groups = WORD.exec(text)?.groups;
    if (groups === undefined) {
      const rest = text.slice(from).trimStart();
      const at = text.length - rest.length;
      throw new ExpressionError(`unexpected '${rest.slice(0, 20)}' at column ${at + 1}`);
    }
    found.push(tokenOf(groups, WORD.lastIndex));
  }
  return found;
}

function tokenOf(groups: Record<string, string | undefined>, end: number): Token {
  const { number, text, path, word } = groups;
  if (number !== undefined) return { kind: "number", text: number, at: end - number.length };
  if (text !== undefined) return { kind: "text", text, value: unquote(text), at: end - text.length };
  if (word !== undefined) return { kind: "word", text: word, at: end - word.length };
  const whole = path ?? "";
  const at = end - whole.length;
  if (KEYWORDS.has(whole)) return { kind: "word", text: whole, at };
  const root = new RegExp(`^${NAME}`).exec(whole)?.[0];
  const steps = Array.from(whole.slice(root?.length ?? 0).matchAll(STEPS), ([step]) => stepOf(step));
  return { kind: "path", text: whole, at, root, steps };
}

function stepOf(step: string): string | number {
  const inner = step.startsWith("[") ? step.slice(1, -1).trim() : step.slice(1);
  if (/^["']/.test(inner)) return unquote(inner);
  return step.startsWith("[") ? Number(inner) : inner;
}

function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExpressionError(`${text} is no text as JSON has it`, { cause: error });
  }
}
