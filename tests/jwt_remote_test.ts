/** Tokens verified with the key set behind a URL. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import * as jose from "jose";
import { RemoteKeySets } from "../builtins/crypto/jwt/remote.ts";
import { fromText, toText } from "../runtime/seam/text.ts";
import { type TestSession, testSession } from "./support/lua.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

const pairs = ["1", "2"].map((kid) => ({ kid, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) }));

function jwks(...kids: string[]) {
  const wanted = pairs.filter(({ kid }) => kids.includes(kid));
  return {
    keys: wanted.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid, use: "sig" })),
  };
}

async function tokenOf(kid: string): Promise<string> {
  const pair = pairs.find((one) => one.kid === kid);
  assert.ok(pair);
  return await new jose.SignJWT({ sub: "someone" }).setProtectedHeader({ alg: "ES256", kid }).sign(
    pair.privateKey,
  );
}

/** Verifies a token: its subject, or the message of the error. */
async function verify({ session }: TestSession, token: string, url: string): Promise<string> {
  const set = (name: string, value: string) => session.vm.globals.set(name, fromText(value));
  set("token", token);
  set("url", url);
  const [ok, result] = await session.run(
    `local ok, result = pcall(crypto.jwt_verify, token, url)
    return ok, ok and result.claims.sub or tostring(result)`,
    "test.lua",
  );
  return `${ok ? "" : "error: "}${toText(String(result))}`;
}

Deno.test("a token is verified with the keys behind a URL, which are asked for once", async () => {
  await using server = new MockServer({ body: jwks("1", "2") });
  const test = await testSession();
  const url = `${server.url}/keys`;
  assert.equal(await verify(test, await tokenOf("1"), url), "someone");
  assert.equal(await verify(test, await tokenOf("2"), url), "someone");
  assert.equal(server.requests.length, 1);
});

Deno.test("tasks that verify at the same time share one request", async () => {
  await using server = new MockServer({ body: jwks("1") });
  const { session } = await testSession();
  session.vm.globals.set("token", fromText(await tokenOf("1")));
  session.vm.globals.set("url", fromText(server.url));
  await session.run(
    `local tasks = {}
    for i = 1, 10 do tasks[i] = async.spawn(function() return crypto.jwt_verify(token, url) end) end
    for _, task in ipairs(tasks) do assert.eq(task:await().claims.sub, "someone") end`,
    "test.lua",
  );
  assert.equal(server.requests.length, 1);
});

Deno.test("a token that was changed is refused, and one of an unknown key does not make many requests", async () => {
  await using server = new MockServer({ body: jwks("1") });
  const test = await testSession();
  const token = await tokenOf("1");
  const at = token.lastIndexOf(".") + 1;
  const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
  assert.match(await verify(test, changed, server.url), /error: .*invalid signature/);
  for (let i = 0; i < 5; i++) {
    assert.match(
      await verify(test, await tokenOf("2"), server.url),
      /error: .*holds no key with kid "2" for ES256/,
    );
  }
  assert.equal(server.requests.length, 1);
});

Deno.test("a new key is asked for once half a minute has passed, any key after ten minutes", async () => {
  await using server = new MockServer({ body: jwks("1") }, { body: jwks("1", "2") });
  let now = 0;
  const sets = new RemoteKeySets(() => now);
  const first = sets.get(server.url);
  assert.deepEqual(JSON.parse(await first.json), jwks("1"));
  now = 29_999;
  assert.equal(sets.renewed(server.url, first), undefined);
  now = 30_000;
  const second = sets.renewed(server.url, first);
  assert.ok(second);
  assert.equal(sets.renewed(server.url, first), second);
  assert.deepEqual(JSON.parse(await second.json), jwks("1", "2"));
  assert.equal(server.requests.length, 2);
  now += 599_999;
  assert.equal(sets.get(server.url), second);
  now += 1;
  await sets.get(server.url).json;
  assert.equal(server.requests.length, 3);
});

Deno.test("a request that failed is made again", async () => {
  await using server = new MockServer({ status: 503, body: "" }, { body: jwks("1") });
  const test = await testSession();
  const token = await tokenOf("1");
  assert.match(
    await verify(test, token, server.url),
    /error: .*cannot fetch the JWKS from .*: the server answers 503$/,
  );
  assert.equal(await verify(test, token, server.url), "someone");
});

Deno.test("what is no key set is told, without the secrets of the URL", async () => {
  const test = await testSession();
  const token = await tokenOf("1");
  const answers: [body: unknown, reason: RegExp][] = [
    ["<html>", /the answer is no JSON object$/],
    [{ keys: [] }, /must be a JWK or a JWKS with keys$/],
    ["{".repeat(2_000_000), /it is larger than 1024 KiB$/],
  ];
  for (const [body, reason] of answers) {
    await using server = new MockServer({ body: body as string });
    assert.match(await verify(test, token, server.url), reason);
  }
  const refused = await verify(test, token, `${refusedUrl()}/keys?api_key=SECRET`);
  assert.match(
    refused,
    /cannot fetch the JWKS from http:\/\/127\.0\.0\.1:\d+\/keys\?api_key=\*\*\*: connection refused/,
  );
  assert.match(
    await verify(test, token, "https://["),
    /cannot fetch the JWKS from https:\/\/\[: it is no URL$/,
  );
});

Deno.test("tokens signed with a secret are not verified with a URL, and nothing is asked for", async () => {
  await using server = new MockServer({ body: jwks("1") });
  const test = await testSession();
  const token = await new jose.SignJWT({}).setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(server.url));
  assert.match(
    await verify(test, token, server.url),
    /unsuitable key: HS256 needs a secret, and others may read a URL/,
  );
  assert.equal(server.requests.length, 0);
});
