/** `assay.ory.hydra` against a mock of Hydra. */
import assert from "node:assert/strict";
import { luaError } from "./support/lua.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests, type ModuleMethod } from "./support/module_methods.ts";

const SETUP = `local hydra = require("assay.ory.hydra")
local c = hydra.client({ public_url = url .. "/public/", admin_url = url .. "/internal/" })`;

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const client = { client_id: "my-app", client_name: "My App", contacts: [], jwks: {}, metadata: {} };
const CLIENT = "{ client_name = 'My App', contacts = json.array() }";
const tokens = { access_token: "at", token_type: "bearer", expires_in: 3599, refresh_token: "rt" };
const redirect = { redirect_to: "https://hydra/oauth2/auth?login_verifier=v" };

methodTests("hydra", SETUP, [
  { calls: forms("clients:list", "list_clients"), path: "/internal/admin/clients", reply: [client] },
  {
    calls: forms("clients:list", "list_clients", "{ page_size = 10 }"),
    path: "/internal/admin/clients",
    query: "page_size=10",
    reply: [],
  },
  {
    calls: forms("clients:get", "get_client", "'my app/1'"),
    path: "/internal/admin/clients/my%20app%2F1",
    reply: client,
  },
  {
    calls: forms("clients:create", "create_client", CLIENT),
    method: "POST",
    path: "/internal/admin/clients",
    json: { client_name: "My App", contacts: [] },
    status: 201,
    reply: client,
  },
  {
    calls: forms("clients:update", "update_client", `'my-app', ${CLIENT}`),
    method: "PUT",
    path: "/internal/admin/clients/my-app",
    json: { client_id: "my-app", client_name: "My App", contacts: [] },
    reply: client,
  },
  {
    calls: forms("clients:delete", "delete_client", "'my-app'"),
    method: "DELETE",
    path: "/internal/admin/clients/my-app",
    status: 204,
  },
], { "content-type": "application/json" });

const formMethod = (
  old: string,
  args: string,
  target: string,
  body: string,
  reply: object | "",
): ModuleMethod => ({
  calls: forms(`oauth2:${old}`, old, args),
  method: "POST",
  path: target,
  body,
  reply,
});

methodTests("hydra", SETUP, [
  formMethod(
    "exchange_code",
    "{ client_id = 'app', client_secret = 's&c=+', code = 'c 1', redirect_uri = 'https://app/cb' }",
    "/public/oauth2/token",
    "grant_type=authorization_code&code=c%201&redirect_uri=https%3A%2F%2Fapp%2Fcb&client_id=app" +
      "&client_secret=s%26c%3D%2B",
    tokens,
  ),
  formMethod(
    "exchange_code",
    "{ client_id = 'app', code = 'c', redirect_uri = 'https://app', code_verifier = 'v~1' }",
    "/public/oauth2/token",
    "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fapp&client_id=app&code_verifier=v~1",
    tokens,
  ),
  formMethod(
    "refresh_token",
    "'app', 'secret', 'rt'",
    "/public/oauth2/token",
    "grant_type=refresh_token&refresh_token=rt&client_id=app&client_secret=secret",
    tokens,
  ),
  formMethod("introspect", "'a+t'", "/internal/admin/oauth2/introspect", "token=a%2Bt", {
    active: true,
    sub: "ada",
    aud: [],
    ext: {},
    exp: 1893456000,
  }),
  formMethod(
    "revoke_token",
    "'app', 'secret', 'at'",
    "/public/oauth2/revoke",
    "token=at&client_id=app&client_secret=secret",
    "",
  ),
], { "content-type": "application/x-www-form-urlencoded" });

const REQUESTS = "/internal/admin/oauth2/auth/requests";

for (const kind of ["login", "consent", "logout"]) {
  const query = `${kind}_challenge=ch%2B1`;
  methodTests("hydra", SETUP, [{
    calls: forms(`${kind}:get`, `get_${kind}_request`, "'ch+1'"),
    path: `${REQUESTS}/${kind}`,
    query,
    reply: { challenge: "ch+1", subject: "", client },
  }]);
  if (kind === "logout") continue;
  methodTests(
    "hydra",
    SETUP,
    ([
      ["", { error: "access_denied" }],
      [", 'login_required'", { error: "login_required" }],
      [", { error = 'x', error_description = 'Why' }", { error: "x", error_description: "Why" }],
    ] as const).map(([argument, json]) => ({
      calls: forms(`${kind}:reject`, `reject_${kind}`, `'ch+1'${argument}`),
      method: "PUT",
      path: `${REQUESTS}/${kind}/reject`,
      query,
      json,
      reply: redirect,
    })),
  );
}

