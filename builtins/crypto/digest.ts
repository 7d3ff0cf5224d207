/** Hashes and message authentication codes. */
import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from "node:crypto";
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import { fromBytes, toBytes, toText } from "../../runtime/seam/text.ts";

const ALGORITHMS: readonly string[] = [
  "sha224",
  "sha256",
  "sha384",
  "sha512",
  "sha3-224",
  "sha3-256",
  "sha3-384",
  "sha3-512",
  "md5",
];

const CHUNK = 1024 * 1024;

/** How much of a string is turned into bytes at a time: what a processor's cache holds. */
const PIECE = 64 * 1024;

/** The name of an algorithm as the platform writes it. @throws {ScriptError} When there is none of this name */
function algorithmOf(functionName: string, name: string): string {
  const algorithm = name.toLowerCase();
  if (ALGORITHMS.includes(algorithm)) return algorithm;
  throw new ScriptError(
    `crypto.${functionName}: unsupported algorithm: ${toText(name)} (supported: ${ALGORITHMS.join(", ")})`,
  );
}

/** Adds a string of bytes, without a copy of all of it. */
function feed<T extends Hash | Hmac>(digest: T, data: string): T {
  const piece = new Uint8Array(Math.min(data.length, PIECE));
  for (let start = 0; start < data.length; start += PIECE) {
    const length = Math.min(PIECE, data.length - start);
    for (let i = 0; i < length; i++) piece[i] = data.charCodeAt(start + i);
    digest.update(length === piece.length ? piece : piece.subarray(0, length));
  }
  return digest;
}

/** @returns lower-case hexadecimal digits */
export function hash(data: string, algorithm: string): string {
  return feed(createHash(algorithmOf("hash", algorithm)), data).digest("hex");
}

/** By RFC 2104. @returns lower-case hexadecimal digits, or the bytes themselves when `raw` */
export function hmac(key: string, data: string, algorithm: string, raw: boolean): string {
  const digest = feed(createHmac(algorithmOf("hmac", algorithm), toBytes(key)), data).digest();
  return raw ? fromBytes(digest) : digest.toString("hex");
}

/** The hash of a file of any size, in pieces. @returns lower-case hexadecimal digits */
export async function hashFile(path: string, algorithm: string): Promise<string> {
  const digest = createHash(algorithmOf("hash_file", algorithm));
  try {
    using file = await Deno.open(path);
    const chunk = new Uint8Array(CHUNK);
    for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
      digest.update(chunk.subarray(0, count));
    }
  } catch (error) {
    throw new ScriptError(`crypto.hash_file: failed to read "${path}": ${describeSystemError(error)}`, {
      cause: error,
    });
  }
  return digest.digest("hex");
}

/** Compares in a time that does not tell where two strings differ. */
export function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(toBytes(a), toBytes(b));
}
