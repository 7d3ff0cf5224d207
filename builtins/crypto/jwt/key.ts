/** Keys as scripts give them: secrets, PEM, JSON Web Keys (RFC 7517). */
import { createPrivateKey, createPublicKey, type JsonWebKey } from "node:crypto";
import { ScriptError } from "../../../runtime/seam/error.ts";
import { toBytes, toText } from "../../../runtime/seam/text.ts";
import { isTable, type LuaTable } from "../../../runtime/seam/value.ts";
import { encodeJson } from "../../json/encode.ts";
import type { Algorithm, Key } from "./algorithm.ts";

/** A key set that holds no key for a token, though a newer one may. */
export class NoKeyError extends ScriptError {}

/** A key set that holds more is refused. */
const MAX_KEYS = 100;

const PEM = /-----BEGIN [A-Z0-9 ]+-----/;

/** A key of a set, with what the set says of it. */
interface Jwk extends JsonWebKey {
  readonly kid?: unknown;
  readonly alg?: unknown;
  readonly use?: unknown;
}

/** The key that signs: a secret for HS algorithms, else a private key as PEM (PKCS#1, PKCS#8 or SEC1). */
export function signingKey(text: string, algorithm: Algorithm): Key {
  const isPem = PEM.test(text);
  if (algorithm.family === "HS" && !isPem) return toBytes(text);
  if (!isPem) {
    throw new ScriptError(
      `crypto.jwt_sign: invalid PEM key: ${algorithm.name} needs a private key in PEM form`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new ScriptError(
      "crypto.jwt_sign: invalid PEM key: it is no private key in the form PKCS#8, PKCS#1 or SEC1 without a password",
      { cause },
    );
  }
}

/**
 * The keys that may verify a token.
 *
 * @param source PEM (a public or private key), a JWK or JWKS as JSON text or table, or a secret
 * @param kid Of the token
 * @param algorithm Of the token
 */
export function verificationKeys(
  source: string | LuaTable,
  kid: string | undefined,
  algorithm: Algorithm,
): Key[] {
  if (isTable(source)) return fromJwks(parseJwks(encodeJson(source)), kid, algorithm);
  if (PEM.test(source)) return [publicKey(source)];
  if (/^\s*\{/.test(source)) return fromJwks(parseJwks(source), kid, algorithm);
  return [toBytes(source)];
}

function publicKey(pem: string): Key {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new ScriptError("crypto.jwt_verify: invalid PEM key", { cause });
  }
}

function parseJwks(json: string): Jwk[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(toText(json));
  } catch (cause) {
    throw new ScriptError("crypto.jwt_verify: invalid key: it begins like a JWKS and is not JSON", { cause });
  }
  const keys = isObject(parsed) && Array.isArray(parsed.keys) ? parsed.keys : [parsed];
  if (keys.length > MAX_KEYS) {
    throw new ScriptError(
      `crypto.jwt_verify: the JWKS has ${keys.length} keys, and at most ${MAX_KEYS} are tried`,
    );
  }
  const usable = keys.filter((key): key is Jwk => isObject(key) && typeof key.kty === "string");
  if (usable.length > 0) return usable;
  throw new ScriptError(
    "crypto.jwt_verify: invalid key: a table or JSON text must be a JWK or a JWKS with keys",
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The type of JWK that each family of algorithms takes: RFC 7518, section 6.1. */
const KEY_TYPES: Readonly<Record<Algorithm["family"], string>> = {
  HS: "oct",
  RS: "RSA",
  PS: "RSA",
  ES: "EC",
  EdDSA: "OKP",
};

function fromJwks(jwks: readonly Jwk[], kid: string | undefined, { name, family }: Algorithm): Key[] {
  const fitting = jwks.filter(({ kty, use, alg }) =>
    kty === KEY_TYPES[family] && use !== "enc" && (alg === undefined || alg === name)
  );
  const named = kid === undefined ? fitting : fitting.filter((jwk) => jwk.kid === kid);
  // Sets of a single key often name it nowhere
  const candidates = named.length > 0 ? named : fitting.filter((jwk) => jwk.kid === undefined);
  if (candidates.length === 0) {
    const wanted = kid === undefined ? `for ${name}` : `with kid ${JSON.stringify(kid)} for ${name}`;
    throw new NoKeyError(`crypto.jwt_verify: the JWKS holds no key ${wanted}`);
  }
  // A set may hold keys on curves that are unknown here beside the right one
  const keys = candidates.map(fromJwk).filter((key) => key !== undefined);
  if (keys.length > 0) return keys;
  throw new ScriptError(`crypto.jwt_verify: invalid key: the JWKS holds only malformed keys for ${name}`);
}

function fromJwk(jwk: Jwk): Key | undefined {
  try {
    if (jwk.kty !== "oct") return createPublicKey({ key: jwk, format: "jwk" });
    return Uint8Array.fromBase64(String(jwk.k), { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}
