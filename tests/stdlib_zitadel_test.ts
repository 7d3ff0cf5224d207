/** `assay.zitadel` against a mock of Zitadel. */
import assert from "node:assert/strict";
import { importSPKI, jwtVerify } from "jose";
import { withFolder } from "./support/assay.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { type MockReply, MockServer } from "./support/mock.ts";
import { moduleTests } from "./support/module.ts";
import { methodTests, type ModuleMethod } from "./support/module_methods.ts";

const SETUP = `local zitadel = require("assay.zitadel")
  local c = zitadel.client({ url = url .. "/", domain = "example.com", token = "s3cr3t" })`;
const headers = {
  host: "auth.example.com",
  authorization: "Bearer s3cr3t",
  "content-type": "application/json",
};

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const named = (field: string, name: string) => ({
  queries: [{ [field]: { name, method: "TEXT_QUERY_METHOD_EQUALS" } }],
});
const PROJECTS = "/management/v1/projects/_search";
const APPS = "/management/v1/projects/p1/apps";
const IDPS = "/admin/v1/idps";
const POLICY = "/admin/v1/policies/login";

methodTests("zitadel", SETUP, [
  {
    calls: forms("projects:find", "find_project", "'Plattform'"),
    method: "POST",
    path: PROJECTS,
    json: named("nameQuery", "Plattform"),
    reply: { details: { totalResult: "1" }, result: [{ id: "271828182845904523", name: "Plattform" }] },
    result: { id: "271828182845904523", name: "Plattform" },
  },
  {
    calls: forms("projects:find", "find_project", "'x'"),
    method: "POST",
    path: PROJECTS,
    reply: { details: {} },
    result: null,
  },
  {
    calls: forms("projects:create", "create_project", "'x', { projectRoleAssertion = true }"),
    method: "POST",
    path: "/management/v1/projects",
    json: { name: "x", projectRoleAssertion: true },
    reply: { id: "1" },
  },
  {
    calls: ["c.projects:create('x')"],
    method: "POST",
    path: "/management/v1/projects",
    json: { name: "x" },
    status: 201,
    reply: { id: "1" },
  },
  {
    calls: forms("projects:ensure", "ensure_project", "'x'"),
    method: "POST",
    path: PROJECTS,
    reply: { result: [{ id: "1" }] },
    result: { id: "1" },
  },
  {
    calls: forms("apps:find", "find_app", "'p1', 'grafana'"),
    method: "POST",
    path: `${APPS}/_search`,
    json: { query: { limit: 100 }, ...named("nameQuery", "grafana") },
    reply: { result: [{ id: "1", name: "grafana-old" }, { id: "2", name: "grafana" }] },
    result: { id: "2", name: "grafana" },
  },
  {
    calls: forms(
      "apps:create_oidc",
      "create_oidc_app",
      "'p1', { name = 'grafana', subdomain = 'g', callbackPath = '/login' }",
    ),
    method: "POST",
    path: `${APPS}/oidc`,
    json: {
      name: "grafana",
      redirectUris: ["https://g.example.com/login"],
      postLogoutRedirectUris: ["https://g.example.com/"],
      responseTypes: ["OIDC_RESPONSE_TYPE_CODE"],
      grantTypes: ["OIDC_GRANT_TYPE_AUTHORIZATION_CODE", "OIDC_GRANT_TYPE_REFRESH_TOKEN"],
      appType: "OIDC_APP_TYPE_WEB",
      authMethodType: "OIDC_AUTH_METHOD_TYPE_BASIC",
      accessTokenType: "OIDC_TOKEN_TYPE_BEARER",
      accessTokenRoleAssertion: true,
      idTokenRoleAssertion: true,
      idTokenUserinfoAssertion: true,
      devMode: false,
      clockSkew: "0s",
    },
    reply: { appId: "1", clientId: "c", clientSecret: "s" },
  },
  {
    calls: forms("idps:find", "find_idp", "'Google'"),
    method: "POST",
    path: `${IDPS}/templates/_search`,
    json: named("idpNameQuery", "Google"),
    reply: { result: [{ id: "9", name: "Google" }] },
    result: { id: "9", name: "Google" },
  },
  {
    calls: forms("idps:ensure_google", "ensure_google_idp", "{ clientId = 'c', clientSecret = 's' }"),
    method: "POST",
    path: `${IDPS}/templates/_search`,
    reply: { result: [{ id: "9", name: "Google" }] },
    result: "9",
  },
  ...[200, 201, 409].map((status): ModuleMethod => ({
    calls: forms("idps:add_to_login_policy", "add_idp_to_login_policy", "'9'"),
    method: "POST",
    path: `${POLICY}/idps`,
    json: { idpId: "9", ownerType: "IDPOWNERTYPE_SYSTEM" },
    status,
    reply: {},
    result: true,
  })),
  {
    calls: forms("users:search", "search_users", "{ query = { limit = 5 }, queries = {} }"),
    method: "POST",
    path: "/management/v1/users/_search",
    reply: { details: { totalResult: "7" }, result: [{ id: "1" }] },
    result: [{ id: "1" }],
  },
  {
    calls: ["c.users:search()"],
    method: "POST",
    path: "/management/v1/users/_search",
    body: "{}",
    reply: { details: { totalResult: "0" } },
    result: [],
  },
  {
    calls: forms("users:update_email", "update_user_email", "'u/1', 'ä@example.com'"),
    method: "PUT",
    path: "/management/v1/users/u%2F1/email",
    json: { email: "ä@example.com", isEmailVerified: true },
    reply: { details: {} },
    result: true,
  },
  {
    calls: forms("login_policy:get", "get_login_policy"),
    path: POLICY,
    reply: { policy: { allowUsernamePassword: true } },
    result: { allowUsernamePassword: true },
  },
  {
    calls: forms("login_policy:update", "update_login_policy", "{ forceMfa = true }"),
    method: "PUT",
    path: POLICY,
    json: { forceMfa: true },
    reply: { details: {} },
    result: true,
  },
  {
    calls: forms("login_policy:disable_password", "disable_password_login"),
    path: POLICY,
    reply: { policy: { allowExternalIdp: true } },
    result: true,
  },
  {
    calls: forms("domains:ensure_primary", "ensure_primary_domain", "'a.com'"),
    path: "/admin/v1/orgs/me/domains",
    reply: { result: [{ domainName: "b.com" }, { domainName: "a.com", isPrimary: true }] },
    result: true,
  },
], headers);

