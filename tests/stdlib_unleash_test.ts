/** `assay.unleash` against a mock of Unleash. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP =
  'local unleash = require("assay.unleash") local c = unleash.client(url .. "/", { token = "*:*.s3cr3t" })';
const headers = { authorization: "*:*.s3cr3t", "content-type": "application/json" };

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const FEATURE = "/api/admin/projects/shop/features/dark-mode";
const ENVIRONMENT = `${FEATURE}/environments/production`;
const PLACE = "'shop', 'dark-mode', 'production'";

methodTests("unleash", SETUP, [
  { calls: forms("health:check", "health"), path: "/health", reply: { health: "GOOD" } },
  {
    calls: forms("projects:list", "projects"),
    path: "/api/admin/projects",
    reply: { version: 1, projects: [{ id: "default" }] },
    result: [{ id: "default" }],
  },
  {
    calls: forms("projects:list", "projects"),
    path: "/api/admin/projects",
    reply: { version: 1, projects: [] },
    result: [],
  },
  { calls: ["c.projects:list()"], path: "/api/admin/projects", status: 404, reply: "no", result: [] },
  {
    calls: forms("projects:get", "project", "'a b/c'"),
    path: "/api/admin/projects/a%20b%2Fc",
    reply: { id: "a b/c" },
  },
  {
    calls: forms("projects:create", "create_project", "{ id = 'shop', name = 'Shop' }"),
    method: "POST",
    path: "/api/admin/projects",
    json: { id: "shop", name: "Shop" },
    status: 201,
    reply: { id: "shop" },
  },
  {
    calls: forms("projects:update", "update_project", "'shop', { name = 'Läden' }"),
    method: "PUT",
    path: "/api/admin/projects/shop",
    json: { name: "Läden" },
  },
  {
    calls: forms("projects:delete", "delete_project", "'shop'"),
    method: "DELETE",
    path: "/api/admin/projects/shop",
  },
  {
    calls: forms("environments:list", "environments"),
    path: "/api/admin/environments",
    reply: { version: 1, environments: [{ name: "production", enabled: true }] },
    result: [{ name: "production", enabled: true }],
  },
  {
    calls: forms("environments:enable", "enable_environment", "'shop', 'production'"),
    method: "POST",
    path: "/api/admin/projects/shop/environments",
    json: { environment: "production" },
  },
  {
    calls: forms("environments:disable", "disable_environment", "'shop', 'production'"),
    method: "DELETE",
    path: "/api/admin/projects/shop/environments/production",
  },
  {
    calls: forms("features:list", "features", "'shop'"),
    path: "/api/admin/projects/shop/features",
    reply: { version: 2, features: [{ name: "dark-mode", stale: false }] },
    result: [{ name: "dark-mode", stale: false }],
  },
  {
    calls: forms("features:get", "feature", "'shop', 'dark-mode'"),
    path: FEATURE,
    reply: { name: "dark-mode", tags: [] },
  },
  {
    calls: forms("features:create", "create_feature", "'shop', { name = 'dark-mode', type = 'release' }"),
    method: "POST",
    path: "/api/admin/projects/shop/features",
    json: { name: "dark-mode", type: "release" },
    status: 201,
    reply: { name: "dark-mode" },
  },
  {
    calls: forms("features:update", "update_feature", "'shop', 'dark-mode', { description = 'd' }"),
    method: "PUT",
    path: FEATURE,
    json: { description: "d" },
    reply: { name: "dark-mode" },
  },
  {
    calls: forms("features:archive", "archive_feature", "'shop', 'dark-mode'"),
    method: "DELETE",
    path: FEATURE,
    status: 202,
  },
  {
    calls: forms("features:toggle_on", "toggle_on", PLACE),
    method: "POST",
    path: `${ENVIRONMENT}/on`,
    body: "{}",
  },
  {
    calls: forms("features:toggle_off", "toggle_off", PLACE),
    method: "POST",
    path: `${ENVIRONMENT}/off`,
    body: "{}",
  },
  {
    calls: forms("strategies:list", "strategies", PLACE),
    path: `${ENVIRONMENT}/strategies`,
    reply: [{ name: "default", parameters: {}, constraints: [] }],
  },
  {
    calls: forms("strategies:list", "strategies", PLACE),
    path: `${ENVIRONMENT}/strategies`,
    reply: { strategies: [{ name: "default" }] },
    result: [{ name: "default" }],
  },
  {
    calls: forms("strategies:list", "strategies", PLACE),
    path: `${ENVIRONMENT}/strategies`,
    status: 404,
    reply: "none",
    result: [],
  },
  {
    calls: forms(
      "strategies:add",
      "add_strategy",
      `${PLACE}, { name = 'flexibleRollout', parameters = { rollout = '50' } }`,
    ),
    method: "POST",
    path: `${ENVIRONMENT}/strategies`,
    json: { name: "flexibleRollout", parameters: { rollout: "50" } },
    reply: { id: "s1", name: "flexibleRollout" },
  },
  {
    calls: forms("tokens:list", "tokens"),
    path: "/api/admin/api-tokens",
    reply: { tokens: [{ secret: "x", tokenName: "app" }] },
    result: [{ secret: "x", tokenName: "app" }],
  },
  {
    calls: forms(
      "tokens:create",
      "create_token",
      "{ tokenName = 'app', type = 'client', projects = { '*' } }",
    ),
    method: "POST",
    path: "/api/admin/api-tokens",
    json: { tokenName: "app", type: "client", projects: ["*"] },
    status: 201,
    reply: { secret: "x" },
  },
  {
    calls: forms("tokens:create", "create_token", "{ username = 'app', type = 'client' }"),
    method: "POST",
    path: "/api/admin/api-tokens",
    json: { tokenName: "app", type: "client" },
    status: 201,
    reply: { secret: "x" },
  },
  {
    calls: forms("tokens:delete", "delete_token", "'*:*.se/cret'"),
    method: "DELETE",
    path: "/api/admin/api-tokens/%2A:%2A.se%2Fcret",
  },
], headers);

failureTests("unleash", SETUP, {
  read: "c:feature('shop', 'none')",
  readPath: "GET /api/admin/projects/shop/features/none",
  write: "c:create_feature('shop', { name = 'x' })",
  writePath: "POST /api/admin/projects/shop/features",
  missingIsNil: true,
});

const tokens = (...list: object[]) => ({ body: { tokens: list } });
const token = { secret: "x", tokenName: "app", type: "client", environment: "production" };

moduleTests("unleash", SETUP, [
  {
    name: "both names of one word work on the same client",
    call: "{ c:projects()[1], c.projects:list()[1], c:tokens()[1] }",
    replies: [{ body: { projects: [1] } }, { body: { projects: [2] } }, tokens({ secret: "s" })],
    result: [1, 2, { secret: "s" }],
  },
  {
    name: "wait asks until it is healthy",
    call: "unleash.wait(url, { timeout = 5, interval = 0.01 })",
    replies: [{ status: 503 }, { body: { health: "GOOD" } }],
    expected: [{ path: "/health" }, { path: "/health" }],
    result: true,
  },
  {
    name: "wait ends when time is up",
    call: "unleash.wait(url, { timeout = 0.02, interval = 0.01 })",
    replies: [{ status: 503 }],
    error: "after 0.02s (HTTP 503)",
  },
  {
    name: "ensure_project gives the project that exists",
    call: "unleash.ensure_project(c, 'shop', { name = 'Other' })",
    replies: [{ body: { id: "shop", name: "Shop" } }],
    expected: { path: "/api/admin/projects/shop" },
    result: { id: "shop", name: "Shop" },
  },
  {
    name: "ensure_project creates it under its id",
    call: "unleash.ensure_project(c, 'shop')",
    replies: [{ status: 404 }, { status: 201, body: { id: "shop" } }],
    expected: [
      { path: "/api/admin/projects/shop" },
      { method: "POST", path: "/api/admin/projects", json: { id: "shop", name: "shop" } },
    ],
    result: { id: "shop" },
  },
  {
    name: "ensure_project creates it with name and description",
    call: "unleash.ensure_project(c, 'shop', { name = 'Shop', description = 'd' })",
    replies: [{ status: 404 }, { status: 201, body: {} }],
    expected: [
      { path: "/api/admin/projects/shop" },
      { method: "POST", path: "/api/admin/projects", json: { id: "shop", name: "Shop", description: "d" } },
    ],
  },
  ...[
    { status: 200, body: "" },
    { status: 409, body: { name: "NameExistsError" } },
    { status: 400, body: { message: "shop already has the environment" } },
  ].map((reply) => ({
    name: `ensure_environment is done after ${reply.status}`,
    call: "unleash.ensure_environment(c, 'shop', 'production')",
    replies: [reply],
    expected: {
      method: "POST",
      path: "/api/admin/projects/shop/environments",
      json: { environment: "production" },
    },
    result: true,
  })),
  {
    name: "ensure_environment raises what else goes wrong, even for a project named 409",
    call: "unleash.ensure_environment(c, '409', 'production')",
    replies: [{ status: 404, body: "no project" }],
    error:
      "unleash.ensure_environment: unleash: POST /api/admin/projects/409/environments HTTP 404: no project",
  },
  {
    name: "ensure_token gives the token that exists",
    call: "unleash.ensure_token(c, { tokenName = 'app', type = 'CLIENT', environment = 'production' })",
    replies: [tokens({ ...token, environment: "development" }, { ...token, type: "admin" }, token)],
    expected: { path: "/api/admin/api-tokens" },
    result: token,
  },
  {
    name: "ensure_token finds a token by its old field",
    call: "unleash.ensure_token(c, { username = 'app', type = 'client' })",
    replies: [tokens({ secret: "x", username: "app", type: "client" })],
    result: { secret: "x", username: "app", type: "client" },
  },
  {
    name: "ensure_token creates the token under its new field",
    call:
      "unleash.ensure_token(c, { username = 'new', type = 'client', environment = 'e', projects = { 'p' } })",
    replies: [tokens(token), { status: 201, body: { secret: "y" } }],
    expected: [
      { path: "/api/admin/api-tokens" },
      {
        method: "POST",
        path: "/api/admin/api-tokens",
        json: { tokenName: "new", type: "client", environment: "e", projects: ["p"] },
      },
    ],
    result: { secret: "y" },
  },
  {
    name: "ensure_token needs a name",
    call: "unleash.ensure_token(c, { type = 'client' })",
    replies: [],
    error: "unleash.ensure_token: opts.tokenName is required",
  },
  {
    name: "ensure_token needs a type",
    call: "unleash.ensure_token(c, { tokenName = 'app' })",
    replies: [],
    error: "unleash.ensure_token: opts.type is required",
  },
]);
