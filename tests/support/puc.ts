/** PUC-Rio's Lua as a second opinion, and pseudo-random cases that are the same in every run. */

/** Nothing that it is given takes a tenth of that. Milliseconds. */
const TIME_LIMIT = 120_000;

/** What `lua5.4` prints for a script, a string of bytes; `undefined`, said aloud, where it is not installed. */
export async function puc(script: string): Promise<string | undefined> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeFile(file, Uint8Array.from(script, (byte) => byte.charCodeAt(0)));
    const signal = AbortSignal.timeout(TIME_LIMIT);
    const output = await new Deno.Command("lua5.4", { args: [file], stdin: "null", signal }).output();
    if (!output.success) {
      const why = signal.aborted
        ? `no end within ${TIME_LIMIT / 1000}s`
        : new TextDecoder().decode(output.stderr);
      throw new Error(`lua5.4: ${why}`);
    }
    let text = "";
    for (let i = 0; i < output.stdout.length; i += 8192) {
      text += String.fromCharCode(...output.stdout.subarray(i, i + 8192));
    }
    return text;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("skipped: lua5.4 is not installed, nothing to compare with");
    return undefined;
  } finally {
    await Deno.remove(file);
  }
}

/** mulberry32: small, fast, and good enough to choose test cases. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed;
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 up to, without, `limit`. */
  below(limit: number): number {
    return this.bits() % limit;
  }

  pick<T>(values: readonly T[]): T {
    // deno-lint-ignore no-non-null-assertion -- the index is below the length
    return values[this.below(values.length)]!;
  }
}

/** A string of bytes as a Lua literal, whatever the bytes. */
export function luaString(bytes: string): string {
  return `"${
    Array.from(bytes, (byte) => {
      const code = byte.charCodeAt(0);
      return /[\w ]/.test(byte) && code < 128 ? byte : `\\${String(code).padStart(3, "0")}`;
    }).join("")
  }"`;
}
