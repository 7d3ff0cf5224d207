/**
 * Search of the catalogue by words, ranked by BM25 as SQLite's FTS5 defines it
 * (https://www.sqlite.org/fts5.html#the_bm25_function), with a weight for each field.
 */
import type { Entry } from "./entry.ts";
import { nearWords } from "./near.ts";

const K1 = 1.2;
const B = 0.75;
/** What a word counts that is in half of the entries or more: no entry is to be the worse for having it. */
const LEAST_IDF = 1e-6;

/** How much a find in a field counts. */
const WEIGHTS = { keywords: 3, name: 2, description: 1, functions: 1 } as const;
type Field = keyof typeof WEIGHTS;
const FIELDS = Object.keys(WEIGHTS) as Field[];

/** What a search came to. */
export interface SearchResult {
  /** The best first. */
  readonly found: readonly Entry[];
  /** Words that nothing knows, and those that were looked for instead. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
}

interface Document {
  readonly entry: Entry;
  /** The words of each part of each field: a phrase does not go from one part to the next. */
  readonly parts: Readonly<Record<Field, readonly (readonly string[])[]>>;
  readonly length: number;
}

/** A word of the query: words that stand for it, each a phrase of the parts between its underscores. */
type Term = readonly (readonly string[])[];

/** The entries that have all words of a query, or words near to those that nothing knows. */
export function search(entries: readonly Entry[], query: string): SearchResult {
  const words = [...new Set(wordsOf(query, "_").filter((word) => /[^_]/.test(word)))];
  const none = new Map<string, string[]>();
  if (words.length === 0) return { found: [], replaced: none };
  const documents = entries.map(toDocument);
  const exact = rank(documents, words.map((word) => [splitWords(word)]), query);
  if (exact.length > 0) return { found: exact, replaced: none };
  const detailed = documents.filter((document) => {
    const details = detailsOf(document);
    return words.every((word) => splitWords(word).every((part) => details.has(part)));
  });
  if (detailed.length > 0) return { found: detailed.map(({ entry }) => entry), replaced: none };
  return searchNear(documents, words);
}

function searchNear(documents: readonly Document[], words: readonly string[]): SearchResult {
  const known = new Set(documents.flatMap(({ parts }) => FIELDS.flatMap((field) => parts[field].flat())));
  const replaced = new Map<string, readonly string[]>();
  const terms = words.map((word): Term => {
    const phrase = splitWords(word);
    if (phrase.every((part) => known.has(part))) return [phrase];
    const near = nearWords(word, known);
    if (near.length > 0) replaced.set(word, near);
    return near.map((other) => [other]);
  });
  if (replaced.size === 0) return { found: [], replaced };
  const meant = words.map((word) => replaced.get(word)?.[0] ?? word).join(" ");
  const found = rank(documents, terms, meant);
  return { found, replaced: found.length === 0 ? new Map() : replaced };
}

function toDocument(entry: Entry): Document {
  // Globals declare no keywords; what their functions are for describes them
  const descriptions = entry.kind === "global" ? entry.quickrefs.map(({ description }) => description) : [];
  const parts = {
    keywords: entry.keywords.map(splitWords),
    name: [splitWords(entry.name)],
    description: [splitWords(entry.description), ...descriptions.map(splitWords)],
    functions: entry.functions.map(splitWords),
  };
  const length = FIELDS.reduce((sum, field) => sum + parts[field].reduce((n, part) => n + part.length, 0), 0);
  return { entry, parts, length };
}

/** All words of an entry, with those of its functions' descriptions: looked at when nothing else is found. */
function detailsOf({ entry, parts }: Document): Set<string> {
  return new Set([
    ...FIELDS.flatMap((field) => parts[field].flat()),
    ...entry.quickrefs.flatMap(({ signature, description }) => splitWords(`${signature} ${description}`)),
  ]);
}

function splitWords(text: string): string[] {
  return wordsOf(text, "");
}

const SPLITS = {
  "": { ascii: /[^a-z0-9]+/, any: "[^\\p{L}\\p{N}]+" },
  _: { ascii: /[^a-z0-9_]+/, any: "[^\\p{L}\\p{N}_]+" },
};

/** Lower-case words. What stands for all letters is made only where it is needed: that takes milliseconds. */
function wordsOf(text: string, besides: keyof typeof SPLITS): string[] {
  const { ascii, any } = SPLITS[besides];
  // deno-lint-ignore no-control-regex -- what is not ASCII is meant
  const split = /[^\x00-\x7f]/.test(text) ? new RegExp(any, "u") : ascii;
  return text.toLowerCase().split(split).filter((word) => word !== "");
}

/** Those that have every term, the best first; one that goes by just what was asked for before all others. */
function rank(documents: readonly Document[], terms: readonly Term[], query: string): Entry[] {
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const frequencies = terms.map((term) => documents.map((document) => frequency(document, term)));
  const idfs = frequencies.map((row) => {
    const having = row.filter((count) => count > 0).length;
    return Math.max(Math.log((documents.length - having + 0.5) / (having + 0.5)), LEAST_IDF);
  });
  const scored = documents.flatMap(({ entry, length }, index) => {
    let score = 0;
    for (let i = 0; i < terms.length; i++) {
      const count = frequencies[i]?.[index] ?? 0;
      if (count === 0) return [];
      score += (idfs[i] ?? 0) * count * (K1 + 1) / (count + K1 * (1 - B + B * length / average));
    }
    return [{ entry, score: isNamed(entry, query) ? Number.MAX_VALUE : score }];
  });
  return scored.sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
    .map(({ entry }) => entry);
}

/** Whether the query is a name, or a module's first keyword, which says what product it is for. */
function isNamed({ name, keywords }: Entry, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  return name === wanted || name === `assay.${wanted}` || keywords[0]?.toLowerCase() === wanted;
}

/** How often a document has a term, finds weighted by field. */
function frequency({ parts }: Document, term: Term): number {
  let count = 0;
  for (const field of FIELDS) {
    for (const words of parts[field]) {
      for (const phrase of term) count += WEIGHTS[field] * occurrences(words, phrase);
    }
  }
  return count;
}

function occurrences(words: readonly string[], phrase: readonly string[]): number {
  let count = 0;
  for (
    let start = words.indexOf(phrase[0] ?? "");
    start >= 0;
    start = words.indexOf(phrase[0] ?? "", start + 1)
  ) {
    if (phrase.every((word, offset) => words[start + offset] === word)) count++;
  }
  return count;
}
