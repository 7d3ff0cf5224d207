import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { boolean, options, string } from "../runtime/seam/params.ts";
import { extraOptions } from "./extra_options.ts";

const FLAVOUR = extraOptions(options("opts", { url: boolean }));

/** Neither of the alphabet nor padding. */
const FOREIGN = /[^A-Za-z0-9+/=]/;
/** Padding is none of it. */
const URL_SAFE = /[^A-Za-z0-9_-]/;

/** The last characters before the padding whose unused bits are zero: after 2 and after 3 characters. */
const LAST_OF_TWO = /[AQgw]/;
const LAST_OF_THREE = /[AEIMQUYcgkosw048]/;

/** Base64 of RFC 4648: section 4, or section 5 without padding. */
export function encodeBase64(bytes: string, url = false): string {
  const text = btoa(bytes);
  return url ? text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") : text;
}

/**
 * The bytes of base64 text, of exactly the form that {@link encodeBase64} gives.
 *
 * @param functionName What errors begin with. @default "base64.decode"
 * @throws {ScriptError} For any other character, wrong padding or length, and unused bits that are not zero
 */
export function decodeBase64(text: string, url = false, functionName = "base64.decode"): string {
  const end = url ? text.length : text.length - paddingOf(text);
  const fail = (reason: string, offset: number) => {
    throw new ScriptError(`${functionName}: ${reason} at offset ${offset}`);
  };
  const foreign = text.search(url ? URL_SAFE : FOREIGN);
  if (foreign >= 0) fail(`invalid character ${describeByte(text.charCodeAt(foreign))}`, foreign);
  const inner = text.slice(0, end).indexOf("=");
  if (inner >= 0) fail("invalid character '='", inner);
  const rest = end % 4;
  if (rest === 1) fail("incomplete last group", end - 1);
  if (!url && text.length % 4 !== 0) fail("missing or incomplete padding", text.length);
  if (!url && text.length - end !== (4 - rest) % 4) fail("too much padding", end);
  const lastOf = rest === 2 ? LAST_OF_TWO : LAST_OF_THREE;
  if (rest !== 0 && !lastOf.test(text.charAt(end - 1))) {
    fail(
      `invalid last character ${describeByte(text.charCodeAt(end - 1))}, its unused bits are not zero`,
      end - 1,
    );
  }
  return atob(url ? text.replaceAll("-", "+").replaceAll("_", "/") : text);
}

function paddingOf(text: string): number {
  return /={0,2}$/.exec(text)?.[0].length ?? 0;
}

function describeByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? `'${String.fromCharCode(byte)}'`
    : `0x${byte.toString(16).padStart(2, "0")}`;
}

export default defineGlobal({
  name: "base64",
  doc: "Base64 of any bytes",
  functions: {
    encode: fn({
      params: [string("bytes"), FLAVOUR],
      returns: "string",
      doc: "Encode bytes as base64, or with url as unpadded URL-safe base64",
      run: (_host, bytes, { url }) => encodeBase64(bytes, url),
    }),
    decode: fn({
      params: [string("text"), FLAVOUR],
      returns: "string",
      doc: "Decode base64, padded and without blanks, or with url unpadded URL-safe base64",
      run: (_host, text, { url }) => decodeBase64(text, url),
    }),
  },
});
