/** `assay.vault` and `assay.openbao` against a mock of Vault. */
import assert from "node:assert/strict";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = 'local vault = require("assay.vault") local c = vault.client(url .. "/", "hvs.s3cr3t")';
const headers = { "x-vault-token": "hvs.s3cr3t", authorization: undefined };

/** What Vault puts around everything. */
const envelope = (data: unknown) => ({
  request_id: "b1",
  lease_id: "",
  renewable: false,
  lease_duration: 0,
  data,
});
const keys = { reply: envelope({ keys: ["a", "b/"] }), query: "list=true", result: ["a", "b/"] };

methodTests("vault", SETUP, [
  {
    calls: ["c:read('secrets/data/my app')"],
    path: "/v1/secrets/data/my%20app",
    reply: envelope({ n: 1 }),
    result: { n: 1 },
  },
  {
    calls: ["c:read('/secrets/data/a%20b%2Fc?version=2')"],
    path: "/v1/secrets/data/a%20b%2Fc",
    query: "version=2",
    reply: envelope({}),
    result: {},
  },
  {
    calls: ["c:write('auth/approle/login', { role_id = 'r' })"],
    method: "POST",
    path: "/v1/auth/approle/login",
    json: { role_id: "r" },
    reply: { auth: { client_token: "t" } },
  },
  { calls: ["c:delete('secrets/data/x')"], method: "DELETE", path: "/v1/secrets/data/x", status: 204 },
  { calls: ["c:list('auth/token/accessors/')"], path: "/v1/auth/token/accessors/", ...keys },
  {
    calls: ["c.kv:get('secrets', 'team/my app#1')", "c:kv_get('secrets/', '/team/my app#1')"],
    path: "/v1/secrets/data/team/my%20app%231",
    reply: envelope({ data: { id: "x" }, metadata: { version: 3 } }),
    result: { data: { id: "x" }, metadata: { version: 3 } },
  },
  {
    calls: ["c.kv:put('secrets', 'app', { user = 'ü' })", "c:kv_put('secrets', 'app', { user = 'ü' })"],
    method: "POST",
    path: "/v1/secrets/data/app",
    json: { data: { user: "ü" } },
    reply: envelope({ version: 1 }),
  },
  {
    calls: ["c.kv:put('secrets', 'empty', {})"],
    method: "POST",
    path: "/v1/secrets/data/empty",
    body: '{"data":{}}',
    reply: envelope({ version: 1 }),
  },
  {
    calls: ["c.kv:delete('secrets', 'app')", "c:kv_delete('secrets', 'app')"],
    method: "DELETE",
    path: "/v1/secrets/data/app",
    status: 204,
  },
  { calls: ["c.kv:list('secrets')", "c:kv_list('secrets')"], path: "/v1/secrets/metadata/", ...keys },
  {
    calls: ["c.kv:list('secrets', 'team a/')", "c:kv_list('secrets', '/team a/')"],
    path: "/v1/secrets/metadata/team%20a/",
    ...keys,
  },
  { calls: ["c.kv:list('secrets', 'team')"], path: "/v1/secrets/metadata/team", ...keys },
  {
    calls: ["c.kv:metadata('secrets', 'app')"],
    path: "/v1/secrets/metadata/app",
    reply: envelope({ current_version: 3 }),
  },
  {
    calls: ["c:kv_metadata('secrets', 'app')"],
    path: "/v1/secrets/metadata/app",
    reply: envelope({ current_version: 3 }),
    result: { current_version: 3 },
  },
  {
    calls: ["c.policies:get('app')", "c:policy_get('app')"],
    path: "/v1/sys/policies/acl/app",
    reply: envelope({ name: "app", policy: "path {}" }),
    result: { name: "app", policy: "path {}" },
  },
  {
    calls: ["c.policies:create('app', 'path \"x\" {}')", "c:policy_put('app', 'path \"x\" {}')"],
    method: "PUT",
    path: "/v1/sys/policies/acl/app",
    json: { policy: 'path "x" {}' },
    status: 204,
  },
  {
    calls: ["c.policies:delete('app')", "c:policy_delete('app')"],
    method: "DELETE",
    path: "/v1/sys/policies/acl/app",
    status: 204,
  },
  { calls: ["c.policies:list()", "c:policy_list()"], path: "/v1/sys/policies/acl", ...keys },
  {
    calls: [
      "c.auth:enable('team/k8s', 'kubernetes', { description = 'd', config = { default_lease_ttl = '1h' } })",
      "c:auth_enable('team/k8s', 'kubernetes', { description = 'd', config = { default_lease_ttl = '1h' } })",
    ],
    method: "POST",
    path: "/v1/sys/auth/team/k8s",
    json: { type: "kubernetes", description: "d", config: { default_lease_ttl: "1h" } },
    status: 204,
  },
  {
    calls: ["c.auth:enable('userpass', 'userpass')"],
    method: "POST",
    path: "/v1/sys/auth/userpass",
    json: { type: "userpass" },
    status: 204,
  },
  {
    calls: ["c.auth:disable('k8s/')", "c:auth_disable('k8s/')"],
    method: "DELETE",
    path: "/v1/sys/auth/k8s",
    status: 204,
  },
  {
    calls: ["c.auth:methods()", "c:auth_list()"],
    path: "/v1/sys/auth",
    reply: { "token/": { type: "token" }, ...envelope({ "token/": { type: "token" } }) },
    result: { "token/": { type: "token" } },
  },
  {
    calls: ["c.auth:methods()"],
    path: "/v1/sys/auth",
    reply: { "token/": { type: "token" } },
  },
  {
    calls: [
      "c.auth:config('kubernetes', { kubernetes_host = 'h' })",
      "c:auth_config('kubernetes', { kubernetes_host = 'h' })",
    ],
    method: "POST",
    path: "/v1/auth/kubernetes/config",
    json: { kubernetes_host: "h" },
    status: 204,
  },
  {
    calls: [
      "c.auth:create_role('kubernetes', 'app', { policies = { 'p' } })",
      "c:auth_create_role('kubernetes', 'app', { policies = { 'p' } })",
    ],
    method: "POST",
    path: "/v1/auth/kubernetes/role/app",
    json: { policies: ["p"] },
    status: 204,
  },
  {
    calls: ["c.auth:get_role('kubernetes', 'app')", "c:auth_read_role('kubernetes', 'app')"],
    path: "/v1/auth/kubernetes/role/app",
    reply: envelope({ token_ttl: 3600, bound_cidrs: [] }),
    result: { token_ttl: 3600, bound_cidrs: [] },
  },
  {
    calls: ["c.auth:list_roles('kubernetes')", "c:auth_list_roles('kubernetes')"],
    path: "/v1/auth/kubernetes/role",
    ...keys,
  },
  {
    calls: [
      "c.engines:enable('secrets', 'kv', { description = 'd', config = {}, options = { version = '2' } })",
      "c:engine_enable('secrets', 'kv', { description = 'd', config = {}, options = { version = '2' } })",
    ],
    method: "POST",
    path: "/v1/sys/mounts/secrets",
    json: { type: "kv", description: "d", config: {}, options: { version: "2" } },
    status: 204,
  },
  {
    calls: ["c.engines:disable('secrets')", "c:engine_disable('secrets')"],
    method: "DELETE",
    path: "/v1/sys/mounts/secrets",
    status: 204,
  },
  {
    calls: ["c.engines:list()", "c:engine_list()"],
    path: "/v1/sys/mounts",
    reply: envelope({ "secrets/": { type: "kv" } }),
    result: { "secrets/": { type: "kv" } },
  },
  {
    calls: [
      "c.engines:tune('pki', { max_lease_ttl = '87600h' })",
      "c:engine_tune('pki', { max_lease_ttl = '87600h' })",
    ],
    method: "POST",
    path: "/v1/sys/mounts/pki/tune",
    json: { max_lease_ttl: "87600h" },
    status: 204,
  },
  {
    calls: [
      "c.token:create({ policies = { 'p' }, ttl = '1h' })",
      "c:token_create({ policies = { 'p' }, ttl = '1h' })",
    ],
    method: "POST",
    path: "/v1/auth/token/create",
    json: { policies: ["p"], ttl: "1h" },
    reply: { ...envelope(null), auth: { client_token: "t" } },
    result: { client_token: "t" },
  },
  {
    calls: ["c.token:create()"],
    method: "POST",
    path: "/v1/auth/token/create",
    body: "{}",
    reply: { auth: { client_token: "t" } },
    result: { client_token: "t" },
  },
  {
    calls: ["c.token:lookup('t')", "c:token_lookup('t')"],
    method: "POST",
    path: "/v1/auth/token/lookup",
    json: { token: "t" },
    reply: envelope({ ttl: 3600 }),
    result: { ttl: 3600 },
  },
  {
    calls: ["c.token:lookup('gone')"],
    method: "POST",
    path: "/v1/auth/token/lookup",
    status: 404,
    reply: { errors: [] },
    result: null,
  },
  {
    calls: ["c.token:lookup_self()", "c:token_lookup_self()"],
    path: "/v1/auth/token/lookup-self",
    reply: envelope({ ttl: 0 }),
    result: { ttl: 0 },
  },
  {
    calls: ["c.token:revoke('t')", "c:token_revoke('t')"],
    method: "POST",
    path: "/v1/auth/token/revoke",
    json: { token: "t" },
    status: 204,
  },
  {
    calls: ["c.token:revoke_self()", "c:token_revoke_self()"],
    method: "POST",
    path: "/v1/auth/token/revoke-self",
    status: 204,
  },
  {
    calls: ["c.transit:encrypt('key', 'a\\0\\255')", "c:transit_encrypt('key', 'a\\0\\255')"],
    method: "POST",
    path: "/v1/transit/encrypt/key",
    json: { plaintext: "YQD/" },
    reply: envelope({ ciphertext: "vault:v1:x", key_version: 1 }),
    result: "vault:v1:x",
  },
  {
    calls: [
      "{ c.transit:decrypt('key', 'vault:v1:x'):byte(1, -1) }",
      "{ c:transit_decrypt('key', 'vault:v1:x'):byte(1, -1) }",
    ],
    method: "POST",
    path: "/v1/transit/decrypt/key",
    json: { ciphertext: "vault:v1:x" },
    reply: envelope({ plaintext: "YQD/" }),
    result: [97, 0, 255],
  },
  {
    calls: ["c.transit:decrypt('key', 'vault:v1:x')"],
    method: "POST",
    path: "/v1/transit/decrypt/key",
    reply: {},
    result: null,
  },
  {
    calls: ["c.transit:create_key('key')", "c:transit_create_key('key')"],
    method: "POST",
    path: "/v1/transit/keys/key",
    body: "{}",
    status: 204,
  },
  {
    calls: ["c.transit:create_key('key', { type = 'ed25519' })"],
    method: "POST",
    path: "/v1/transit/keys/key",
    json: { type: "ed25519" },
    status: 204,
  },
  { calls: ["c.transit:list_keys()", "c:transit_list_keys()"], path: "/v1/transit/keys", ...keys },
  {
    calls: [
      "c.pki:issue('pki_int', 'web', { common_name = 'a.example.com' })",
      "c:pki_issue('pki_int', 'web', { common_name = 'a.example.com' })",
    ],
    method: "POST",
    path: "/v1/pki_int/issue/web",
    json: { common_name: "a.example.com" },
    reply: envelope({ certificate: "PEM", expiration: 1700000000 }),
    result: { certificate: "PEM", expiration: 1700000000 },
  },
  {
    calls: [
      "c.pki:create_role('pki', 'web', { allow_any_name = true })",
      "c:pki_create_role('pki', 'web', { allow_any_name = true })",
    ],
    method: "POST",
    path: "/v1/pki/roles/web",
    json: { allow_any_name: true },
    status: 204,
  },
], headers);

