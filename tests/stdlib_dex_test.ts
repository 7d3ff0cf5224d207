/** `assay.dex` against a mock of Dex. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { toText } from "../runtime/seam/text.ts";
import { luaError, runLua } from "./support/lua.ts";
import { type MockReply, MockServer, refusedUrl } from "./support/mock.ts";
import { moduleTests } from "./support/module.ts";
import { methodTests } from "./support/module_methods.ts";

const SETUP = 'local dex = require("assay.dex") local c = dex.client(url .. "/")';
const DISCOVERY = "/.well-known/openid-configuration";

/** A method as c.group:method, c:old and dex.old(url, …). */
const forms = (method: string, old: string, ...args: string[]) => [
  `c.${method}(${args.join(", ")})`,
  `c:${old}(${args.join(", ")})`,
  `dex.${old}(${["url", ...args].join(", ")})`,
];

const config = {
  issuer: "http://dex:5556",
  authorization_endpoint: "http://dex:5556/auth",
  token_endpoint: "http://dex:5556/token",
  jwks_uri: "http://dex:5556/keys",
  scopes_supported: ["openid", "email"],
  grant_types_supported: ["authorization_code"],
  response_types_supported: ["code"],
};

methodTests("dex", SETUP, [
  { calls: forms("discovery:config", "discovery"), path: DISCOVERY, reply: config },
  { calls: forms("discovery:issuer", "issuer"), path: DISCOVERY, reply: config, result: "http://dex:5556" },
  {
    calls: forms("discovery:has_endpoint", "has_endpoint", "'token_endpoint'"),
    path: DISCOVERY,
    reply: config,
    result: true,
  },
  {
    calls: forms("discovery:has_endpoint", "has_endpoint", "'end_session_endpoint'"),
    path: DISCOVERY,
    reply: config,
    result: false,
  },
  { calls: forms("health:check", "health"), path: "/healthz", reply: "Health check passed", result: true },
  { calls: forms("health:ready", "ready"), path: "/healthz", status: 500, reply: "no", result: false },
  {
    calls: forms("scopes:list", "supported_scopes"),
    path: DISCOVERY,
    reply: config,
    result: ["openid", "email"],
  },
  { calls: forms("scopes:list", "supported_scopes"), path: DISCOVERY, reply: {}, result: [] },
  {
    calls: forms("scopes:supports", "supports_scope", "'email'"),
    path: DISCOVERY,
    reply: config,
    result: true,
  },
  {
    calls: forms("scopes:supports", "supports_scope", "'groups'"),
    path: DISCOVERY,
    reply: config,
    result: false,
  },
  {
    calls: forms("grants:list", "supported_grant_types"),
    path: DISCOVERY,
    reply: config,
    result: ["authorization_code"],
  },
  {
    calls: forms("grants:supports", "supports_grant_type", "'authorization_code'"),
    path: DISCOVERY,
    reply: config,
    result: true,
  },
  {
    calls: forms("grants:supports", "supports_grant_type", "'password'"),
    path: DISCOVERY,
    reply: {},
    result: false,
  },
  {
    calls: forms("grants:response_types", "supported_response_types"),
    path: DISCOVERY,
    reply: config,
    result: ["code"],
  },
  {
    calls: ["c:admin_version()", "dex.admin_version(url)"],
    path: "/api/v1/version",
    reply: { server: "v2.39.1", api: 2 },
  },
  {
    calls: ["c:admin_version()", "dex.admin_version(url)"],
    path: "/api/v1/version",
    status: 404,
    result: null,
  },
  { calls: ["c:admin_version()"], path: "/api/v1/version", reply: "<html>", result: null },
], { authorization: undefined });

moduleTests("dex", SETUP, [
  ...forms("discovery:jwks", "jwks").map((call) => ({
    name: `${call} needs the document's jwks_uri`,
    call,
    replies: [{ body: { ...config, jwks_uri: null } }],
    error: "dex.jwks: the discovery document has no jwks_uri",
  })),
  {
    name: "a jwks_uri without a host is an error",
    call: "c.discovery:jwks()",
    replies: [{ body: { jwks_uri: "/keys" } }],
    error: "dex.jwks: the jwks_uri '/keys' is no absolute URL",
  },
  ...[404, 401, 500].map((status) => ({
    name: `${status} is raised`,
    call: "c.discovery:config()",
    replies: [{ status, body: "oops" }],
    error: `dex.discovery: HTTP ${status}: oops`,
  })),
  {
    name: "a page of HTML is a clear error",
    call: "c.scopes:list()",
    replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
    error: "dex.discovery: the response is not JSON (text/html, 6 bytes): ",
  },
  {
    name: "an empty body is a clear error",
    call: "c.discovery:issuer()",
    replies: [{ body: "" }],
    error: "dex.discovery: the response is not JSON (no content type, 0 bytes): ",
  },
  {
    name: "validate_config does not raise where there is no document",
    call: "c:validate_config()",
    replies: [{ status: 503, body: "down" }],
    result: { ok: false, errors: ["discovery failed: dex.discovery: HTTP 503: down"] },
  },
  {
    name: "validate_config tells that there is no issuer",
    call: "c:validate_config()",
    replies: [{ body: {} }],
    result: {
      ok: false,
      errors: [
        "missing issuer",
        "missing authorization_endpoint",
        "missing token_endpoint",
        "missing jwks_uri",
      ],
    },
  },
]);

Deno.test("dex: validate_config accepts its own issuer, and names another", async () => {
  for (const path of ["", "/dex"]) {
    // The document names the address, which is known only once the server runs
    const reply: MockReply = {};
    await using server = new MockServer(reply);
    const issuer = `${server.url}${path}`;
    reply.body = { ...config, issuer };
    const validate = async (url: string) => {
      const environment = new FixedEnvironment({ URL: url });
      const [text] = await runLua(
        'return json.encode(require("assay.dex").validate_config(env.get("URL")))',
        {
          environment,
        },
      );
      return JSON.parse(toText(String(text)));
    };
    assert.deepEqual(await validate(`${issuer}/`), { ok: true, errors: [] });
    assert.deepEqual(await validate(`${server.url}/other`), {
      ok: false,
      errors: [`issuer mismatch: expected ${server.url}/other, got ${issuer}`],
    });
  }
});

Deno.test("dex: jwks are fetched from the jwks_uri, wherever it is", async () => {
  await using keys = new MockServer({ body: { keys: [{ kid: "1", kty: "RSA" }] } });
  await using server = new MockServer({ body: { ...config, jwks_uri: `${keys.url}/dex/keys?v=1` } });
  const [kid] = await runLua(`return require("assay.dex").jwks("${server.url}").keys[1].kid`);
  assert.equal(kid, "1");
  assert.equal(keys.request.path, "/dex/keys");
  assert.equal(keys.request.query, "v=1");
});

Deno.test("dex: keys that cannot be had are raised as such", async () => {
  await using keys = new MockServer({ status: 500, body: "oops" });
  await using server = new MockServer({ body: { ...config, jwks_uri: `${keys.url}/keys` } });
  const message = await luaError(`local keys = require("assay.dex").jwks("${server.url}") return keys`);
  assert.equal(message, "test.lua:1: dex.jwks: HTTP 500: oops");
});

Deno.test("dex: a server that is not there is raised by health", async () => {
  const message = await luaError(`local ok = require("assay.dex").health("${refusedUrl()}") return ok`);
  assert.ok(message.includes("dex: GET /healthz: "), message);
});