const nothing = { body: {} };
const ok = (...result: object[]) => ({ body: { result } });
const failed = (status: number) => ({ status, body: { code: 7, message: "no" } });
const options = { isLinkingAllowed: true, isCreationAllowed: true, isAutoCreation: true, isAutoUpdate: true };

moduleTests("zitadel", SETUP, [
  ...[200, 409].map((status) => ({
    name: `a domain becomes the primary one, also where it is known (${status})`,
    call: "c.domains:ensure_primary('a.com')",
    replies: [ok({ domainName: "a.com", isPrimary: false }), { status, body: {} }, nothing],
    expected: [
      { path: "/admin/v1/orgs/me/domains", headers },
      { method: "POST", path: "/admin/v1/orgs/me/domains", json: { domain: "a.com" } },
      { method: "POST", path: "/admin/v1/orgs/me/domains/a.com/_set_primary", body: "{}" },
    ],
    result: true,
  })),
  {
    name: "a project that is missing is created",
    call: "c.projects:ensure('x', { projectRoleAssertion = false })",
    replies: [ok(), { body: { id: "1" } }],
    expected: [
      { method: "POST", path: PROJECTS },
      { method: "POST", path: "/management/v1/projects", json: { name: "x", projectRoleAssertion: false } },
    ],
    result: { id: "1" },
  },
  {
    name: "a project that cannot be created is raised",
    call: "c.projects:create('x')",
    replies: [{ status: 500, body: "oops" }],
    error: "zitadel: failed to create project 'x' (HTTP 500): oops",
  },
  {
    name: "apps are searched without a query where it is refused",
    call: "c.apps:find('p1', 'x')",
    replies: [failed(400), ok({ id: "1", name: "y" }, { id: "2", name: "x" })],
    expected: [
      { method: "POST", path: `${APPS}/_search` },
      { method: "POST", path: `${APPS}/_search`, json: { query: { limit: 100 } } },
    ],
    result: { id: "2", name: "x" },
  },
  {
    name: "what an OIDC app is given replaces the defaults",
    call:
      "c.apps:create_oidc('p1', { name = 'x', redirectUris = { 'http://localhost/cb' }, devMode = true }) and true",
    replies: [{ body: { appId: "1" } }],
    expected: {
      method: "POST",
      path: `${APPS}/oidc`,
      json: {
        name: "x",
        redirectUris: ["http://localhost/cb"],
        responseTypes: ["OIDC_RESPONSE_TYPE_CODE"],
        grantTypes: ["OIDC_GRANT_TYPE_AUTHORIZATION_CODE", "OIDC_GRANT_TYPE_REFRESH_TOKEN"],
        appType: "OIDC_APP_TYPE_WEB",
        authMethodType: "OIDC_AUTH_METHOD_TYPE_BASIC",
        accessTokenType: "OIDC_TOKEN_TYPE_BEARER",
        accessTokenRoleAssertion: true,
        idTokenRoleAssertion: true,
        idTokenUserinfoAssertion: true,
        devMode: true,
        clockSkew: "0s",
      },
    },
  },
  {
    name: "an app that exists is found again",
    call: "c.apps:create_oidc('p1', { name = 'x', redirectUris = {} })",
    replies: [failed(409), ok({ id: "2", name: "x" })],
    result: { id: "2", name: "x" },
  },
  {
    name: "an app that exists but cannot be found is a stub",
    call: "c.apps:create_oidc('p1', { name = 'x', redirectUris = {} })",
    replies: [failed(409), ok()],
    result: { id: "existing", name: "x" },
  },
  {
    name: "an app that cannot be created is raised",
    call: "c.apps:create_oidc('p1', { name = 'x', redirectUris = {} })",
    replies: [{ status: 500, body: "oops" }],
    error: "zitadel: failed to create OIDC app 'x' (HTTP 500): oops",
  },
  {
    name: "an app without addresses is an error before any request",
    call: "c.apps:create_oidc('p1', { name = 'x', subdomain = 'g' })",
    replies: [],
    expected: [],
    error: "zitadel: an OIDC app needs redirectUris, or subdomain and callbackPath",
  },
  {
    name: "an app that is missing is created",
    call: "c.apps:ensure_oidc('p1', { name = 'x', redirectUris = {} })",
    replies: [ok(), { body: { appId: "1" } }],
    expected: [{ method: "POST", path: `${APPS}/_search` }, { method: "POST", path: `${APPS}/oidc` }],
    result: { appId: "1" },
  },
  {
    name: "a Google IdP that is missing is created",
    call:
      "c.idps:ensure_google({ clientId = 'c', clientSecret = 's', providerOptions = { isAutoUpdate = false } })",
    replies: [ok(), { body: { id: "9" } }],
    expected: [
      { method: "POST", path: `${IDPS}/templates/_search`, json: named("idpNameQuery", "Google") },
      {
        method: "POST",
        path: `${IDPS}/google`,
        json: {
          name: "Google",
          clientId: "c",
          clientSecret: "s",
          scopes: ["openid", "email", "profile"],
          providerOptions: { ...options, isAutoUpdate: false },
        },
      },
    ],
    result: "9",
  },
  {
    name: "an OIDC IdP that is missing is created",
    call: "c.idps:ensure_oidc({ name = 'corp', clientId = 'c', clientSecret = 's', issuer = 'https://i' })",
    replies: [ok(), { body: { id: "9" } }],
    expected: [
      { method: "POST", path: `${IDPS}/templates/_search`, json: named("idpNameQuery", "corp") },
      {
        method: "POST",
        path: `${IDPS}/generic_oidc`,
        json: {
          name: "corp",
          clientId: "c",
          clientSecret: "s",
          issuer: "https://i",
          scopes: ["openid", "email", "profile"],
          isIdTokenMapping: true,
          providerOptions: { ...options, autoLinking: "AUTO_LINKING_OPTION_EMAIL" },
        },
      },
    ],
    result: "9",
  },
  ...[200, 500].map((status) => ({
    name: `an OIDC IdP that exists is updated, and given even after ${status}`,
    call: "c.idps:ensure_oidc({ name = 'corp', scopes = { 'openid' }, isIdTokenMapping = false })",
    replies: [ok({ id: "9" }), { status, body: {} }],
    expected: [
      { method: "POST", path: `${IDPS}/templates/_search` },
      {
        method: "PUT",
        path: `${IDPS}/generic_oidc/9`,
        json: {
          name: "corp",
          scopes: ["openid"],
          isIdTokenMapping: false,
          providerOptions: { ...options, autoLinking: "AUTO_LINKING_OPTION_EMAIL" },
        },
      },
    ],
    result: "9",
  })),
  {
    name: "a search for users has every page",
    call: "c.users:search({ queries = { { typeQuery = { type = 'TYPE_HUMAN' } } } })",
    replies: [
      { body: { details: { totalResult: "3" }, result: [{ id: "1" }, { id: "2" }] } },
      { body: { details: { totalResult: "3" }, result: [{ id: "3" }] } },
    ],
    expected: [
      {
        method: "POST",
        path: "/management/v1/users/_search",
        json: { queries: [{ typeQuery: { type: "TYPE_HUMAN" } }] },
      },
      {
        method: "POST",
        path: "/management/v1/users/_search",
        json: { queries: [{ typeQuery: { type: "TYPE_HUMAN" } }], query: { offset: "2" } },
      },
    ],
    result: [{ id: "1" }, { id: "2" }, { id: "3" }],
  },
  {
    name: "disabling passwords keeps the other fields of the policy",
    call: "c.login_policy:disable_password()",
    replies: [
      {
        body: {
          policy: {
            allowUsernamePassword: true,
            forceMfa: true,
            secondFactors: [],
            passwordlessType: "PASSWORDLESS_TYPE_ALLOWED",
          },
        },
      },
      nothing,
    ],
    expected: [{ path: POLICY }, {
      method: "PUT",
      path: POLICY,
      json: {
        allowUsernamePassword: false,
        allowExternalIdp: true,
        hidePasswordReset: true,
        forceMfa: true,
        secondFactors: [],
        passwordlessType: "PASSWORDLESS_TYPE_ALLOWED",
      },
    }],
    result: true,
  },
  {
    name: "disabling passwords says which passwordless logins there are",
    call: "c.login_policy:disable_password()",
    replies: [{ body: { policy: { allowUsernamePassword: true } } }, nothing],
    expected: [{ path: POLICY }, {
      method: "PUT",
      path: POLICY,
      json: {
        allowUsernamePassword: false,
        allowExternalIdp: true,
        hidePasswordReset: true,
        passwordlessType: "PASSWORDLESS_TYPE_NOT_ALLOWED",
      },
    }],
    result: true,
  },
  {
    name: "a page of HTML is a clear error",
    call: "c.login_policy:get()",
    replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
    error: "zitadel: GET /admin/v1/policies/login: the response is not JSON (text/html, 6 bytes): ",
  },
  {
    name: "an empty body where data is due is a clear error",
    call: "c.login_policy:get()",
    replies: [{ body: "" }],
    error: "zitadel: GET /admin/v1/policies/login: the response is not JSON (no content type, 0 bytes): ",
  },
  {
    name: "the client shows its settings",
    call: "{ c.url == url, c.domain, c.host_header, c.access_token }",
    replies: [],
    result: [true, "example.com", "auth.example.com", "s3cr3t"],
  },
]);

