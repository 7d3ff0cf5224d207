/**
 * What a Lua module says of itself: the tags of the `---` lines at the very top of its file, and the functions
 * it defines. `assay modules`, `assay context` and the reference are made from this.
 */

/** One documented function: `--- @quickref signature -> returns | description`. */
export interface QuickRef {
  readonly signature: string;
  /** What it gives back, as documentation shows it. */
  readonly returns: string;
  readonly description: string;
}

/** What is known of a module without running it. */
export interface ModuleMetadata {
  /** The name that the header gives; `require` goes by the file's place. */
  readonly module: string | undefined;
  /** One line; empty when the header has none. */
  readonly description: string;
  readonly keywords: readonly string[];
  /** Names of environment variables that the module reads. */
  readonly env: readonly string[];
  readonly quickrefs: readonly QuickRef[];
  /** Names behind the first `.` or `:` of `function X.name(` and `function X:name(`, each once. */
  readonly functions: readonly string[];
}

const TAG = /^---+\s*@(\w+)\s+(.*)$/;
const FUNCTION = /^[ \t]*function\s+\w+[.:]([\w.:]+)\s*\(/gm;

/**
 * Reads the metadata of a module's source (text). Unknown tags, and quick references of another form, are
 * ignored; a tag that stands twice counts the second time, `@quickref` each time.
 */
export function parseMetadata(source: string): ModuleMetadata {
  const tags = new Map<string, string>();
  const quickrefs: QuickRef[] = [];
  for (const line of headerLines(source)) {
    const match = TAG.exec(line);
    if (match === null) continue;
    const [, tag = "", text = ""] = match;
    const value = text.trim();
    if (tag !== "quickref") tags.set(tag, value);
    else {
      const quickref = parseQuickRef(value);
      if (quickref !== undefined) quickrefs.push(quickref);
    }
  }
  return {
    module: tags.get("module"),
    description: tags.get("description") ?? "",
    keywords: splitList(tags.get("keywords")),
    env: splitList(tags.get("env")),
    quickrefs,
    functions: [...new Set(Array.from(source.matchAll(FUNCTION), ([, name = ""]) => name))],
  };
}

/** The lines up to the first that does not begin with `---`: a blank line or a shebang ends the header too. */
function* headerLines(source: string): Generator<string> {
  for (let start = 0; source.startsWith("---", start);) {
    const newline = source.indexOf("\n", start);
    const end = newline < 0 ? source.length : newline;
    yield source.slice(start, end).trimEnd();
    start = end + 1;
  }
}

function parseQuickRef(value: string): QuickRef | undefined {
  const [signature, rest] = splitAtFirst(value, " -> ");
  if (rest === undefined) return undefined;
  const [returns, description] = splitAtFirst(rest, " | ");
  if (description === undefined) return undefined;
  return { signature: signature.trim(), returns: returns.trim(), description: description.trim() };
}

function splitAtFirst(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)];
}

function splitList(value = ""): string[] {
  return value.split(",").map((item) => item.trim()).filter((item) => item !== "");
}
