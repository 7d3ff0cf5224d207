/**
 * Finds out what failed, and where, in a template that another one includes: the engine tells only that it did.
 *
 * The templates are rendered once more. Before each tag stands a mark that tells how far the rendering has come, and
 * what is included, imported or inherited stands in its place, so that the engine reports its error.
 */
import { EngineError, markedName, type Place, type Rendering, type TemplateEngine } from "./engine.ts";
import { rewriteTemplate } from "./rewrite.ts";
import { scanTags } from "./scan.ts";
import { literalNames, type Template, type TemplateSet } from "./template_set.ts";

/** How deep templates are put into one another: they may include themselves. */
const MAX_DEPTH = 8;

/** Characters of all that is put together. */
const MAX_LENGTH = 4 * 1024 * 1024;

/** The engine's words where it does not tell what is wrong. */
const VAGUE = /^could not render /;

/** @returns The error that the rendering ends with, as exact as can be found out */
export function diagnose(
  engine: TemplateEngine,
  rendering: Rendering,
  templates: TemplateSet,
  error: EngineError,
): EngineError {
  if (!VAGUE.test(error.what)) return error;
  const exact = renderMarked(engine, rendering, templates, error);
  const circle = VAGUE.test(exact.what) ? circleOf(templates) : undefined;
  if (circle === undefined) return exact;
  return new EngineError(
    `${error.what}; templates use each other in a circle, perhaps without end: ${circle}`,
    error.place,
    {
      cause: error,
    },
  );
}

/** Templates that use one another up to the first again, such as `a.j2 → b.j2 → a.j2`. */
function circleOf(templates: TemplateSet): string | undefined {
  const done = new Set<string>();
  const search = (name: string, path: readonly string[]): string | undefined => {
    const begin = path.indexOf(name);
    if (begin >= 0) return [...path.slice(begin), name].join(" → ");
    if (done.has(name)) return undefined;
    const others = templates.get(name)?.tags.flatMap(literalNames) ?? [];
    for (const other of others) {
      const circle = search(other, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const { name } of templates.templates) {
    const circle = search(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function renderMarked(
  engine: TemplateEngine,
  rendering: Rendering,
  templates: TemplateSet,
  error: EngineError,
): EngineError {
  let last: Place | undefined;
  const marked = new MarkedTemplates(templates);
  const sources = new Map<string, string>();
  for (const template of templates.templates) {
    const source = marked.whole(template);
    sources.set(markedName(template.name, rendering.settings), rewriteTemplate(source, scanTags(source)));
  }
  try {
    engine.render({
      ...rendering,
      templates: sources,
      reached: (index) => last = marked.places[index] ?? last,
    });
  } catch (second) {
    if (!(second instanceof EngineError) || last === undefined) return error;
    const same = last.template === error.place?.template && last.line === error.place.line;
    const from = error.place === undefined || same
      ? ""
      : `, from ${error.place.template}:${error.place.line}`;
    return new EngineError(`${second.what} (in ${last.template}:${last.line}${from})`, undefined, {
      cause: error,
    });
  }
  return error;
}

class MarkedTemplates {
  readonly places: Place[] = [];
  #length = 0;

  constructor(private readonly templates: TemplateSet) {}

  whole(template: Template): string {
    return this.#part(template, 0, template.tags.length, 0, template.source.length, 0);
  }

  /** The tags from `first` up to `end` with the text from `start` up to `stop`. */
  #part(template: Template, first: number, end: number, start: number, stop: number, depth: number): string {
    let text = "";
    let position = start;
    const blocks: string[] = [];
    for (let i = 0; i < end; i++) {
      const tag = template.tags[i];
      if (tag === undefined) break;
      const [word, name = ""] = tag.tokens.map((token) => token.text);
      if (tag.kind === "statement" && word === "block") blocks.push(name);
      if (tag.kind === "statement" && word === "endblock") blocks.pop();
      if (i < first) continue;
      this.places.push({ template: template.name, line: tag.line });
      text += `${template.source.slice(position, tag.start)}{{ ${this.places.length - 1}|__at }}`;
      const isSuper = tag.kind === "output" && tag.tokens.map((token) => token.text).join("") === "super()";
      text += isSuper
        ? this.#inherited(template, blocks.at(-1) ?? "", depth)
        : literalNames(tag).map((other) => this.#other(word ?? "", other, depth)).join("");
      text += template.source.slice(tag.start, tag.end);
      position = tag.end;
    }
    text += template.source.slice(position, stop);
    this.#length += text.length;
    return text;
  }

  #isFull(depth: number): boolean {
    return depth >= MAX_DEPTH || this.#length > MAX_LENGTH;
  }

  #other(statement: string, name: string, depth: number): string {
    const template = this.templates.get(name);
    if (statement === "extends" || template === undefined || this.#isFull(depth)) return "";
    const { source, tags } = template;
    const inherits = tags.some(({ kind, tokens }) =>
      kind === "statement" && /^(?:block|extends)$/.test(tokens[0]?.text ?? "")
    );
    return inherits ? "" : scoped(this.#part(template, 0, tags.length, 0, source.length, depth + 1));
  }

  #inherited(template: Template, block: string, depth: number): string {
    const extending = template.tags.find((tag) =>
      tag.kind === "statement" && tag.tokens[0]?.text === "extends"
    );
    const [name] = extending === undefined ? [] : literalNames(extending);
    const parent = name === undefined ? undefined : this.templates.get(name);
    if (parent === undefined || this.#isFull(depth)) return "";
    const isBlock = (word: string) => (tag: Template["tags"][number]) =>
      tag.kind === "statement" && tag.tokens[0]?.text === word;
    const begin = parent.tags.findIndex((tag) => isBlock("block")(tag) && tag.tokens[1]?.text === block);
    if (begin < 0) return this.#inherited(parent, block, depth + 1);
    let open = 1;
    const end = parent.tags.findIndex((tag, index) => {
      if (index <= begin) return false;
      if (isBlock("block")(tag)) open++;
      return isBlock("endblock")(tag) && --open === 0;
    });
    const [from, to] = [parent.tags[begin], parent.tags[end]];
    if (from === undefined || to === undefined || open > 0) return "";
    const nested = parent.tags.slice(begin + 1, end).some(isBlock("block"));
    return nested ? "" : scoped(this.#part(parent, begin + 1, end, from.end, to.start, depth + 1));
  }
}

function scoped(text: string): string {
  return `{% with %}${text}{% endwith %}`;
}