// What anyone may ask, and a sealed server too
methodTests("vault", SETUP, [
  {
    calls: ["c.sys:health()", "c:health()"],
    path: "/v1/sys/health",
    status: 503,
    reply: { initialized: true, sealed: true, version: "1.15.0" },
  },
  {
    calls: ["c.sys:seal_status()", "c:seal_status()"],
    path: "/v1/sys/seal-status",
    reply: { sealed: true, initialized: true, t: 3 },
  },
  {
    calls: ["c.sys:is_sealed()", "c:is_sealed()"],
    path: "/v1/sys/seal-status",
    reply: { sealed: true },
    result: true,
  },
  {
    calls: ["c.sys:is_initialized()", "c:is_initialized()"],
    path: "/v1/sys/seal-status",
    reply: { sealed: true, initialized: false },
    result: false,
  },
  {
    calls: ["c.pki:ca_cert()", "c:pki_ca_cert()"],
    path: "/v1/pki/ca/pem",
    reply: "-----BEGIN CERTIFICATE-----\n",
  },
  {
    calls: ["c.pki:ca_cert('pki_int')", "c:pki_ca_cert('pki_int')"],
    path: "/v1/pki_int/ca/pem",
    reply: "PEM",
  },
], { "x-vault-token": undefined });

failureTests("vault", SETUP, {
  read: "c.kv:get('secrets', 'app')",
  readPath: "GET /v1/secrets/data/app",
  write: "c.kv:put('secrets', 'app', { a = 1 })",
  writePath: "POST /v1/secrets/data/app",
  missingIsNil: true,
});

