/** The compact form of JSON Web Tokens: RFC 7519 and RFC 7515, section 7.1. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { fromBytes, toBytes, toText } from "../../../runtime/seam/text.ts";
import { isTable, type LuaTable } from "../../../runtime/seam/value.ts";
import { encodeJson } from "../../json/encode.ts";
import { parseJson } from "../../json/parse.ts";
import { type Algorithm, mismatch, signWith } from "./algorithm.ts";
import { signingKey } from "./key.ts";

/** Longer tokens are refused, in bytes. */
const MAX_TOKEN = 1024 * 1024;

/** A token taken apart, nothing of it verified but its form. */
export interface Token {
  readonly header: LuaTable;
  readonly claims: LuaTable;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const encodeSegment = (bytes: Uint8Array): string =>
  bytes.toBase64({ alphabet: "base64url", omitPadding: true });

/** `crypto.jwt_sign`. */
export function signToken(
  claims: LuaTable,
  keyText: string,
  algorithm: Algorithm,
  kid: string | undefined,
): string {
  const key = signingKey(keyText, algorithm);
  const unfit = mismatch(algorithm, key);
  if (unfit !== undefined) throw new ScriptError(`crypto.jwt_sign: unsuitable key: ${unfit}`);
  const payload = encodeJson(claims, { functionName: "crypto.jwt_sign: encoding failed" });
  if (!payload.startsWith("{")) {
    throw new ScriptError(
      "crypto.jwt_sign: first argument must be a claims table with names as keys, not an array",
    );
  }
  const name = kid === undefined
    ? ""
    : `,"kid":${encodeJson(kid, { functionName: "crypto.jwt_sign: encoding failed" })}`;
  const header = `{"typ":"JWT","alg":"${algorithm.name}"${name}}`;
  const signed = `${encodeSegment(toBytes(header))}.${encodeSegment(toBytes(payload))}`;
  try {
    return `${signed}.${encodeSegment(signWith(algorithm, key, toBytes(signed)))}`;
  } catch (cause) {
    throw new ScriptError("crypto.jwt_sign: encoding failed: the key cannot sign", { cause });
  }
}

/** Splits a token and reads its header; the claims are read when asked for. */
export function readToken(host: Host, token: string, functionName: string): Token {
  if (token.length > MAX_TOKEN) {
    throw new ScriptError(`${functionName}: token is longer than ${MAX_TOKEN / 1024} KiB`);
  }
  const segments = token.split(".");
  const [header = "", payload = "", signature = ""] = segments;
  if (segments.length !== 3) {
    throw new ScriptError(
      `${functionName}: token must have three segments separated by dots: it has ${segments.length}`,
    );
  }
  return {
    header: readObject(host, header, `${functionName}: header`),
    get claims() {
      return readObject(host, payload, `${functionName}: payload`);
    },
    signed: toBytes(`${header}.${payload}`),
    signature: decodeSegment(signature, `${functionName}: signature`),
  };
}

function readObject(host: Host, segment: string, where: string): LuaTable {
  const json = fromBytes(decodeSegment(segment, where));
  const value = parseJson(host, json, `${where}: invalid JSON`);
  if (isTable(value) && /^\s*\{/.test(json)) return value;
  throw new ScriptError(`${where}: invalid JSON: an object is expected`);
}

function decodeSegment(segment: string, where: string): Uint8Array {
  try {
    const bytes = Uint8Array.fromBase64(segment, { alphabet: "base64url" });
    // Else one token could be written in several ways
    if (encodeSegment(bytes) === segment) return bytes;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ScriptError(`${where}: invalid base64url`);
}

/** The string in a table's field, as text. */
export function textField(table: LuaTable, name: string): string | undefined {
  const value = table.get(name);
  return typeof value === "string" ? toText(value) : undefined;
}
