/**
 * Between Lua strings (bytes, one char code ≤ 0xFF each) and what the host uses: UTF-16 text and Uint8Array.
 */

// deno-lint-ignore no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
const CHUNK = 8192;

const encoder = new TextEncoder();
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** The text of a Lua string that holds UTF-8. Invalid sequences become U+FFFD. */
export function toText(bytes: string): string {
  return NOT_ASCII.test(bytes) ? lossyDecoder.decode(toBytes(bytes)) : bytes;
}

/** As {@link toText}, but `undefined` when the bytes are not valid UTF-8. */
export function toTextStrict(bytes: string): string | undefined {
  if (!NOT_ASCII.test(bytes)) return bytes;
  try {
    return strictDecoder.decode(toBytes(bytes));
  } catch {
    return undefined;
  }
}

/** The Lua string that holds `text` as UTF-8. */
export function fromText(text: string): string {
  return NOT_ASCII.test(text) ? fromBytes(encoder.encode(text)) : text;
}

/** The bytes of a Lua string, in an array of their own. */
export function toBytes(bytes: string): Uint8Array<ArrayBuffer> {
  const length = bytes.length;
  const array = new Uint8Array(length);
  for (let i = 0; i < length; i++) array[i] = bytes.charCodeAt(i);
  return array;
}

/** The Lua string of some bytes. */
export function fromBytes(array: Uint8Array): string {
  const length = array.length;
  if (length <= CHUNK) return String.fromCharCode.apply(null, array as unknown as number[]);
  let bytes = "";
  for (let i = 0; i < length; i += CHUNK) {
    bytes += String.fromCharCode.apply(null, array.subarray(i, i + CHUNK) as unknown as number[]);
  }
  return bytes;
}