const missing = { status: 404, body: { errors: [] } };
const secret = (data: unknown) => ({ body: envelope({ data, metadata: { version: 1 } }) });

moduleTests("vault", SETUP, [
  ...["c.kv:list('secrets')", "c:list('none')", "c.policies:list()"].map((call) => ({
    name: `${call} gives an empty list where there is nothing`,
    call,
    replies: [missing],
    result: [],
  })),
  {
    name: "an error names Vault's own reasons",
    call: "c:write('secrets/data/x', {})",
    replies: [{ status: 403, body: { errors: ["permission denied"] } }],
    error: 'vault: POST /v1/secrets/data/x HTTP 403: {"errors":["permission denied"]}',
  },
  {
    name: "a seal status that cannot be had is raised",
    call: "c:is_sealed()",
    replies: [{ status: 500, body: "oops" }],
    error: "vault: seal-status HTTP 500: oops",
  },
  {
    name: "a CA that is not there is raised",
    call: "c.pki:ca_cert()",
    replies: [{ status: 404, body: "none" }],
    error: "vault: pki ca cert HTTP 404: none",
  },
  {
    name: "a path that would leave its mount is refused",
    call: "c.kv:get('secrets', 'a/../../sys')",
    replies: [],
    expected: [],
    error: "a value for the path /v1/%p/data/%p is 'a/../../sys'",
  },
  {
    name: "a raw path that would leave its mount is refused, encoded too",
    call: "c:read('secrets/%2e%2e/sys')",
    replies: [],
    expected: [],
    error: "is '..'",
  },
  {
    name: "a raw path that is nil is refused",
    call: "c:read(nil)",
    replies: [],
    expected: [],
    error: 'vault: a path such as "secrets/data/app" is required, got nil',
  },
  {
    name: "methods ignore self",
    call: "{ pcall(c.kv.get, nil, 'secrets', 'app') }",
    replies: [secret({ a: 1 })],
    result: [true, { data: { a: 1 }, metadata: { version: 1 } }],
  },
  {
    name: "ensure_credentials gives what is there",
    call: "vault.ensure_credentials(c, 'app', 'password', function() error('not to be called') end)",
    replies: [secret({ password: "old" })],
    expected: { path: "/v1/secrets/data/app" },
    result: { password: "old" },
  },
  {
    name: "ensure_credentials stores what it generates",
    call: "vault.ensure_credentials(c, 'app', 'password', function() return { password = 'new' } end)",
    replies: [missing, { body: envelope({ version: 1 }) }],
    expected: [
      { path: "/v1/secrets/data/app" },
      { method: "POST", path: "/v1/secrets/data/app", json: { data: { password: "new" } } },
    ],
    result: { password: "new" },
  },
  {
    name: "ensure_credentials works on any mount, and generates where the key is missing",
    call:
      "vault.ensure_credentials(c, 'team/kv', 'app', 'password', function() return { password = 'new' } end)",
    replies: [secret({ user: "u" }), { body: envelope({ version: 2 }) }],
    expected: [{ path: "/v1/team/kv/data/app" }, { method: "POST", path: "/v1/team/kv/data/app" }],
    result: { password: "new" },
  },
  {
    name: "ensure_credentials needs a generator",
    call: "vault.ensure_credentials(c, 'app', 'password')",
    replies: [],
    error: "vault.ensure_credentials: the last argument must be a function",
  },
  {
    name: "assert_secret gives the data",
    call: "vault.assert_secret(c, 'app', { 'a', 'b' })",
    replies: [secret({ a: 1, b: false })],
    result: { a: 1, b: false },
  },
  {
    name: "assert_secret works on any mount",
    call: "vault.assert_secret(c, 'kv', 'app', { 'a' })",
    replies: [secret({ a: 1 })],
    expected: { path: "/v1/kv/data/app" },
    result: { a: 1 },
  },
  {
    name: "assert_secret names the missing key",
    call: "vault.assert_secret(c, 'app', { 'a', 'b' })",
    replies: [secret({ a: 1 })],
    error: "vault.assert_secret: key 'b' missing at secrets/app",
  },
  {
    name: "assert_secret names the missing secret",
    call: "vault.assert_secret(c, 'app', { 'a' })",
    replies: [missing],
    error: "vault.assert_secret: secret not found at secrets/app",
  },
  {
    name: "assert_secret tells a deleted version",
    call: "vault.assert_secret(c, 'app', { 'a' })",
    replies: [{ body: envelope({ data: null, metadata: { deletion_time: "2026-01-01T00:00:00Z" } }) }],
    error: "vault.assert_secret: no data at secrets/app",
  },
  {
    name: "wait asks until Vault answers, also as a standby or sealed",
    call: "vault.wait(url, { timeout = 5, interval = 0.01 })",
    replies: [{ status: 500 }, { status: 200, body: {} }],
    expected: [1, 2].map(() => ({
      path: "/v1/sys/health",
      query: "standbyok=true&sealedcode=200&uninitcode=200",
      headers: { "x-vault-token": undefined },
    })),
    result: true,
  },
  {
    name: "wait takes another path",
    call: "vault.wait(url, { health_path = '/v1/sys/health' })",
    replies: [{ body: {} }],
    expected: { path: "/v1/sys/health" },
    result: true,
  },
  {
    name: "wait ends when time is up",
    call: "vault.wait(url, { timeout = 0.02, interval = 0.01 })",
    replies: [{ status: 503 }],
    error: "after 0.02s (HTTP 503)",
  },
  {
    name: "authenticated_client waits, then takes its token from Kubernetes, trimmed",
    call: `(function()
      package.loaded["assay.k8s"] = { secrets = { get = function(_, ns, name)
        return { ["root-token"] = " " .. ns .. "." .. name .. "\\n" }
      end } }
      return vault.authenticated_client(url).token:lookup_self()
    end)()`,
    replies: [{ body: {} }, { body: envelope({ id: "x" }) }],
    expected: [
      { path: "/v1/sys/health", query: "standbyok=true&sealedcode=200&uninitcode=200" },
      { path: "/v1/auth/token/lookup-self", headers: { "x-vault-token": "secrets.openbao-root-token" } },
    ],
    result: { id: "x" },
  },
  {
    name: "authenticated_client names the key that the secret lacks",
    call: `(function()
      package.loaded["assay.k8s"] = { secrets = { get = function() return {} end } }
      return vault.authenticated_client(url, { secret_ns = "bao", secret_name = "tok", secret_key = "k" })
    end)()`,
    replies: [{ body: {} }],
    error: "vault.authenticated_client: key 'k' not found in secret bao/tok",
  },
  {
    name: "wide integers survive",
    call: "tostring(c.token:lookup_self().creation_time)",
    replies: [{ body: '{"data":{"creation_time":9007199254740993}}' }],
    result: "9007199254740993",
  },
  { name: "url stays readable, without the slash", call: "c.url == url", replies: [], result: true },
]);

Deno.test("vault: wait logs what it waits for, and why", async () => {
  await using server = new MockServer({ status: 503 }, { status: 200 });
  const { session, logged } = await testSession();
  await session.run(
    `require("assay.vault").wait("${server.url}", { timeout = 60, interval = 0.01 })`,
    "test.lua",
  );
  assert.equal(logged(), `INFO waiting for ${server.url} to answer, 0 s of 60 s (HTTP 503)\n`);
});

Deno.test("vault: openbao is the same module", async () => {
  const [same] = await runLua('return require("assay.openbao") == require("assay.vault")');
  assert.equal(same, true);
});

Deno.test("vault: a server that is not there is a clear error", async () => {
  const url = refusedUrl();
  const message = await luaError(`require("assay.vault").client("${url}", "t"):read("secrets/data/x")`);
  assert.ok(message.includes("vault: GET /v1/secrets/data/x: "), message);
  const waited = await luaError(`require("assay.vault").wait("${url}", { timeout = 0.02, interval = 0.01 })`);
  assert.ok(waited.includes(`vault.wait: not reachable at ${url} after 0.02s (`), waited);
});
