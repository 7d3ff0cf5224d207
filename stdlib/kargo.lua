--- @module assay.kargo
--- @description Kargo continuous promotion. Stages, freight, promotions, warehouses, pipeline status.
--- @keywords kargo, promotion, stage, freight, warehouse, pipeline, project, gitops, continuous, delivery, kubernetes
--- @quickref M.client(url?, token?, opts?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; opts: {context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.stages:list(namespace) -> [stage] | List stages
--- @quickref c.stages:get(namespace, name) -> stage | Get a stage
--- @quickref c.stages:status(namespace, name) -> {phase, current_freight_id, health, conditions} | Get a stage's status
--- @quickref c.stages:is_healthy(namespace, name) -> bool | Check for the phase Steady or the condition Healthy
--- @quickref c.stages:wait_healthy(namespace, name, timeout_secs?) -> true | Wait for health, 60 s by default
--- @quickref c.stages:pipeline_status(namespace) -> [{name, phase, freight, healthy}] | Overview of all stages
--- @quickref c.freight:list(namespace, opts?) -> [freight] | List freight; opts: {stage, warehouse}
--- @quickref c.freight:get(namespace, name) -> freight | Get freight
--- @quickref c.freight:status(namespace, name) -> status | Get the status of freight
--- @quickref c.promotions:list(namespace, opts?) -> [promotion] | List promotions; opts: {stage}
--- @quickref c.promotions:get(namespace, name) -> promotion | Get a promotion
--- @quickref c.promotions:status(namespace, name) -> {phase, message, freight_id} | Get a promotion's status
--- @quickref c.promotions:create(namespace, stage, freight) -> promotion | Promote freight to a stage
--- @quickref c.warehouses:list(namespace) -> [warehouse] | List warehouses
--- @quickref c.warehouses:get(namespace, name) -> warehouse | Get a warehouse
--- @quickref c.projects:list() -> [project] | List projects
--- @quickref c.projects:get(name) -> project | Get a project
--- @quickref c:stages(namespace) -> [stage] | As c.stages:list()
--- @quickref c:stage(namespace, name) -> stage | As c.stages:get()
--- @quickref c:stage_status(namespace, name) -> {phase, current_freight_id, health, conditions} | As c.stages:status()
--- @quickref c:is_stage_healthy(namespace, name) -> bool | As c.stages:is_healthy()
--- @quickref c:wait_stage_healthy(namespace, name, timeout_secs?) -> true | As c.stages:wait_healthy()
--- @quickref c:pipeline_status(namespace) -> [{name, phase, freight, healthy}] | As c.stages:pipeline_status()
--- @quickref c:freight_list(namespace, opts?) -> [freight] | As c.freight:list()
--- @quickref c:freight(namespace, name) -> freight | As c.freight:get()
--- @quickref c:freight_status(namespace, name) -> status | As c.freight:status()
--- @quickref c:promotions(namespace, opts?) -> [promotion] | As c.promotions:list()
--- @quickref c:promotion(namespace, name) -> promotion | As c.promotions:get()
--- @quickref c:promotion_status(namespace, name) -> {phase, message, freight_id} | As c.promotions:status()
--- @quickref c:promote(namespace, stage, freight) -> promotion | As c.promotions:create()
--- @quickref c:warehouses(namespace) -> [warehouse] | As c.warehouses:list()
--- @quickref c:warehouse(namespace, name) -> warehouse | As c.warehouses:get()
--- @quickref c:projects() -> [project] | As c.projects:list()
--- @quickref c:project(name) -> project | As c.projects:get()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local VERSION = "kargo.akuity.io/v1alpha1"
local GROUP = "/apis/" .. VERSION

local OLD_NAMES = {
  stages = "stages.list",
  stage = "stages.get",
  stage_status = "stages.status",
  is_stage_healthy = "stages.is_healthy",
  wait_stage_healthy = "stages.wait_healthy",
  pipeline_status = "stages.pipeline_status",
  freight_list = "freight.list",
  freight = "freight.get",
  freight_status = "freight.status",
  promotions = "promotions.list",
  promotion = "promotions.get",
  promotion_status = "promotions.status",
  promote = "promotions.create",
  warehouses = "warehouses.list",
  warehouse = "warehouses.get",
  projects = "projects.list",
  project = "projects.get",
}

-- A filter for resources with labels of Kargo, such as {{"stage", "test"}, {"warehouse", nil}}
local function labelled(labels)
  local terms = {}
  for _, label in ipairs(labels) do
    if label[2] then terms[#terms + 1] = "kargo.akuity.io/" .. label[1] .. "=" .. label[2] end
  end
  return { label_selector = #terms > 0 and table.concat(terms, ",") or nil }
end

-- The last condition counts: older ones may stand before it
local function is_healthy(stage)
  local status = kube.status(stage)
  if status.phase == "Steady" then return true end
  local healthy = false
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == "Healthy" then healthy = condition.status == "True" end
  end
  return healthy
end

local function current_freight(stage)
  local status = kube.status(stage)
  return status.currentFreight and status.currentFreight.name or status.currentFreightId
end

local function add_stage_methods(stages)
  function stages:status(namespace, name)
    local stage = stages:get(namespace, name)
    local status = kube.status(stage)
    return {
      phase = status.phase,
      current_freight_id = current_freight(stage),
      health = status.health,
      conditions = status.conditions or json.array(),
    }
  end

  function stages:is_healthy(namespace, name)
    return is_healthy(stages:get(namespace, name))
  end

  function stages:wait_healthy(namespace, name, timeout_secs, wait_opts)
    local timeout = timeout_secs or 60
    local stage = "stage " .. namespace .. "/" .. name
    return base.wait({
      timeout = timeout,
      interval = (wait_opts or {}).interval or 5,
      what = stage .. " to be healthy",
      failure = "kargo: " .. stage .. " not healthy after " .. timeout .. "s",
      ignore_errors = true,
    }, function() return stages:is_healthy(namespace, name) end)
  end

  function stages:pipeline_status(namespace)
    local pipeline = json.array()
    for _, stage in ipairs(stages:list(namespace)) do
      pipeline[#pipeline + 1] = {
        name = kube.name(stage),
        phase = kube.status(stage).phase,
        freight = current_freight(stage),
        healthy = is_healthy(stage),
      }
    end
    return pipeline
  end
end

function M.client(url, token, opts)
  local api = kube.connect("kargo", url, token, opts)

  local function resource(plural, cluster_scoped)
    return kube.resource(api, GROUP, plural, {
      items = true,
      get_missing_raises = true,
      cluster_scoped = cluster_scoped,
    })
  end

  local c = {
    url = api.url,
    stages = resource("stages"),
    freight = {},
    promotions = {},
    warehouses = resource("warehouses"),
    projects = resource("projects", true),
  }
  add_stage_methods(c.stages)

  local freight = resource("freight")
  local promotions = resource("promotions")

  function c.freight:list(namespace, filter)
    filter = filter or {}
    return freight:list(namespace, labelled({ { "stage", filter.stage }, { "warehouse", filter.warehouse } }))
  end

  function c.freight:get(namespace, name)
    return freight:get(namespace, name)
  end

  function c.freight:status(namespace, name)
    return kube.status(freight:get(namespace, name))
  end

  function c.promotions:list(namespace, filter)
    return promotions:list(namespace, labelled({ { "stage", (filter or {}).stage } }))
  end

  function c.promotions:get(namespace, name)
    return promotions:get(namespace, name)
  end

  function c.promotions:status(namespace, name)
    local status = kube.status(promotions:get(namespace, name))
    return {
      phase = status.phase,
      message = status.message,
      freight_id = status.freight and status.freight.name or status.freightId,
    }
  end

  function c.promotions:create(namespace, stage, freight_name)
    return api:post(kube.list_path(GROUP, "promotions", namespace), {
      apiVersion = VERSION,
      kind = "Promotion",
      metadata = { namespace = namespace, generateName = stage .. "-" },
      spec = { stage = stage, freight = freight_name },
    }, { ok = "2xx" })
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