/** Helpers whose failures are warnings. */
const QUIET: readonly (readonly [call: string, result: string, warning: string, replies?: MockReply[]])[] = [
  ["c.projects:find('x')", "nil", "cannot search projects"],
  ["c.apps:find('p1', 'x')", "nil", "cannot search apps"],
  ["c.idps:find('x')", "nil", "cannot search identity providers"],
  ["c.idps:ensure_google({})", "nil", "cannot create the identity provider Google", [ok(), failed(401)]],
  ["c.idps:ensure_oidc({ name = 'x' })", "nil", "cannot create the identity provider x", [ok(), failed(401)]],
  ["c.idps:add_to_login_policy('1')", "false", "cannot add an identity provider to the login policy"],
  ["#c.users:search({})", "0", "cannot search users"],
  ["c.users:update_email('1', 'a@b.c')", "false", "cannot set a user's e-mail address"],
  ["c.login_policy:get()", "nil", "cannot read the login policy"],
  ["c.login_policy:update({})", "false", "cannot update the login policy"],
  ["c.login_policy:disable_password()", "false", "cannot read the login policy"],
  ["c.domains:ensure_primary('a.com')", "false", "cannot make a.com the primary domain"],
];

for (const [call, result, warning, replies = [failed(401)]] of QUIET) {
  Deno.test(`zitadel: ${call} warns and gives ${result} where it is refused`, async () => {
    await using server = new MockServer(...replies);
    const { session, logged } = await testSession();
    const [value] = await session.run(
      `local url = "${server.url}" ${SETUP} return tostring(${call})`,
      "test.lua",
    );
    assert.equal(value, result);
    assert.ok(logged().includes(`WARN zitadel: ${warning} (HTTP 401): {"code":7,"message":"no"}`), logged());
    assert.ok(!logged().includes("s3cr3t"));
  });
}

