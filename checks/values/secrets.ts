/** Values that no output may show. */

/** What stands in the place of a secret. */
const MASK = "***";
/** Shorter values are found everywhere and protect nothing. Characters. */
const MIN_LENGTH = 4;

/** Knows the secrets of a run and takes them out of texts. */
export class Secrets {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** From now on `value` is shown nowhere, neither plain nor as a URL, JSON or base64 has it. */
  add(value: string): void {
    if (value.length < MIN_LENGTH) return;
    const forms = [
      value,
      encodeURIComponent(value.toWellFormed()),
      new URLSearchParams({ v: value.toWellFormed() }).toString().slice(2),
      JSON.stringify(value).slice(1, -1),
      base64(value),
      ...value.split("\n").map((line) => line.trim()),
    ];
    for (const form of forms) if (form.length >= MIN_LENGTH) this.#forms.add(form);
    this.#pattern = undefined;
  }

  /** Secrets that know these too, and tell these nothing: those of one run among many. */
  copy(): Secrets {
    const copy = new Secrets();
    for (const form of this.#forms) copy.#forms.add(form);
    return copy;
  }

  get any(): boolean {
    return this.#forms.size > 0;
  }

  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    // The longest first: one secret may be part of another
    this.#pattern ??= new RegExp(
      [...this.#forms].sort((a, b) => b.length - a.length).map((form) => RegExp.escape(form)).join("|"),
      "g",
    );
    return text.replace(this.#pattern, MASK);
  }

  /** A copy of data of any shape with all its texts masked. */
  maskAll<T>(value: T): T {
    return this.any ? maskIn(value, (text) => this.mask(text)) as T : value;
  }
}

function maskIn(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskIn(item, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), maskIn(item, mask)]));
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64().replace(/=+$/, "");
}
