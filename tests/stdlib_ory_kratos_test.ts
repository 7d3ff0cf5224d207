/** `assay.ory.kratos` against a mock of Kratos. */
import assert from "node:assert/strict";
import { luaError } from "./support/lua.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = `local kratos = require("assay.ory.kratos")
local c = kratos.client({ public_url = url .. "/public/", admin_url = url .. "/internal/" })`;
const COOKIE = "'ory_kratos_session=s3cr3t; csrf=x'";
const cookie = { cookie: "ory_kratos_session=s3cr3t; csrf=x", "x-session-token": undefined };
const anonymous = { cookie: undefined, "x-session-token": undefined };

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const session = { id: "5f1c", active: true, identity: { id: "a1", traits: { email: "ada@example.com" } } };
const flow = { id: "f1", type: "browser", ui: { action: "http://x", method: "POST", nodes: [] } };
const identity = {
  id: "a1",
  schema_id: "default",
  traits: { email: "ada@example.com" },
  metadata_public: {},
};

methodTests(
  "kratos",
  SETUP,
  [
    {
      calls: forms("sessions:whoami", "whoami", COOKIE),
      path: "/public/sessions/whoami",
      headers: cookie,
      reply: session,
    },
    {
      calls: forms("sessions:whoami", "whoami", "'ory_st_s3cr3t'"),
      path: "/public/sessions/whoami",
      headers: { cookie: undefined, "x-session-token": "ory_st_s3cr3t" },
      reply: session,
    },
    {
      calls: forms("sessions:whoami", "whoami", "nil"),
      path: "/public/sessions/whoami",
      headers: anonymous,
      status: 401,
      reply: { error: { code: 401, message: "No valid session credentials found in the request." } },
      result: null,
    },
    {
      calls: forms("sessions:list", "list_sessions", "'a 1'"),
      path: "/internal/admin/identities/a%201/sessions",
      reply: [session],
    },
    { calls: ["c.sessions:list('a1')"], path: "/internal/admin/identities/a1/sessions", reply: [] },
    {
      calls: ["c.sessions:list('none')"],
      path: "/internal/admin/identities/none/sessions",
      status: 404,
      result: null,
    },
    {
      calls: forms("sessions:revoke", "delete_sessions", "'a1'"),
      method: "DELETE",
      path: "/internal/admin/identities/a1/sessions",
      status: 204,
    },
    { calls: forms("flows:create_login", "create_login_flow"), path: "/public/self-service/login/browser" },
    {
      calls: forms(
        "flows:create_login",
        "create_login_flow",
        "{ aal = 'aal2', refresh = true, login_challenge = 'c+1', return_to = 'https://app/?a=1&b=2' }",
      ),
      path: "/public/self-service/login/browser",
      query: "return_to=https%3A%2F%2Fapp%2F%3Fa%3D1%26b%3D2&refresh=true&login_challenge=c%2B1&aal=aal2",
    },
    {
      calls: ["c.flows:create_login({ type = 'api' })"],
      path: "/public/self-service/login/api",
    },
    {
      calls: forms("flows:create_settings", "create_settings_flow", COOKIE),
      path: "/public/self-service/settings/browser",
      headers: cookie,
    },
    {
      calls: ["c.flows:create_settings('ory_st_s3cr3t')"],
      path: "/public/self-service/settings/api",
      headers: { cookie: undefined, "x-session-token": "ory_st_s3cr3t" },
    },
    {
      calls: ["c.flows:get_login_admin('f 1')"],
      path: "/internal/admin/self-service/login/flows",
      query: "id=f%201",
    },
  ].map((method) => ({
    ...(method.path.includes("self-service") ? { reply: flow } : {}),
    ...method,
    headers: { accept: "application/json", ...method.headers },
  })),
);

for (const kind of ["registration", "recovery"]) {
  methodTests("kratos", SETUP, [
    {
      calls: forms(`flows:create_${kind}`, `create_${kind}_flow`),
      path: `/public/self-service/${kind}/browser`,
      reply: flow,
    },
    {
      calls: forms(`flows:create_${kind}`, `create_${kind}_flow`, "{ return_to = 'https://app' }"),
      path: `/public/self-service/${kind}/browser`,
      query: "return_to=https%3A%2F%2Fapp",
      reply: flow,
    },
  ], { ...anonymous, accept: "application/json" });
}

for (const kind of ["login", "registration", "recovery", "settings"]) {
  methodTests("kratos", SETUP, [
    {
      calls: forms(`flows:get_${kind}`, `get_${kind}_flow`, `'f&1', ${COOKIE}`),
      path: `/public/self-service/${kind}/flows`,
      query: "id=f%261",
      headers: cookie,
      reply: flow,
    },
    {
      calls: forms(`flows:get_${kind}`, `get_${kind}_flow`, "'f1'"),
      path: `/public/self-service/${kind}/flows`,
      query: "id=f1",
      headers: anonymous,
      reply: flow,
    },
    ...[200, 201, 422].map((status) => ({
      calls: forms(`flows:submit_${kind}`, `submit_${kind}_flow`, `'f1', { method = 'password' }, ${COOKIE}`),
      method: "POST",
      path: `/public/self-service/${kind}`,
      query: "flow=f1",
      headers: { ...cookie, "content-type": "application/json" },
      json: { method: "password" },
      status,
      reply: status === 422
        ? { error: { id: "browser_location_change_required" }, redirect_browser_to: "/2" }
        : flow,
    })),
  ], { accept: "application/json" });
}

const PAYLOAD = "{ schema_id = 'default', traits = { email = 'ada@example.com' } }";
const payload = { schema_id: "default", traits: { email: "ada@example.com" } };

methodTests("kratos", SETUP, [
  {
    calls: forms("identities:list", "list_identities"),
    path: "/internal/admin/identities",
    reply: [identity],
  },
  {
    calls: forms(
      "identities:list",
      "list_identities",
      "{ page = 2, per_page = 5, credentials_identifier = 'ada+x@example.com' }",
    ),
    path: "/internal/admin/identities",
    query: "per_page=5&page=2&credentials_identifier=ada%2Bx%40example.com",
    reply: [],
  },
  {
    calls: forms("identities:get", "get_identity", "'a/1'"),
    path: "/internal/admin/identities/a%2F1",
    reply: identity,
  },
  {
    calls: forms("identities:create", "create_identity", PAYLOAD),
    method: "POST",
    path: "/internal/admin/identities",
    json: payload,
    status: 201,
    reply: identity,
  },
  {
    calls: forms("identities:update", "update_identity", `'a1', ${PAYLOAD}`),
    method: "PUT",
    path: "/internal/admin/identities/a1",
    json: payload,
    reply: identity,
  },
  {
    calls: forms("identities:delete", "delete_identity", "'a1'"),
    method: "DELETE",
    path: "/internal/admin/identities/a1",
    status: 204,
  },
  {
    calls: forms("schemas:list", "list_schemas"),
    path: "/public/schemas",
    reply: [{ id: "default", schema: { $id: "https://x", properties: {}, required: [] } }],
  },
  {
    calls: forms("schemas:get", "get_schema", "'default v2'"),
    path: "/public/schemas/default%20v2",
    reply: { type: "object", properties: {}, required: [] },
  },
  { calls: ["c.schemas:get('none')"], path: "/public/schemas/none", status: 404, result: null },
]);

failureTests("kratos", SETUP, {
  read: "c.identities:get('none')",
  readPath: "GET /admin/identities/none",
  write: "c.identities:create({ schema_id = 'default' })",
  writePath: "POST /admin/identities",
  missingIsNil: true,
});

const link = (...links: string[]) => ({ link: links.join(",") });

moduleTests("kratos", SETUP, [
  {
    name: "identities of every page are listed, wherever the service believes to be",
    call: "c.identities:list({ credentials_identifier = 'x' })",
    replies: [
      {
        body: [{ id: "1" }],
        headers: link(
          '</admin/identities?page_size=250&page_token=first>; rel="first"',
          '<http://elsewhere/identities?page_size=250&page_token=p%3D2>; rel="next"',
        ),
      },
      { body: [{ id: "2" }], headers: link('</admin/identities?page_token=first>; rel="first"') },
    ],
    expected: [
      { path: "/internal/admin/identities", query: "credentials_identifier=x" },
      { path: "/internal/admin/identities", query: "page_size=250&page_token=p%3D2" },
    ],
    result: [{ id: "1" }, { id: "2" }],
  },
  {
    name: "a page that names itself as the next ends the list",
    call: "c.identities:list()",
    replies: [
      { body: [{ id: "1" }], headers: link('</admin/identities?page_token=a>; rel="next"') },
      { body: [{ id: "2" }], headers: link('</admin/identities?page_token=a>; rel="next"') },
    ],
    result: [{ id: "1" }, { id: "2" }],
  },
  {
    name: "whoever names a page gets that one only",
    call: "c.identities:list({ per_page = 1 })",
    replies: [{ body: [{ id: "1" }], headers: link('</admin/identities?page=2>; rel="next"') }],
    expected: [{ path: "/internal/admin/identities", query: "per_page=1" }],
    result: [{ id: "1" }],
  },
  {
    name: "64-bit numbers and empty collections survive",
    call: `(function()
      local id = c.identities:get("a1")
      return json.encode(id.traits) .. json.encode(id.metadata_public)
    end)()`,
    replies: [{ body: '{"traits":{"n":9007199254740993,"l":[]},"metadata_public":{}}' }],
    result: '{"l":[],"n":9007199254740993}{}',
  },
  {
    name: "an expired flow is an error with what the service says",
    call: "c.flows:get_login('f1')",
    replies: [{ status: 410, body: { error: { id: "self_service_flow_expired" } } }],
    error: "test.lua:4: kratos: GET /self-service/login/flows?id=f1 HTTP 410: " +
      '{"error":{"id":"self_service_flow_expired"}}',
  },
]);

for (const [option, call] of [["public_url", "c:whoami('x')"], ["admin_url", "c.identities:get('x')"]]) {
  Deno.test(`kratos: without ${option}, what needs it says so`, async () => {
    const other = option === "public_url" ? "admin_url" : "public_url";
    const message = await luaError(
      `local c = require("assay.kratos").client({ ${other} = "http://127.0.0.1:1" })\n${call}`,
    );
    assert.ok(message.startsWith(`test.lua:2: kratos: ${option} not configured`), message);
  });
}
