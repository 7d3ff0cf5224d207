/** `{{name}}`: values that earlier checks took from their answers. */

const PLACEHOLDER = /\\?\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}/g;

/** The names that a text asks for. */
export function namesIn(text: string): string[] {
  return Array.from(text.matchAll(PLACEHOLDER))
    .filter(([whole]) => !whole.startsWith("\\"))
    .map(([, name = ""]) => name);
}

/** A name that no check has taken a value for. */
export class MissingCapture extends Error {
  override readonly name = "MissingCapture";

  constructor(readonly capture: string) {
    super(`the value '${capture}' has not been captured`);
  }
}

/**
 * A copy of a check's settings with what earlier checks took filled in. `\{{` stands for the characters.
 *
 * @throws {MissingCapture}
 */
export function fill<T>(settings: T, captured: ReadonlyMap<string, string>): T {
  return fillValue(settings, (text) => fillText(text, captured)) as T;
}

/** @throws {MissingCapture} */
export function fillText(text: string, captured: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (whole: string, name: string) => {
    if (whole.startsWith("\\")) return whole.slice(1);
    const value = captured.get(name);
    if (value === undefined) throw new MissingCapture(name);
    return value;
  });
}

function fillValue(value: unknown, fillIn: (text: string) => string): unknown {
  if (typeof value === "string") return value.includes("{{") ? fillIn(value) : value;
  if (Array.isArray(value)) return value.map((item) => fillValue(item, fillIn));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillValue(item, fillIn)]));
}
