/**
 * Signature Version 4 against the vectors that AWS publishes: the examples of "Authenticating Requests: Using the
 * Authorization Header" of S3's API reference, and of "Create a signed AWS API request" of the IAM user guide.
 */
import assert from "node:assert/strict";
import { loadEngine } from "../runtime/engines.ts";
import { runLua } from "./support/lua.ts";
import { toText } from "../runtime/seam/text.ts";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const S3 = `{ access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region = "us-east-1", service = "s3" }`;
const IAM = `{ access_key = "AKIDEXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region = "us-east-1", service = "iam" }`;

/** A request of the examples, as Lua. */
function s3Request(method: string, path: string, hash: string, query = "{}", headers = ""): string {
  return `{ method = "${method}", path = ${path}, query = ${query}, payload_hash = "${hash}", headers = {
    Host = "examplebucket.s3.amazonaws.com", ["x-amz-content-sha256"] = "${hash}",
    ["x-amz-date"] = sigv4.timestamp(1369353600), ${headers} } }`;
}

const VECTORS: readonly {
  name: string;
  request: string;
  credentials?: string;
  signed: string;
  signature: string;
}[] = [
  {
    name: "GET Object",
    request: s3Request("GET", '"/test.txt"', EMPTY, "{}", 'Range = "bytes=0-9"'),
    signed: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    name: "PUT Object, with a key to be encoded",
    request: s3Request(
      "PUT",
      'sigv4.encode_path("/test$file.text")',
      "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      "{}",
      'Date = "Fri, 24 May 2013 00:00:00 GMT", ["x-amz-storage-class"] = "REDUCED_REDUNDANCY"',
    ),
    signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    name: "GET Bucket Lifecycle, with a query without a value",
    request: s3Request("GET", '"/"', EMPTY, '{ { "lifecycle", "" } }'),
    signed: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    name: "Get Bucket (List Objects), whatever the order of the query",
    request: s3Request("GET", '"/"', EMPTY, '{ { "prefix", "J" }, { "max-keys", 2 } }'),
    signed: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
  {
    name: "IAM ListUsers, with blanks around a header",
    request:
      `{ method = "GET", path = "/", query = { { "Action", "ListUsers" }, { "Version", "2010-05-08" } },
      payload_hash = "${EMPTY}", headers = { ["content-type"] = " application/x-www-form-urlencoded;  charset=utf-8 ",
      host = "iam.amazonaws.com", ["x-amz-date"] = "20150830T123600Z" } }`,
    credentials: IAM,
    signed: "content-type;host;x-amz-date",
    signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  },
];

for (const engine of ["lua", "fengari"] as const) {
  const evaluate = async (code: string) => {
    const results = await runLua(`local sigv4 = require("assay.internal.sigv4") ${code}`, {
      engine: await loadEngine(engine),
    });
    return toText(String(results[0]));
  };

  for (const { name, request, credentials = S3, signed, signature } of VECTORS) {
    Deno.test(`s3 signature in ${engine}: ${name}`, async () => {
      const authorization = await evaluate(`return sigv4.authorization(${request}, ${credentials})`);
      assert.ok(authorization.startsWith("AWS4-HMAC-SHA256 Credential=AK"), authorization);
      assert.ok(authorization.endsWith(`,SignedHeaders=${signed},Signature=${signature}`), authorization);
    });
  }

  Deno.test(`s3 signature in ${engine}: the signing key of AWS's example`, async () => {
    const code =
      `local key = sigv4.signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")
      return (key:gsub(".", function(c) return string.format("%02x", c:byte()) end))`;
    assert.equal(await evaluate(code), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  });
}
