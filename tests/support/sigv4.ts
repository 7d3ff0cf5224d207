/** A second, independent implementation of AWS Signature Version 4: what a server makes of a request. */
import { createHash, createHmac } from "node:crypto";
import type { MockRequest } from "./mock.ts";

const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();

/**
 * What is wrong with a request's signature; undefined when it is right.
 *
 * @param body The bytes of the body where they are not UTF-8 text
 */
export function signatureProblem(
  request: MockRequest,
  secretKey: string,
  body: string | Uint8Array = request.body,
): string | undefined {
  const { method, path, query, headers } = request;
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/
    .exec(headers["authorization"] ?? "");
  const [, credential = "", signed = "", signature] = found ?? [];
  if (signature === undefined) return `no signature: ${headers["authorization"]}`;
  const hash = headers["x-amz-content-sha256"] ?? "";
  if (hash !== sha256(body)) return `the hash of the body is not ${hash}`;
  const names = signed.split(";");
  const unsigned = Object.keys(headers).filter((name) =>
    (name.startsWith("x-amz-") || name === "host" || name === "content-type") && !names.includes(name)
  );
  if (unsigned.length > 0) return `not signed: ${unsigned}`;
  const [, date = "", region = "", service = ""] = credential.split("/");
  const canonical = [
    method,
    path,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, " ")}`),
    "",
    signed,
    hash,
  ].join("\n");
  const scope = [date, region, service, "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Uint8Array>((part, text) => hmac(part, text), `AWS4${secretKey}`);
  const expected = hmac(key, toSign).toString("hex");
  return signature === expected ? undefined : `the signature is wrong for ${JSON.stringify(canonical)}`;
}

/** As S3 does it: decoded, encoded its way, sorted by name. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return query.split("&")
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))] as const;
    })
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}
