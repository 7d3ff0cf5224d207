/** Tokens signed and verified with keys of every kind, against another implementation (jose). */
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import * as jose from "jose";
import { fromText } from "../runtime/seam/text.ts";
import type { LuaTable, LuaValue } from "../runtime/seam/value.ts";
import { testSession } from "./support/lua.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const ed25519 = generateKeyPairSync("ed25519");

interface Pair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const KEYS: Record<string, Pair> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: p256,
  ES384: p384,
  ES512: p521,
  EdDSA: ed25519,
};

function privatePem({ privateKey }: Pair, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8"): string {
  // deno-lint-ignore no-explicit-any -- the types allow each form for its own kind of key only
  return String(privateKey.export({ type, format: "pem" } as any));
}

function publicPem({ publicKey }: Pair): string {
  return String(publicKey.export({ type: "spki", format: "pem" }));
}

/** Runs Lua code with global strings of its own. */
async function lua(code: string, globals: Record<string, string>): Promise<readonly LuaValue[]> {
  const { session } = await testSession();
  for (const [name, value] of Object.entries(globals)) session.vm.globals.set(name, fromText(value));
  return await session.run(fromText(code), "test.lua");
}

for (const [alg, pair] of Object.entries(KEYS)) {
  Deno.test(`${alg} tokens of jwt_sign are accepted by jose`, async () => {
    const [token] = await lua(
      `return crypto.jwt_sign({ sub = "someone" }, key, alg, { kid = "k1" })`,
      { alg, key: privatePem(pair) },
    );
    const { payload, protectedHeader } = await jose.jwtVerify(String(token), pair.publicKey);
    assert.deepEqual(payload, { sub: "someone" });
    assert.deepEqual(protectedHeader, { typ: "JWT", alg, kid: "k1" });
  });

  Deno.test(`${alg} tokens of jose are accepted by jwt_verify, with PEM and with JWKS`, async () => {
    const token = await new jose.SignJWT({ sub: "someone" })
      .setProtectedHeader({ alg, kid: "k1" }).setExpirationTime("1h").sign(pair.privateKey);
    const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg };
    const [byPem, bySet] = await lua(
      `return crypto.jwt_verify(token, pem).claims, crypto.jwt_verify(token, jwks, { algorithm = alg }).claims`,
      { alg, token, pem: publicPem(pair), jwks: JSON.stringify({ keys: [jwk] }) },
    );
    assert.equal((byPem as LuaTable).get("sub"), "someone");
    assert.equal((bySet as LuaTable).get("sub"), "someone");
  });

  Deno.test(`${alg} tokens whose signature was changed are refused`, async () => {
    const [ok, message] = await lua(
      `local token = crypto.jwt_sign({}, key, alg)
      local other = token:sub(1, -9) .. (token:sub(-8) == "AAAAAAAA" and "BBBBBBBB" or "AAAAAAAA")
      return pcall(crypto.jwt_verify, other, pem)`,
      { alg, key: privatePem(pair), pem: publicPem(pair) },
    );
    assert.equal(ok, false);
    // The last character may carry bits that no signature has
    assert.match(String(message), /crypto\.jwt_verify: (invalid signature|signature: invalid base64url)/);
  });
}

Deno.test("private keys are read in the forms PKCS#1 and SEC1 too", async () => {
  for (const [alg, pair, form] of [["RS256", rsa, "pkcs1"], ["ES256", p256, "sec1"]] as const) {
    const [token] = await lua(`return crypto.jwt_sign({}, key, alg)`, { alg, key: privatePem(pair, form) });
    await jose.jwtVerify(String(token), pair.publicKey);
  }
});

Deno.test("a public key is no secret of HS tokens", async () => {
  const pem = publicPem(rsa);
  // What an attacker makes who knows the public key and hopes that it is taken for a secret
  const token = await new jose.SignJWT({ admin: true })
    .setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(pem));
  const [ok, message] = await lua(`return pcall(crypto.jwt_verify, token, pem)`, { token, pem });
  assert.equal(ok, false);
  assert.match(String(message), /unsuitable key: HS256 needs a secret, and this is a public key/);
  const [signed, reason] = await lua(`return pcall(crypto.jwt_sign, {}, pem, "HS256")`, {
    pem: privatePem(rsa),
  });
  assert.equal(signed, false);
  assert.match(String(reason), /HS256 needs a secret, and this is a private key/);
});

Deno.test("keys of the wrong kind, curve or size are refused by name", async () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const cases: [alg: string, pair: Pair, reason: string][] = [
    ["RS256", p256, "RS256 needs an RSA key, not ec"],
    ["RS256", small, "the RSA key has 1024 bits, and RS256 needs at least 2048"],
    ["ES256", rsa, "ES256 needs an EC key, not rsa"],
    ["ES384", p256, "ES384 needs a key on the curve secp384r1, not prime256v1"],
    ["EdDSA", p256, "EdDSA needs an Ed25519 key, not ec"],
  ];
  for (const [alg, pair, reason] of cases) {
    const [, message] = await lua(`return pcall(crypto.jwt_sign, {}, key, alg)`, {
      alg,
      key: privatePem(pair),
    });
    assert.ok(String(message).endsWith(`crypto.jwt_sign: unsuitable key: ${reason}`), String(message));
  }
});

Deno.test("messages about keys never show them", async () => {
  const pem = privatePem(rsa).replace(/[A-Za-z]{8}/, "SECRETxx");
  const [, message] = await lua(`return pcall(crypto.jwt_sign, {}, pem)`, { pem });
  assert.ok(!String(message).includes("SECRETxx"));
});
