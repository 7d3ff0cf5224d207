/** `assay.traefik` against a mock of Traefik's API. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests, type ModuleMethod } from "./support/module_methods.ts";

const SETUP = 'local traefik = require("assay.traefik") local c = traefik.client(url .. "//")';

const router = { name: "web@docker", status: "enabled", rule: "Host(`a`)", entryPoints: ["web"] };
const broken = { name: "old@file", status: "disabled", error: ["no service"] };

/** A method as c.group:method, c:old and traefik.old(url, …). */
const forms = (method: string, old: string, ...args: string[]) => [
  `c.${method}(${args.join(", ")})`,
  `c:${old}(${args.join(", ")})`,
  `traefik.${old}(${["url", ...args].join(", ")})`,
];

const METHODS: readonly ModuleMethod[] = [
  {
    calls: forms("info:overview", "overview"),
    path: "/api/overview",
    reply: { http: { routers: { total: 2 } } },
  },
  {
    calls: forms("info:version", "version"),
    path: "/api/version",
    reply: { Version: "3.1.0", Codename: "x" },
  },
  { calls: forms("info:rawdata", "rawdata"), path: "/api/rawdata", reply: { routers: {}, services: {} } },
  {
    calls: forms("entrypoints:list", "entrypoints"),
    path: "/api/entrypoints",
    reply: [{ name: "web", address: ":80" }],
  },
  {
    calls: forms("entrypoints:get", "entrypoint", "'web'"),
    path: "/api/entrypoints/web",
    reply: { name: "web", address: ":80" },
  },
  { calls: forms("routers:list", "http_routers"), path: "/api/http/routers", reply: [router, broken] },
  { calls: forms("routers:list", "http_routers"), path: "/api/http/routers", reply: [] },
  {
    calls: forms("routers:get", "http_router", "'web@docker'"),
    path: "/api/http/routers/web@docker",
    reply: router,
  },
  {
    calls: forms("routers:get", "http_router", "'a b/c@file'"),
    path: "/api/http/routers/a%20b%2Fc@file",
    reply: router,
  },
  {
    calls: forms("routers:is_enabled", "is_router_enabled", "'web@docker'"),
    path: "/api/http/routers/web@docker",
    reply: router,
    result: true,
  },
  {
    calls: forms("routers:is_enabled", "is_router_enabled", "'old@file'"),
    path: "/api/http/routers/old@file",
    reply: broken,
    result: false,
  },
  {
    calls: forms("routers:has_tls", "router_has_tls", "'web'"),
    path: "/api/http/routers/web",
    reply: { ...router, tls: {} },
    result: true,
  },
  {
    calls: forms("routers:has_tls", "router_has_tls", "'web'"),
    path: "/api/http/routers/web",
    reply: router,
    result: false,
  },
  {
    calls: ["{ c.routers:healthy() }", "{ c:healthy_routers() }", "{ traefik.healthy_routers(url) }"],
    path: "/api/http/routers",
    reply: [router, broken, router, { ...router, status: "warning" }],
    result: [2, 2],
  },
  { calls: forms("services:list", "http_services"), path: "/api/http/services", reply: [{ name: "s@file" }] },
  {
    calls: forms("services:get", "http_service", "'s@file'"),
    path: "/api/http/services/s@file",
    reply: { name: "s@file" },
  },
  {
    calls: forms("services:server_count", "service_server_count", "'s'"),
    path: "/api/http/services/s",
    reply: { loadBalancer: { servers: [{ url: "http://a" }, { url: "http://b" }] } },
    result: 2,
  },
  {
    calls: forms("services:server_count", "service_server_count", "'api@internal'"),
    path: "/api/http/services/api@internal",
    reply: { name: "api@internal", status: "enabled" },
    result: 0,
  },
  {
    calls: forms("middlewares:list", "http_middlewares"),
    path: "/api/http/middlewares",
    reply: [{ name: "auth@file" }],
  },
  {
    calls: forms("middlewares:get", "http_middleware", "'auth@file'"),
    path: "/api/http/middlewares/auth@file",
    reply: { name: "auth@file" },
  },
  { calls: forms("tcp:routers", "tcp_routers"), path: "/api/tcp/routers", reply: [{ name: "t@file" }] },
  { calls: forms("tcp:services", "tcp_services"), path: "/api/tcp/services", reply: [{ name: "t@file" }] },
];

methodTests("traefik", SETUP, METHODS, { authorization: undefined });

failureTests("traefik", SETUP, {
  read: "c.routers:get('none')",
  readPath: "GET /api/http/routers/none",
  write: "c.routers:list()",
  writePath: "GET /api/http/routers",
});

const page = (next: string, ...body: unknown[]) => ({ body, headers: { "x-next-page": next } });

moduleTests("traefik", SETUP, [
  {
    name: "a list has the routers of every page; the last one names the first as the next",
    call: "c.routers:list()",
    replies: [page("2", router), page("3", broken), page("1", router)],
    expected: [
      { path: "/api/http/routers" },
      { path: "/api/http/routers", query: "page=2" },
      { path: "/api/http/routers", query: "page=3" },
    ],
    result: [router, broken, router],
  },
  {
    name: "every page is counted",
    call: "{ c.routers:healthy() }",
    replies: [page("2", router), page("1", broken)],
    result: [1, 1],
  },
  {
    name: "a page that fails amid a list is raised",
    call: "c.services:list()",
    replies: [page("2", { name: "s" }), { status: 500, body: "oops" }],
    error: "traefik: GET /api/http/services?page=2 HTTP 500: oops",
  },
  { name: "url stays readable, without slashes", call: "c.url == url", replies: [], result: true },
]);