/** A machine key as Zitadel's console gives it, and its public half. */
async function machineKey(): Promise<{ key: string; publicKey: string }> {
  const pair = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const pem = (kind: string, bytes: ArrayBuffer) =>
    `-----BEGIN ${kind} KEY-----\n${
      (new Uint8Array(bytes).toBase64().match(/.{1,64}/g) ?? []).join("\n")
    }\n-----END ${kind} KEY-----\n`;
  const privatePem = pem("PRIVATE", await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return {
    key: JSON.stringify({ type: "serviceaccount", keyId: "k1", userId: "u1", key: privatePem }),
    publicKey: pem("PUBLIC", await crypto.subtle.exportKey("spki", pair.publicKey)),
  };
}

for (
  const [way, option] of [["a file", "machine_key_file = path"], [
    "a table",
    "machine_key = json.parse(fs.read(path))",
  ], ["text", "machine_key = fs.read(path)"]]
) {
  Deno.test(`zitadel: a machine key from ${way} is exchanged for a token`, async () => {
    await withFolder(async (folder) => {
      const { key, publicKey } = await machineKey();
      await Deno.writeTextFile(`${folder}/key.json`, key);
      await using server = new MockServer(
        { body: { access_token: "t1", expires_in: 43199 } },
        ok({ id: "1" }),
      );
      const [id] = await runLua(`local path = "${folder}/key.json"
        local c = require("assay.zitadel").client({ url = "${server.url}", domain = "example.com", ${option} })
        return c.projects:find("x").id`);
      assert.equal(id, "1");
      const [login, search] = server.requests;
      assert.ok(login && search);
      assert.equal(`${login.method} ${login.path}`, "POST /oauth/v2/token");
      assert.equal(login.headers["host"], "auth.example.com");
      assert.equal(login.headers["content-type"], "application/x-www-form-urlencoded");
      const form = new URLSearchParams(login.body);
      assert.equal(form.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
      assert.equal(form.get("scope"), "openid urn:zitadel:iam:org:project:id:zitadel:aud");
      const { payload, protectedHeader } = await jwtVerify(
        form.get("assertion") ?? "",
        await importSPKI(publicKey, "RS256"),
        { audience: "https://auth.example.com", issuer: "u1", subject: "u1" },
      );
      assert.equal(protectedHeader.kid, "k1");
      assert.equal(Number(payload.exp) - Number(payload.iat), 300);
      assert.equal(search.headers["authorization"], "Bearer t1");
    });
  });
}

Deno.test("zitadel: a login that is refused is raised, without the key", async () => {
  await withFolder(async (folder) => {
    const { key } = await machineKey();
    await Deno.writeTextFile(`${folder}/key.json`, key);
    const login = (url: string) =>
      luaError(`local c = require("assay.zitadel").client({ url = "${url}", domain = "example.com",
        machine_key_file = "${folder}/key.json" }) return c`);
    await using refusing = new MockServer({ status: 400, body: { error: "invalid_grant" } });
    const message = await login(refusing.url);
    assert.ok(
      message.endsWith('zitadel: token exchange failed (HTTP 400): {"error":"invalid_grant"}'),
      message,
    );
    await using odd = new MockServer({ body: { token: "hidden" } });
    const other = await login(odd.url);
    assert.ok(
      other.endsWith("zitadel: token exchange failed (HTTP 200): no access_token in the response"),
      other,
    );
  });
});

for (
  const [options, problem] of [
    ['domain = "d", token = "t"', "zitadel.client: url is required"],
    ['url = "http://z", token = "t"', "zitadel.client: domain is required"],
    ['url = "http://z", domain = "d"', "zitadel.client: machine_key, machine_key_file or token is required"],
    ['url = "http://z", domain = "d", machine_key_file = "/none"', "zitadel.client: fs.read: failed to read"],
    ['url = "http://z", domain = "d", machine_key = "hidden"', "zitadel.client: the machine key is not JSON"],
    [
      'url = "http://z", domain = "d", machine_key = { key = "hidden" }',
      "zitadel.client: the machine key must have userId",
    ],
  ] as const
) {
  Deno.test(`zitadel: '${problem}' is raised`, async () => {
    const message = await luaError(`local c = require("assay.zitadel").client({ ${options} }) return c`);
    assert.ok(message.includes(problem), message);
    assert.ok(!message.includes("hidden"), message);
  });
}
