--- @module assay.traefik
--- @description Traefik reverse proxy API. Routers, services, middlewares, entrypoints, TLS status.
--- @keywords traefik, proxy, ingress, router, service, middleware, entrypoint, tls, tcp, load balancer
--- @quickref M.client(url) -> client | Client for Traefik's API
--- @quickref c.info:overview() -> overview | The overview of the dashboard
--- @quickref c.info:version() -> {Version, ...} | Traefik's version
--- @quickref c.info:rawdata() -> data | The whole dynamic configuration
--- @quickref c.entrypoints:list() -> [entrypoint] | List all entrypoints
--- @quickref c.entrypoints:get(name) -> entrypoint | Get an entrypoint by name
--- @quickref c.routers:list() -> [router] | List HTTP routers
--- @quickref c.routers:get(name) -> router | Get an HTTP router by name, such as "web@docker"
--- @quickref c.routers:is_enabled(name) -> bool | Whether a router's status is "enabled"
--- @quickref c.routers:has_tls(name) -> bool | Whether a router has TLS configured
--- @quickref c.routers:healthy() -> enabled, errored | Count enabled and all other HTTP routers
--- @quickref c.services:list() -> [service] | List HTTP services
--- @quickref c.services:get(name) -> service | Get an HTTP service by name
--- @quickref c.services:server_count(name) -> number | Count the servers of a service's load balancer
--- @quickref c.middlewares:list() -> [middleware] | List HTTP middlewares
--- @quickref c.middlewares:get(name) -> middleware | Get an HTTP middleware by name
--- @quickref c.tcp:routers() -> [router] | List TCP routers
--- @quickref c.tcp:services() -> [service] | List TCP services
--- @quickref M.overview(url) -> overview | As c.info:overview()
--- @quickref M.version(url) -> {Version, ...} | As c.info:version()
--- @quickref M.rawdata(url) -> data | As c.info:rawdata()
--- @quickref M.entrypoints(url) -> [entrypoint] | As c.entrypoints:list()
--- @quickref M.entrypoint(url, name) -> entrypoint | As c.entrypoints:get()
--- @quickref M.http_routers(url) -> [router] | As c.routers:list()
--- @quickref M.http_router(url, name) -> router | As c.routers:get()
--- @quickref M.is_router_enabled(url, name) -> bool | As c.routers:is_enabled()
--- @quickref M.router_has_tls(url, name) -> bool | As c.routers:has_tls()
--- @quickref M.healthy_routers(url) -> enabled, errored | As c.routers:healthy()
--- @quickref M.http_services(url) -> [service] | As c.services:list()
--- @quickref M.http_service(url, name) -> service | As c.services:get()
--- @quickref M.service_server_count(url, name) -> number | As c.services:server_count()
--- @quickref M.http_middlewares(url) -> [middleware] | As c.middlewares:list()
--- @quickref M.http_middleware(url, name) -> middleware | As c.middlewares:get()
--- @quickref M.tcp_routers(url) -> [router] | As c.tcp:routers()
--- @quickref M.tcp_services(url) -> [service] | As c.tcp:services()

local base = require("assay.internal.client")
local pages = require("assay.internal.pages")

local M = {}

local OLD_NAMES = {
  overview = "info.overview",
  version = "info.version",
  rawdata = "info.rawdata",
  entrypoints = "entrypoints.list",
  entrypoint = "entrypoints.get",
  http_routers = "routers.list",
  http_router = "routers.get",
  is_router_enabled = "routers.is_enabled",
  router_has_tls = "routers.has_tls",
  healthy_routers = "routers.healthy",
  http_services = "services.list",
  http_service = "services.get",
  service_server_count = "services.server_count",
  http_middlewares = "middlewares.list",
  http_middleware = "middlewares.get",
  tcp_routers = "tcp.routers",
  tcp_services = "tcp.services",
}

-- The last page names the first as the next one
local function has_next(response, page)
  local next_page = tonumber(response.headers["x-next-page"])
  return next_page ~= nil and next_page > page
end

function M.client(url)
  local api = base.new("traefik", url)

  local c = {
    url = api.url,
    info = {},
    entrypoints = {},
    routers = {},
    services = {},
    middlewares = {},
    tcp = {},
  }

  local function list(path)
    return pages.all(api, path, nil, has_next)
  end

  function c.info:overview()
    return api:get("/api/overview")
  end

  function c.info:version()
    return api:get("/api/version")
  end

  function c.info:rawdata()
    return api:get("/api/rawdata")
  end

  function c.entrypoints:list()
    return list("/api/entrypoints")
  end

  function c.entrypoints:get(name)
    return api:get(base.path("/api/entrypoints/%s", name))
  end

  function c.routers:list()
    return list("/api/http/routers")
  end

  function c.routers:get(name)
    return api:get(base.path("/api/http/routers/%s", name))
  end

  function c.routers:is_enabled(name)
    return c.routers:get(name).status == "enabled"
  end

  function c.routers:has_tls(name)
    return c.routers:get(name).tls ~= nil
  end

  function c.routers:healthy()
    local enabled, errored = 0, 0
    for _, router in ipairs(c.routers:list()) do
      if router.status == "enabled" then
        enabled = enabled + 1
      else
        errored = errored + 1
      end
    end
    return enabled, errored
  end

  function c.services:list()
    return list("/api/http/services")
  end

  function c.services:get(name)
    return api:get(base.path("/api/http/services/%s", name))
  end

  function c.services:server_count(name)
    local balancer = c.services:get(name).loadBalancer
    return balancer and balancer.servers and #balancer.servers or 0
  end

  function c.middlewares:list()
    return list("/api/http/middlewares")
  end

  function c.middlewares:get(name)
    return api:get(base.path("/api/http/middlewares/%s", name))
  end

  function c.tcp:routers()
    return list("/api/tcp/routers")
  end

  function c.tcp:services()
    return list("/api/tcp/services")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return base.with_url_functions(M, OLD_NAMES, M.client)