methodTests(
  "hydra",
  SETUP,
  [
    {
      calls: forms("login:accept", "accept_login", "'ch', 'ada'"),
      path: `${REQUESTS}/login/accept`,
      query: "login_challenge=ch",
      json: { subject: "ada" },
    },
    {
      calls: forms(
        "login:accept",
        "accept_login",
        "'ch', 'ada', { remember = true, remember_for = 3600, acr = '1', amr = {}, context = {} }",
      ),
      path: `${REQUESTS}/login/accept`,
      query: "login_challenge=ch",
      json: { subject: "ada", remember: true, remember_for: 3600, acr: "1", amr: [], context: {} },
    },
    {
      calls: forms("consent:accept", "accept_consent", "'ch'"),
      path: `${REQUESTS}/consent/accept`,
      query: "consent_challenge=ch",
      json: { grant_scope: ["openid", "profile", "email"], grant_access_token_audience: [] },
    },
    {
      calls: forms(
        "consent:accept",
        "accept_consent",
        "'ch', { grant_scope = {}, grant_access_token_audience = { 'api' }, remember = true, remember_for = 0, " +
          "session = { id_token = { roles = { 'admin' } } } }",
      ),
      path: `${REQUESTS}/consent/accept`,
      query: "consent_challenge=ch",
      json: {
        grant_scope: [],
        grant_access_token_audience: ["api"],
        remember: true,
        remember_for: 0,
        session: { id_token: { roles: ["admin"] } },
      },
    },
    {
      calls: forms("logout:accept", "accept_logout", "'ch'"),
      path: `${REQUESTS}/logout/accept`,
      query: "logout_challenge=ch",
      json: {},
    },
  ].map((method) => ({ method: "PUT", reply: redirect, ...method })),
  { "content-type": "application/json" },
);

methodTests("hydra", SETUP, [
  {
    calls: forms("logout:reject", "reject_logout", "'ch'"),
    method: "PUT",
    path: `${REQUESTS}/logout/reject`,
    query: "logout_challenge=ch",
    json: {},
    status: 204,
  },
  {
    calls: forms("discovery:openid_config", "well_known"),
    path: "/public/.well-known/openid-configuration",
    reply: { issuer: "https://hydra/", response_types_supported: ["code"] },
  },
  {
    calls: forms("discovery:jwks", "jwks"),
    path: "/public/.well-known/jwks.json",
    reply: { keys: [] },
  },
]);

failureTests("hydra", SETUP, {
  read: "c.clients:get('none')",
  readPath: "GET /admin/clients/none",
  write: "c.oauth2:exchange_code({ code = 'x', client_secret = 's3cr3t' })",
  writePath: "POST /oauth2/token",
  missingIsNil: true,
});

const AUTHORIZE = "/oauth2/auth?client_id=my%20app&response_type=code&scope=openid%20profile%20email";

moduleTests("hydra", SETUP, [
  {
    name: "authorize_url has the usual scope and response type",
    call: "c.oauth2:authorize_url('my app', {}):gsub('^.*/public', '')",
    replies: [],
    result: AUTHORIZE,
  },
  {
    name: "build_authorize_url is its old name",
    call: "c:build_authorize_url('my app'):gsub('^.*/public', '')",
    replies: [],
    result: AUTHORIZE,
  },
  {
    name: "authorize_url has every option in its place",
    call: `(c.oauth2:authorize_url("a", {
      redirect_uri = "https://app/cb?x=1", scope = "openid", response_type = "code id_token", state = "s&t",
      nonce = "n", extra = { prompt = "login", audience = "api" },
    }):gsub("^.*/public", ""))`,
    replies: [],
    result: "/oauth2/auth?client_id=a&response_type=code%20id_token&scope=openid" +
      "&redirect_uri=https%3A%2F%2Fapp%2Fcb%3Fx%3D1&state=s%26t&nonce=n&audience=api&prompt=login",
  },
  {
    name: "update leaves the caller's table as it is",
    call: `(function()
      local payload = { client_name = "x" }
      c.clients:update("a", payload)
      return payload
    end)()`,
    replies: [{ body: client }],
    result: { client_name: "x" },
  },
  {
    name: "clients of every page are listed",
    call: "c.clients:list()",
    replies: [
      {
        body: [{ client_id: "1" }],
        headers: {
          link: '</clients?page_size=100&page_token=first>; rel="first",' +
            '</clients?page_size=100&page_token=abc>; rel="next"',
        },
      },
      { body: [{ client_id: "2" }] },
    ],
    expected: [
      { path: "/internal/admin/clients" },
      { path: "/internal/admin/clients", query: "page_size=100&page_token=abc" },
    ],
    result: [{ client_id: "1" }, { client_id: "2" }],
  },
  {
    name: "a challenge that is not known is an error",
    call: "c.login:get('gone')",
    replies: [{ status: 404, body: { error: "Not Found" } }],
    error: "test.lua:4: hydra: GET /admin/oauth2/auth/requests/login?login_challenge=gone HTTP 404: " +
      '{"error":"Not Found"}',
  },
]);

for (const [option, call] of [["public_url", "c:jwks()"], ["admin_url", "c.clients:get('x')"]]) {
  Deno.test(`hydra: without ${option}, what needs it says so`, async () => {
    const other = option === "public_url" ? "admin_url" : "public_url";
    const message = await luaError(
      `local c = require("assay.hydra").client({ ${other} = "http://127.0.0.1:1" })\n${call}`,
    );
    assert.ok(message.startsWith(`test.lua:2: hydra: ${option} not configured`), message);
  });
}
