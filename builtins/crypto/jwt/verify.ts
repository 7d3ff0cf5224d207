/** Verification of JSON Web Tokens: RFC 7519, section 7.2, with the advice of RFC 8725. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import { isNumber, type LuaTable, type MaybePromise, toDouble } from "../../../runtime/seam/value.ts";
import { type Algorithm, algorithmOf, type Key, mismatch, SUPPORTED, verifyWith } from "./algorithm.ts";
import { NoKeyError, verificationKeys } from "./key.ts";
import { isUrl, RemoteKeySets } from "./remote.ts";
import { textList } from "./strings.ts";
import { readToken, textField, type Token } from "./token.ts";

const NAME = "crypto.jwt_verify";

/** What a token must meet beside a right signature. */
export interface Expectations {
  /** The algorithms that are accepted. @default all that fit the key */
  readonly algorithm?: readonly string[];
  /** Another name of `algorithm`. */
  readonly algorithms?: readonly string[];
  /** One of these must be among the token's audiences. @default the audience is not looked at */
  readonly audience?: readonly string[];
  /** One of these must be the issuer. @default the issuer is not looked at */
  readonly issuer?: readonly string[];
  /** How far clocks may differ, in seconds. @default 0 */
  readonly leeway?: number;
  /** Whether a token past its `exp` is refused. @default true */
  readonly validate_exp?: boolean;
  /** Whether a token before its `nbf` is refused. @default true */
  readonly validate_nbf?: boolean;
  /** Claims that must be there. @default none */
  readonly required_claims?: readonly string[];
}

/**
 * `crypto.jwt_verify`: the header and the claims of a token that is right.
 *
 * @param key A secret, PEM, a JWK or JWKS as table or JSON, or the URL of a JWKS
 * @throws {ScriptError} When its signature or its claims are not what is expected
 */
export function verifyToken(
  host: Host,
  text: string,
  key: string | LuaTable,
  expected: Expectations,
): MaybePromise<LuaTable> {
  const token = readToken(host, text, NAME);
  const algorithm = acceptedAlgorithm(token, expected.algorithm ?? expected.algorithms);
  if (token.header.get("crit") !== undefined) {
    throw new ScriptError(`${NAME}: the header lists critical extensions, and none is supported`);
  }
  const kid = textField(token.header, "kid");
  const finish = (keys: readonly Key[]) => {
    verifySignature(token, algorithm, keys);
    const { header, claims } = token;
    checkClaims(claims, expected, Date.now() / 1000);
    return host.vm.newRecord({ header, claims });
  };
  if (typeof key === "string" && isUrl(key)) {
    return remoteKeys(host, toText(key), kid, algorithm).then(finish);
  }
  return finish(verificationKeys(key, kid, algorithm));
}

/** The keys of a set behind a URL, which is asked again where it may have got a new key since. */
async function remoteKeys(
  host: Host,
  url: string,
  kid: string | undefined,
  algorithm: Algorithm,
): Promise<readonly Key[]> {
  if (algorithm.family === "HS") {
    throw new ScriptError(
      `${NAME}: unsuitable key: ${algorithm.name} needs a secret, and others may read a URL`,
    );
  }
  const sets = RemoteKeySets.of(host);
  const set = sets.get(url);
  try {
    return verificationKeys(await set.json, kid, algorithm);
  } catch (error) {
    const newer = error instanceof NoKeyError ? sets.renewed(url, set) : undefined;
    if (newer === undefined) throw error;
    return verificationKeys(await newer.json, kid, algorithm);
  }
}

function acceptedAlgorithm({ header }: Token, accepted: readonly string[] | undefined): Algorithm {
  const name = textField(header, "alg") ?? "";
  const algorithm = algorithmOf(name);
  if (algorithm === undefined) {
    throw new ScriptError(
      `${NAME}: unsupported algorithm: ${JSON.stringify(name)} (supported: ${SUPPORTED})`,
    );
  }
  if (accepted === undefined || accepted.includes(name)) return algorithm;
  throw new ScriptError(`${NAME}: algorithm ${name} is not among those accepted: ${accepted.join(", ")}`);
}

function verifySignature(token: Token, algorithm: Algorithm, keys: readonly Key[]): void {
  const reasons = keys.map((key) => mismatch(algorithm, key));
  const fitting = keys.filter((_, index) => reasons[index] === undefined);
  if (fitting.length === 0) {
    throw new ScriptError(`${NAME}: unsuitable key: ${reasons[0] ?? "there is none"}`);
  }
  if (fitting.some((key) => verifyWith(algorithm, key, token.signed, token.signature))) return;
  throw new ScriptError(`${NAME}: invalid signature`);
}

function checkClaims(claims: LuaTable, expected: Expectations, now: number): void {
  const { leeway = 0, validate_exp = true, validate_nbf = true, required_claims = [] } = expected;
  if (!(leeway >= 0 && leeway < Infinity)) {
    throw new ScriptError(`${NAME}: leeway must be zero or more seconds: current value is ${leeway}`);
  }
  for (const name of required_claims) {
    if (claims.get(fromText(name)) === undefined) throw new ScriptError(`${NAME}: missing claim: ${name}`);
  }
  const expires = timeClaim(claims, "exp");
  if (validate_exp && expires !== undefined && now >= expires + leeway) {
    throw new ScriptError(`${NAME}: token has expired`);
  }
  const begins = timeClaim(claims, "nbf");
  if (validate_nbf && begins !== undefined && now < begins - leeway) {
    throw new ScriptError(`${NAME}: token is not valid yet`);
  }
  const { issuer, audience } = expected;
  if (issuer !== undefined && !issuer.includes(textField(claims, "iss") ?? "")) {
    throw new ScriptError(`${NAME}: invalid issuer: expected ${issuer.join(" or ")}`);
  }
  if (audience !== undefined && !(textList(claims.get("aud")) ?? []).some((one) => audience.includes(one))) {
    throw new ScriptError(`${NAME}: invalid audience: expected ${audience.join(" or ")}`);
  }
}

function timeClaim(claims: LuaTable, name: string): number | undefined {
  const value = claims.get(name);
  if (value === undefined) return undefined;
  if (!isNumber(value)) throw new ScriptError(`${NAME}: invalid claim: ${name} must be a number`);
  return toDouble(value);
}
