/** Random bytes and identifiers. */
import { ScriptError } from "../../runtime/seam/error.ts";

/** The most bytes of one call. */
const MAX_RANDOM = 16 * 1024 * 1024;

/** What the platform gives at once. */
const BLOCK = 65536;

/** @returns two lower-case hexadecimal digits a byte */
export function randomHex(count: number): string {
  if (count < 1 || count > MAX_RANDOM) {
    throw new ScriptError(
      `crypto.random: the number of bytes must be between 1 and ${MAX_RANDOM}: current value is ${count}`,
    );
  }
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i += BLOCK) crypto.getRandomValues(bytes.subarray(i, i + BLOCK));
  return bytes.toHex();
}

/** Makes identifiers of RFC 9562, section 5.7, that ascend also within a millisecond (its method 1). */
export class UuidV7Source {
  #milliseconds = 0;
  #counter = 0;

  next(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const view = new DataView(bytes.buffer);
    const now = Date.now();
    if (now > this.#milliseconds) {
      this.#milliseconds = now;
      // The upper half stays free for counting
      this.#counter = view.getUint16(6) & 0x7ff;
    } else if (++this.#counter > 0xfff) {
      this.#milliseconds++;
      this.#counter = 0;
    }
    view.setUint32(0, Math.floor(this.#milliseconds / 0x10000));
    view.setUint16(4, this.#milliseconds % 0x10000);
    view.setUint16(6, 0x7000 | this.#counter);
    view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
    return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}
