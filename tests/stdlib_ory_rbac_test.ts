/** `assay.ory.rbac` against a mock of Keto. */
import assert from "node:assert/strict";
import { luaError, runLua } from "./support/lua.ts";
import { moduleTests } from "./support/module.ts";
import { methodTests } from "./support/module_methods.ts";

const POLICY = `{
  namespace = "desk",
  keto = kc,
  default_role = "viewer",
  roles = {
    owner = { rank = 5, capabilities = { "view", "approve", "trigger" }, label = "Owner" },
    approver = { rank = 3, capabilities = { "view", "approve" } },
    operator = { rank = 3, capabilities = { "view", "trigger" } },
    viewer = { rank = 1, capabilities = { "view" } },
  },
}`;
const SETUP = `local rbac = require("assay.ory.rbac")
local kc = require("assay.ory.keto").client(url, { write_url = url .. "/write" })
local p = rbac.policy(${POLICY})`;

const TUPLES = "/relation-tuples";
const ADMIN = "/write/admin/relation-tuples";
const forms = (method: string, old: string, args = "") => [`p.${method}(${args})`, `p:${old}(${args})`];
const member = (object: string, subject_id = "user:ada") => ({
  namespace: "Role",
  object,
  relation: "members",
  subject_id,
});
const page = (...tuples: readonly object[]) => ({ relation_tuples: tuples, next_page_token: "" });
const ofAda = { path: TUPLES, query: "namespace=Role&relation=members&subject_id=user%3Aada" };
const ofRole = (role: string) => ({
  path: TUPLES,
  query: `namespace=Role&object=desk%3A${role}&relation=members`,
});

methodTests("rbac", SETUP, [
  {
    calls: [...forms("users:roles", "user_roles", "'ada'"), "p.users:roles('user:ada')"],
    ...ofAda,
    // Keto may hold a tuple twice; other applications have roles in the same namespace
    reply: page(
      member("desk:viewer"),
      member("desk:operator"),
      member("desk:approver"),
      member("desk:viewer"),
      member("desk:retired"),
      member("other:owner"),
      member("desk"),
    ),
    result: ["approver", "operator", "viewer"],
  },
  { calls: forms("users:roles", "user_roles", "'ada'"), ...ofAda, reply: page(), result: [] },
  {
    calls: forms("users:primary_role", "user_primary_role", "'ada'"),
    ...ofAda,
    reply: page(member("desk:viewer"), member("desk:owner")),
    result: "owner",
  },
  {
    calls: forms("users:primary_role", "user_primary_role", "'ada'"),
    ...ofAda,
    reply: page(),
    result: "viewer",
  },
  {
    calls: forms("users:capabilities", "user_capabilities", "'ada'"),
    ...ofAda,
    reply: page(member("desk:approver"), member("desk:operator")),
    result: { view: true, approve: true, trigger: true },
  },
  {
    calls: forms("users:capabilities", "user_capabilities", "'ada'"),
    ...ofAda,
    reply: page(),
    result: { view: true },
  },
  {
    calls: forms("users:has_capability", "user_has_capability", "'ada', 'approve'"),
    ...ofAda,
    reply: page(member("desk:approver")),
    result: true,
  },
  {
    calls: forms("users:has_capability", "user_has_capability", "'ada', 'trigger'"),
    ...ofAda,
    reply: page(member("desk:approver")),
    result: false,
  },
  {
    calls: forms("members:list", "list_members", "'owner'"),
    ...ofRole("owner"),
    reply: page(
      member("desk:owner", "user:ada"),
      member("desk:owner", "user:bob"),
      member("desk:owner", "user:ada"),
      member("desk:owner", "service"),
      {
        namespace: "Role",
        object: "desk:owner",
        relation: "members",
        subject_set: { namespace: "Role", object: "x", relation: "members" },
      },
    ),
    result: ["ada", "bob", "service"],
  },
  {
    calls: forms("members:reset", "reset_role", "'owner'"),
    method: "DELETE",
    path: ADMIN,
    query: ofRole("owner").query,
    status: 204,
  },
  ...[204, 404].map((status) => ({
    calls: forms("members:remove", "remove", "'ada', 'owner'"),
    method: "DELETE",
    path: ADMIN,
    query: "namespace=Role&object=desk%3Aowner&relation=members&subject_id=user%3Aada",
    status,
  })),
]);

const exactly = {
  path: TUPLES,
  query: "namespace=Role&object=desk%3Aowner&relation=members&subject_id=user%3Aada",
};

