/** The signature algorithms of JSON Web Algorithms: RFC 7518, section 3, and RFC 8037. */
import { constants, createHmac, type KeyObject, sign, timingSafeEqual, verify } from "node:crypto";

/** What kind of key an algorithm takes. */
export type Family = "HS" | "RS" | "PS" | "ES" | "EdDSA";

/** A signature algorithm. */
export interface Algorithm {
  readonly name: string;
  readonly family: Family;
  /** `undefined` for EdDSA, which hashes by itself. */
  readonly hash: string | undefined;
  /** The curve of ES algorithms, as the platform names it. */
  readonly curve?: string;
}

const CURVES: Readonly<Record<string, string>> = { 256: "prime256v1", 384: "secp384r1", 512: "secp521r1" };

const SIZED = (["HS", "RS", "PS", "ES"] as const).flatMap((family) =>
  ["256", "384", "512"].map((size): Algorithm => {
    const curve = family === "ES" ? CURVES[size] : undefined;
    return { name: family + size, family, hash: `sha${size}`, ...(curve === undefined ? {} : { curve }) };
  })
);

/** All that tokens may be signed with; `none` is not among them. */
export const ALGORITHMS: readonly Algorithm[] = [...SIZED, {
  name: "EdDSA",
  family: "EdDSA",
  hash: undefined,
}];

/** The names for messages. */
export const SUPPORTED = ALGORITHMS.map(({ name }) => name).join(", ");

/** The algorithm of a name, exactly written; `none` is no algorithm. */
export function algorithmOf(name: string): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => algorithm.name === name);
}

/** A secret of HS algorithms, or an asymmetric key. */
export type Key = Uint8Array | KeyObject;

/** RSA keys below this many bits are refused: RFC 7518, section 3.3. */
const MIN_RSA_BITS = 2048;

/** Why a key cannot be used with an algorithm; `undefined` when it can. */
export function mismatch(algorithm: Algorithm, key: Key): string | undefined {
  const { family, name, curve } = algorithm;
  if (key instanceof Uint8Array) {
    if (family !== "HS") return `${name} needs a PEM key or a JWK, not a secret`;
    return key.length === 0 ? "the secret is empty" : undefined;
  }
  if (family === "HS") {
    return `${name} needs a secret, and this is a ${key.type} key, which others may know`;
  }
  const type = key.asymmetricKeyType ?? "unknown";
  const details = key.asymmetricKeyDetails;
  switch (family) {
    case "RS":
    case "PS": {
      if (type !== "rsa" && !(family === "PS" && type === "rsa-pss")) {
        return `${name} needs an RSA key, not ${type}`;
      }
      const bits = details?.modulusLength;
      if (bits === undefined || bits >= MIN_RSA_BITS) return undefined;
      return `the RSA key has ${bits} bits, and ${name} needs at least ${MIN_RSA_BITS}`;
    }
    case "ES": {
      if (type !== "ec") return `${name} needs an EC key, not ${type}`;
      if (details?.namedCurve === curve) return undefined;
      return `${name} needs a key on the curve ${curve}, not ${details?.namedCurve ?? "unknown"}`;
    }
    case "EdDSA":
      return type === "ed25519" ? undefined : `EdDSA needs an Ed25519 key, not ${type}`;
  }
}

/** Signs with a key that fits the algorithm. */
export function signWith(algorithm: Algorithm, key: Key, data: Uint8Array): Uint8Array {
  const { hash } = algorithm;
  if (key instanceof Uint8Array) return hmacOf(hash, key, data);
  return sign(hash, data, { key, ...schemeOf(algorithm) });
}

/** Whether a signature is right, for a key that fits the algorithm. */
export function verifyWith(
  algorithm: Algorithm,
  key: Key,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!(key instanceof Uint8Array)) {
    return verify(algorithm.hash, data, { key, ...schemeOf(algorithm) }, signature);
  }
  const expected = hmacOf(algorithm.hash, key, data);
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function hmacOf(hash: string | undefined, key: Uint8Array, data: Uint8Array): Uint8Array {
  if (hash === undefined) throw new TypeError("A secret was used with an asymmetric algorithm");
  return createHmac(hash, key).update(data).digest();
}

/** How the platform is told the signature scheme. */
function schemeOf({ family }: Algorithm) {
  switch (family) {
    case "PS":
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case "ES":
      return { dsaEncoding: "ieee-p1363" as const };
    default:
      return {};
  }
}
