/** The templates of one rendering: the first, and those that it and others refer to. */
import { markedName, type Settings } from "./engine.ts";
import type { Found, TemplateFolder } from "./folder.ts";
import { referenceOf, rewriteTemplate } from "./rewrite.ts";
import { scanTags, stringValue, type Tag } from "./scan.ts";

/** A template that has been read. */
export interface Template {
  readonly name: string;
  readonly source: string;
  readonly tags: readonly Tag[];
}

interface Analysis {
  readonly tags: readonly Tag[];
  readonly rewritten: string;
}

/** Sources that have been rewritten before, the newest: the same template is often rendered many times. */
const analyses = new Map<string, Analysis>();
const MAX_ANALYSES = 64;
/** Characters of a source that is kept. */
const MAX_KEPT = 64 * 1024;

function analyse(source: string): Analysis {
  const known = analyses.get(source);
  if (known !== undefined) return known;
  const tags = scanTags(source);
  const analysis = { tags, rewritten: rewriteTemplate(source, tags) };
  if (source.length <= MAX_KEPT) {
    const [oldest] = analyses.size < MAX_ANALYSES ? [] : analyses.keys();
    if (oldest !== undefined) analyses.delete(oldest);
    analyses.set(source, analysis);
  }
  return analysis;
}

/** How many templates one rendering may read. */
const MAX_TEMPLATES = 500;

/** The templates that a statement names, where they stand there as strings. */
export function literalNames(tag: Tag): string[] {
  const tokens = referenceOf(tag)?.name ?? [];
  const strings = tokens.filter((token) => token.kind === "string");
  const inList = /^[[(]$/.test(tokens[0]?.text ?? "") &&
    tokens.every((token) => /^["'[\](),]/.test(token.text));
  return inList || tokens.length === 1 ? strings.map(stringValue) : [];
}

export class TemplateSet {
  readonly #folder: TemplateFolder;
  readonly #settings: Settings;
  /** All names that have been looked for. */
  readonly #found = new Map<string, Found>();
  readonly #templates = new Map<string, Template>();
  readonly #rewritten = new Map<string, string>();
  #wanted = new Set<string>();

  constructor(folder: TemplateFolder, settings: Settings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Sources by the engine's name. */
  get rewritten(): ReadonlyMap<string, string> {
    return this.#rewritten;
  }

  get templates(): Iterable<Template> {
    return this.#templates.values();
  }

  get(name: string): Template | undefined {
    return this.#templates.get(name);
  }

  /** Adds a template, and reads all that it names. */
  async add(name: string, source: string): Promise<void> {
    const { tags, rewritten } = analyse(source);
    this.#found.set(name, { kind: "source", source });
    this.#templates.set(name, { name, source, tags });
    this.#rewritten.set(markedName(name, this.#settings), rewritten);
    for (const other of tags.flatMap(literalNames)) await this.#load(other);
  }

  /** Reads what `resolve` was asked for in vain. @returns Whether there was anything */
  async loadWanted(): Promise<boolean> {
    const wanted = this.#wanted;
    this.#wanted = new Set();
    for (const name of wanted) await this.#load(name);
    return wanted.size > 0;
  }

  async #load(name: string): Promise<void> {
    if (this.#found.has(name)) return;
    const full = this.#templates.size >= MAX_TEMPLATES;
    const found: Found = full
      ? { kind: "refused", reason: `more than ${MAX_TEMPLATES} templates are used` }
      : await this.#folder.find(name);
    this.#found.set(name, found);
    if (found.kind === "source") await this.add(name, found.source);
  }

  /**
   * The engine's name of a template; one that does not exist where it is missing, or has not been looked for yet.
   *
   * @throws {Error} When it must not be used
   */
  resolve(name: string): string {
    const found = this.#found.get(name);
    if (found === undefined) this.#wanted.add(name);
    if (found?.kind === "refused") throw new Error(found.reason);
    return markedName(name, this.#settings);
  }
}
