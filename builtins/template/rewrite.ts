/**
 * Turns Jinja2 that the engine does not know into what it knows. Lines stay as they are.
 *
 * | Jinja2 | here |
 * | --- | --- |
 * | `{% include x %}`, `extends`, `import`, `from` | `{% include (x)\|__template %}`: tells which files are wanted |
 * | `text.center(9)` and other methods of Python's strings | `(text\|__str_center(9))` |
 * | `"%s" % x` | `("%s"\|__percent([x]))` |
 * | `x\|xmlattr`, `x\|sum(attribute="a")` and other filters | see `filter_calls.ts` |
 * | `{% set a, b = 1, 2 %}`, `{% do x %}`, `{% block b scoped %}`, `cycler(1, 2)` | as the engine writes them |
 * | `x.items()`, `x\|items` where x may be a Lua table without anything in it, a list to the engine | `({} if x is sequence and not x else x).items()` |
 */
import { ExpressionRewriter } from "./expressions.ts";
import type { Tag, Token } from "./scan.ts";

/** Statements that name another template, and the words that end its name. */
const REFERENCES: Readonly<Record<string, ReadonlySet<string>>> = {
  extends: new Set(),
  from: new Set(["import"]),
  import: new Set(["as"]),
  include: new Set(["ignore", "with", "without"]),
};

const NO_WORDS: ReadonlySet<string> = new Set();

/** A statement that names another template. */
export interface Reference {
  readonly statement: string;
  /** The tokens of the name. */
  readonly name: readonly Token[];
}

/** What a tag refers to, if it is an `include`, `extends`, `import` or `from`. */
export function referenceOf(tag: Tag): Reference | undefined {
  const statement = tag.tokens[0]?.text ?? "";
  if (tag.kind !== "statement" || !Object.hasOwn(REFERENCES, statement)) return undefined;
  const words = REFERENCES[statement] ?? NO_WORDS;
  let depth = 0;
  const end = tag.tokens.findIndex((token, index) => {
    if ("([{".includes(token.text)) depth++;
    if (")]}".includes(token.text)) depth--;
    return index > 0 && depth === 0 && token.kind === "name" && words.has(token.text);
  });
  return { statement, name: tag.tokens.slice(1, end < 0 ? undefined : end) };
}

/** The source with every tag rewritten. */
export function rewriteTemplate(source: string, tags: readonly Tag[]): string {
  const modules = new Set(["self", "super", ...tags.flatMap(importedAs)]);
  let text = "";
  let position = 0;
  for (const tag of tags) {
    text += source.slice(position, tag.innerStart) + rewriteTag(source, tag, modules);
    position = tag.innerEnd;
  }
  return text + source.slice(position);
}

/** The names by which other templates' macros are called: their methods are no methods of strings. */
function importedAs({ kind, tokens }: Tag): string[] {
  if (kind !== "statement" || tokens[0]?.text !== "import") return [];
  const as = tokens.findLastIndex((token) => token.text === "as");
  return as < 0 ? [] : [tokens[as + 1]?.text ?? ""];
}

function rewriteTag(source: string, tag: Tag, modules: ReadonlySet<string>): string {
  const rewriter = new ExpressionRewriter(source, tag, modules);
  if (tag.kind === "output") return rewriter.rest();
  const statement = tag.tokens[0]?.text;
  switch (statement) {
    case "do":
      // The engine knows calls only
      return rewriter.take().replace("do", "set __done =") + rewriter.rest();
    case "block":
      // `scoped` is how the engine's blocks are
      return rewriter.take() + rewriter.take() + rewriter.dropRest();
    case "set":
      return rewriteSet(rewriter, tag.tokens);
  }
  const reference = referenceOf(tag);
  if (reference === undefined || reference.name.length === 0) return rewriter.rest();
  const word = rewriter.take() + rewriter.blanks();
  return `${word}(${rewriter.upTo(1 + reference.name.length)})|__template${rewriter.rest()}`;
}

/** The engine wants brackets around several names and several values. */
function rewriteSet(rewriter: ExpressionRewriter, tokens: readonly Token[]): string {
  const equals = tokens.findIndex((token) => token.text === "=");
  const word = rewriter.take() + rewriter.blanks();
  if (equals < 0) return word + rewriter.rest();
  const target = bracketed(rewriter.upTo(equals), tokens.slice(1, equals));
  const sign = rewriter.take() + rewriter.blanks();
  return word + target + sign + bracketed(rewriter.rest(), tokens.slice(equals + 1));
}

function bracketed(text: string, tokens: readonly Token[]): string {
  let depth = 0;
  const isList = tokens.some(({ text }) => {
    if ("([{".includes(text)) depth++;
    if (")]}".includes(text)) depth--;
    return text === "," && depth === 0;
  });
  return isList ? `(${text})` : text;
}