moduleTests("rbac", SETUP, [
  ...forms("members:add", "add", "'ada', 'owner'").flatMap((call) => [
    {
      name: `${call} makes a member`,
      call,
      replies: [{ body: page() }, { status: 201, body: member("desk:owner") }],
      expected: [exactly, { method: "PUT", path: ADMIN, json: member("desk:owner") }],
      result: null,
    },
    {
      name: `${call} does nothing for a member`,
      call,
      replies: [{ body: page(member("desk:owner")) }],
      expected: exactly,
      result: null,
    },
  ]),
  ...forms("members:list_all", "list_all_memberships").map((call) => ({
    name: `${call} has every role`,
    call,
    replies: [{ body: page(member("x", "user:ada")) }],
    result: { owner: ["ada"], approver: ["ada"], operator: ["ada"], viewer: ["ada"] },
  })),
  {
    name: "list_all keeps roles without members as empty lists",
    call: "json.encode(p.members:list_all())",
    replies: [{ body: page() }],
    result: '{"approver":[],"operator":[],"owner":[],"viewer":[]}',
  },
  {
    name: "roles and members of every page count",
    call: "p.users:roles('ada')",
    replies: [
      { body: { relation_tuples: [member("desk:viewer")], next_page_token: "2" } },
      { body: page(member("desk:owner")) },
    ],
    expected: [ofAda, { ...ofAda, query: `${ofAda.query}&page_token=2` }],
    result: ["owner", "viewer"],
  },
  ...forms("policy:roles", "roles").map((call) => ({
    name: `${call} sorts by rank, then by name`,
    call,
    replies: [],
    result: ["owner", "approver", "operator", "viewer"],
  })),
  ...forms("policy:get", "role", "'owner'").map((call) => ({
    name: `${call} has the capabilities sorted`,
    call,
    replies: [],
    result: { rank: 5, capabilities: ["approve", "trigger", "view"], label: "Owner" },
  })),
  ...forms("policy:get", "role", "'nobody'").map((call) => ({
    name: `${call} is nil`,
    call,
    replies: [],
    result: null,
  })),
  {
    name: "what a caller does to a role it got changes no policy",
    call: `(function()
      p.policy:get("viewer").capabilities[1] = "approve"
      return p.policy:get("viewer").capabilities
    end)()`,
    replies: [],
    result: ["view"],
  },
  {
    name: "a failing removal is an error",
    call: "p.members:remove('ada', 'owner')",
    replies: [{ status: 500, body: "oops" }],
    error: "keto: delete tuple HTTP 500: oops",
  },
  {
    name: "a role that the policy does not have is an error",
    call: "p.members:add('ada', 'king')",
    replies: [],
    error: "assay.ory.rbac: unknown role king",
  },
  ...["''", "nil", "7", "'user:'"].map((id) => ({
    name: `${id} is no user`,
    call: `p.users:roles(${id})`,
    replies: [],
    error: "assay.ory.rbac: user id must be a non-empty string",
  })),
  ...([
    ["nobody", "nil", [], { status: 401, json: { error: "Authentication required" } }],
    ["a user without it", "'ada'", [member("desk:viewer")], {
      status: 403,
      json: { error: "approve capability required" },
    }],
    ["a user with it", "'ada'", [member("desk:approver")], { status: 200, body: "hello ada, 2" }],
  ] as const).flatMap(([who, id, tuples, result]) =>
    forms("middleware:require_capability", "require_capability", "'approve', handler").map((call) => ({
      name: `${call} answers ${who}`,
      call: `(function()
        local function handler(request, extra)
          return { status = 200, body = "hello " .. request.user_id .. ", " .. extra }
        end
        return ${call}({ user_id = ${id} }, 2)
      end)()`,
      replies: [{ body: page(...tuples) }],
      result,
    }))
  ),
]);

for (
  const [name, options, message] of [
    ["a namespace", `{ keto = {}, roles = {} }`, "namespace is required"],
    ["a client", `{ namespace = "x", roles = {} }`, "keto client is required"],
    ["roles", `{ namespace = "x", keto = {} }`, "roles map is required"],
    ["roles that are tables", `{ namespace = "x", keto = {}, roles = { a = 1 } }`, "role a must be a table"],
  ]
) {
  Deno.test(`rbac: a policy needs ${name}`, async () => {
    const error = await luaError(`require("assay.ory.rbac").policy(${options})`);
    assert.ok(error.startsWith(`test.lua:1: assay.ory.rbac.policy: ${message}`), error);
  });
}

for (
  const [form, client] of Object.entries({
    "old methods": "store",
    "sub-objects": "{ tuples = store }",
  })
) {
  Deno.test(`rbac: a Keto client with only ${form} will do`, async () => {
    const [result] = await runLua(`
      local kept = {}
      local store = {}
      function store:list(query)
        local found = {}
        for _, tuple in ipairs(kept) do
          local same = true
          for key, value in pairs(query) do same = same and tuple[key] == value end
          if same then found[#found + 1] = tuple end
        end
        return { relation_tuples = found }
      end
      function store:create(tuple) kept[#kept + 1] = tuple end
      function store:delete() kept = {} error("HTTP 404") end
      local kc = ${client}
      local p = require("assay.ory.rbac").policy(${POLICY})
      p.members:add("ada", "approver")
      p.members:add("user:ada", "approver")
      local before = #kept .. " " .. table.concat(p.users:roles("ada"), " ")
      p:remove("ada", "approver")
      return before .. " " .. p:user_primary_role("ada")`);
    assert.equal(result, "1 approver viewer");
  });
}
