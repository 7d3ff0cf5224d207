/** `assay.ory.keto` against a mock of Keto. */
import assert from "node:assert/strict";
import { luaError } from "./support/lua.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = `local keto = require("assay.ory.keto")
local c = keto.client(url .. "/read/", { write_url = url .. "/write/" })`;

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const TUPLES = "/read/relation-tuples";
const ADMIN = "/write/admin/relation-tuples";
const tuple = { namespace: "apps", object: "cc", relation: "admin", subject_id: "user:alice" };
const TUPLE = "{ namespace = 'apps', object = 'cc', relation = 'admin', subject_id = 'user:alice' }";
const TUPLE_QUERY = "namespace=apps&object=cc&relation=admin&subject_id=user%3Aalice";
const SET_TUPLE = "{ namespace = 'apps', object = 'a&b', relation = 'view', " +
  "subject_set = { namespace = 'Role', object = 'ops', relation = 'members' } }";
const SET_QUERY = "namespace=apps&object=a%26b&relation=view" +
  "&subject_set.namespace=Role&subject_set.object=ops&subject_set.relation=members";
const page = (...tuples: readonly object[]) => ({ relation_tuples: tuples, next_page_token: "" });

methodTests("keto", SETUP, [
  { calls: forms("tuples:list", "list"), path: TUPLES, reply: page() },
  {
    calls: forms("tuples:list", "list", TUPLE),
    path: TUPLES,
    query: TUPLE_QUERY,
    reply: page(tuple),
  },
  {
    calls: forms(
      "tuples:list",
      "list",
      "{ namespace = 'apps', object = '', page_token = 't=', page_size = 5 }",
    ),
    path: TUPLES,
    query: "namespace=apps&page_size=5&page_token=t%3D",
    reply: page(tuple),
  },
  { calls: forms("tuples:list", "list", SET_TUPLE), path: TUPLES, query: SET_QUERY, reply: page() },
  {
    calls: forms("tuples:create", "create", TUPLE),
    method: "PUT",
    path: ADMIN,
    json: tuple,
    status: 201,
    reply: tuple,
    result: null,
  },
  {
    calls: ["c.tuples:create({ namespace = 'apps', object = 'ü', relation = 'r', subject_id = 'x' })"],
    method: "PUT",
    path: ADMIN,
    json: { namespace: "apps", object: "ü", relation: "r", subject_id: "x" },
    status: 200,
  },
  {
    calls: forms("tuples:delete", "delete", TUPLE),
    method: "DELETE",
    path: ADMIN,
    query: TUPLE_QUERY,
    status: 204,
  },
  {
    calls: forms("tuples:delete", "delete", SET_TUPLE),
    method: "DELETE",
    path: ADMIN,
    query: SET_QUERY,
    status: 204,
  },
  {
    calls: [
      "c.tuples:delete({ namespace = 'n', object = 'o', relation = 'r', " +
      "subject_set = { namespace = 'User', object = 'ada' } })",
    ],
    method: "DELETE",
    path: ADMIN,
    query: "namespace=n&object=o&relation=r" +
      "&subject_set.namespace=User&subject_set.object=ada&subject_set.relation=",
    status: 204,
  },
  {
    calls: forms("tuples:delete_all", "delete_all", "{ namespace = 'apps', object = 'cc' }"),
    method: "DELETE",
    path: ADMIN,
    query: "namespace=apps&object=cc",
    status: 200,
  },
  {
    calls: [
      ...forms("permissions:check", "check", "'apps', 'cc', 'admin', 'user:alice'"),
      ...forms("permissions:check", "check", TUPLE),
      ...forms("permissions:check", "check", TUPLE.replace("subject_id", "subject")),
    ],
    path: `${TUPLES}/check`,
    query: TUPLE_QUERY,
    reply: { allowed: true },
    result: true,
  },
  {
    calls: [
      ...forms(
        "permissions:check",
        "check",
        "'apps', 'a&b', 'view', { namespace = 'Role', object = 'ops', relation = 'members' }",
      ),
      ...forms("permissions:check", "check", SET_TUPLE),
      ...forms("permissions:check", "check", SET_TUPLE.replace("subject_set", "subject")),
    ],
    path: `${TUPLES}/check`,
    query: SET_QUERY,
    status: 403,
    reply: { allowed: false },
    result: false,
  },
  {
    calls: ["c.permissions:check('apps', 'cc', 'admin', 'user:alice')"],
    path: `${TUPLES}/check`,
    query: TUPLE_QUERY,
    reply: { allowed: false },
    result: false,
  },
  {
    calls: forms("permissions:expand", "expand", "'apps', 'cc', 'a b'"),
    path: `${TUPLES}/expand`,
    query: "namespace=apps&object=cc&relation=a%20b&max-depth=3",
    reply: { type: "union", children: [{ type: "leaf", tuple }] },
  },
  {
    calls: forms("permissions:expand", "expand", "'apps', 'cc', 'admin', 7"),
    path: `${TUPLES}/expand`,
    query: "namespace=apps&object=cc&relation=admin&max-depth=7",
    reply: { type: "leaf", children: [] },
  },
  {
    calls: [
      ...forms("roles:user_roles", "get_user_roles", "'alice'"),
      ...forms("roles:user_roles", "get_user_roles", "'user:alice', 'Role'"),
    ],
    path: TUPLES,
    query: "namespace=Role&relation=members&subject_id=user%3Aalice",
    reply: page(
      { namespace: "Role", object: "cc:admin", relation: "members", subject_id: "user:alice" },
    ),
    result: [{ object: "cc:admin", relation: "members" }],
  },
  {
    calls: forms("roles:has_any", "user_has_any_role", "'alice', { 'x', 'cc:admin' }, 'Group'"),
    path: TUPLES,
    query: "namespace=Group&relation=members&subject_id=user%3Aalice",
    reply: page({ object: "cc:admin", relation: "members" }),
    result: true,
  },
  {
    calls: forms("roles:has_any", "user_has_any_role", "'alice', { 'x' }"),
    path: TUPLES,
    query: "namespace=Role&relation=members&subject_id=user%3Aalice",
    reply: page(),
    result: false,
  },
]);

failureTests("keto", SETUP, {
  read: "c.permissions:expand('n', 'o', 'r')",
  readPath: "GET /relation-tuples/expand?namespace=n&object=o&relation=r&max-depth=3",
  write: "c.tuples:list()",
  writePath: "GET /relation-tuples",
});

const failing = (call: string, error: string, status = 500) => ({
  name: `the error of ${call.slice(0, 40)}`,
  call,
  replies: [{ status, body: "oops" }],
  error: `test.lua:4: keto: ${error} HTTP ${status}: oops`,
});

moduleTests("keto", SETUP, [
  failing(`c.tuples:create(${TUPLE})`, "create tuple"),
  failing(`c.tuples:delete(${TUPLE})`, "delete tuple", 404),
  failing(`c.tuples:delete_all({ namespace = "x" })`, "delete_all"),
  failing(`c:check(${TUPLE})`, "check failed"),
  failing(`c:batch_check({ ${TUPLE} })`, "batch_check failed"),
  {
    name: "batch_check asks one after the other and answers in order",
    call: `c.permissions:batch_check({ ${TUPLE}, ${SET_TUPLE} })`,
    replies: [{ body: { allowed: true } }, { status: 403, body: { allowed: false } }],
    expected: [
      { path: `${TUPLES}/check`, query: TUPLE_QUERY },
      { path: `${TUPLES}/check`, query: SET_QUERY },
    ],
    result: [true, false],
  },
  {
    name: "an empty batch_check is an empty list",
    call: "c:batch_check({})",
    replies: [],
    expected: [],
    result: [],
  },
  {
    name: "roles of every page are found",
    call: "c:get_user_roles('alice')",
    replies: [
      { body: { relation_tuples: [{ object: "a", relation: "members" }], next_page_token: "p 2" } },
      { body: page({ object: "b", relation: "members" }) },
    ],
    expected: [
      { path: TUPLES, query: "namespace=Role&relation=members&subject_id=user%3Aalice" },
      { path: TUPLES, query: "namespace=Role&relation=members&subject_id=user%3Aalice&page_token=p%202" },
    ],
    result: [{ object: "a", relation: "members" }, { object: "b", relation: "members" }],
  },
  {
    name: "upsert creates what is not there",
    call: `table.pack(c.tuples:upsert(${TUPLE}))`,
    replies: [{ body: page() }, { status: 201, body: tuple }],
    expected: [{ path: TUPLES, query: TUPLE_QUERY }, { method: "PUT", path: ADMIN, json: tuple }],
    result: { "1": "created", "2": 0, n: 2 },
  },
  {
    name: "upsert leaves what is there",
    call: `table.pack(c.tuples:upsert(${TUPLE}))`,
    replies: [{ body: page(tuple) }],
    expected: { path: TUPLES, query: TUPLE_QUERY },
    result: { "1": "noop", "2": 1, n: 2 },
  },
  {
    name: "upsert makes one of several",
    call: `table.pack(c.tuples:upsert(${TUPLE}))`,
    replies: [{ body: page(tuple, tuple, tuple) }, { status: 204 }, { status: 201, body: tuple }],
    expected: [
      { path: TUPLES, query: TUPLE_QUERY },
      { method: "DELETE", path: ADMIN, query: TUPLE_QUERY },
      { method: "PUT", path: ADMIN, json: tuple },
    ],
    result: { "1": "repaired", "2": 3, n: 2 },
  },
  {
    name: "a tuple without a subject is not deleted, since Keto would delete those of all subjects",
    call: "c.tuples:delete({ namespace = 'apps', object = 'cc', relation = 'admin', subject_id = nil })",
    replies: [],
    error: "test.lua:4: keto: delete tuple: subject_id or subject_set is missing",
  },
  {
    name: "a check without a subject says so",
    call: "c:check('apps', 'cc', 'admin')",
    replies: [],
    error: "test.lua:4: keto: check: subject_id or subject_set is missing",
  },
]);

for (
  const [call, message] of [
    [`require("assay.keto").client("http://127.0.0.1:1"):create(${TUPLE})`, "write_url not configured"],
    [`require("assay.keto").client(nil, { write_url = "http://x" }):list()`, "read_url not configured"],
    [`require("assay.keto").client("http://127.0.0.1:1"):get_user_roles("")`, "a user id must be"],
  ] as const
) {
  Deno.test(`keto: ${message}`, async () => {
    const error = await luaError(call);
    assert.ok(error.startsWith(`test.lua:1: keto: ${message}`), error);
  });
}
