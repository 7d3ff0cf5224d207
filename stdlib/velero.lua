--- @module assay.velero
--- @description Velero backup and restore. Backups, restores, schedules, storage locations.
--- @keywords velero, backup, restore, schedule, storage, location, snapshot, disaster, recovery, kubernetes
--- @quickref M.client(url?, token?, namespace?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; namespace = "velero", or opts: {namespace, context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.backups:list() -> [backup] | List backups
--- @quickref c.backups:get(name) -> backup|nil | Get a backup
--- @quickref c.backups:status(name) -> {phase, started, completed, expiration, errors, warnings, items_backed_up, items_total} | Get its status
--- @quickref c.backups:is_completed(name) -> bool | Check for the phase Completed
--- @quickref c.backups:is_failed(name) -> bool | Check for the phases Failed and PartiallyFailed
--- @quickref c.backups:latest(schedule_name) -> backup|nil | The most recent backup of a schedule
--- @quickref c.restores:list() -> [restore] | List restores
--- @quickref c.restores:get(name) -> restore|nil | Get a restore
--- @quickref c.restores:status(name) -> {phase, started, completed, errors, warnings} | Get its status
--- @quickref c.restores:is_completed(name) -> bool | Check for the phase Completed
--- @quickref c.schedules:list() -> [schedule] | List schedules
--- @quickref c.schedules:get(name) -> schedule|nil | Get a schedule
--- @quickref c.schedules:status(name) -> {phase, last_backup, validation_errors} | Get its status
--- @quickref c.schedules:is_enabled(name) -> bool | Check for the phase Enabled
--- @quickref c.schedules:all_enabled() -> {enabled, disabled, total, disabled_names} | Check all schedules
--- @quickref c.storage_locations:list() -> [bsl] | List backup storage locations
--- @quickref c.storage_locations:get(name) -> bsl|nil | Get a backup storage location
--- @quickref c.storage_locations:is_available(name) -> bool | Check for the phase Available
--- @quickref c.storage_locations:all_available() -> {available, unavailable, total, unavailable_names} | Check all locations
--- @quickref c.volume_snapshots:list() -> [vsl] | List volume snapshot locations
--- @quickref c.volume_snapshots:get(name) -> vsl|nil | Get a volume snapshot location
--- @quickref c.repositories:list() -> [repo] | List backup repositories
--- @quickref c.repositories:get(name) -> repo|nil | Get a backup repository
--- @quickref c:backups() -> [backup] | As c.backups:list()
--- @quickref c:backup(name) -> backup|nil | As c.backups:get()
--- @quickref c:backup_status(name) -> {phase, started, completed, expiration, errors, warnings, items_backed_up, items_total} | As c.backups:status()
--- @quickref c:is_backup_completed(name) -> bool | As c.backups:is_completed()
--- @quickref c:is_backup_failed(name) -> bool | As c.backups:is_failed()
--- @quickref c:latest_backup(schedule_name) -> backup|nil | As c.backups:latest()
--- @quickref c:restores() -> [restore] | As c.restores:list()
--- @quickref c:restore(name) -> restore|nil | As c.restores:get()
--- @quickref c:restore_status(name) -> {phase, started, completed, errors, warnings} | As c.restores:status()
--- @quickref c:is_restore_completed(name) -> bool | As c.restores:is_completed()
--- @quickref c:schedules() -> [schedule] | As c.schedules:list()
--- @quickref c:schedule(name) -> schedule|nil | As c.schedules:get()
--- @quickref c:schedule_status(name) -> {phase, last_backup, validation_errors} | As c.schedules:status()
--- @quickref c:is_schedule_enabled(name) -> bool | As c.schedules:is_enabled()
--- @quickref c:all_schedules_enabled() -> {enabled, disabled, total, disabled_names} | As c.schedules:all_enabled()
--- @quickref c:backup_storage_locations() -> [bsl] | As c.storage_locations:list()
--- @quickref c:backup_storage_location(name) -> bsl|nil | As c.storage_locations:get()
--- @quickref c:is_bsl_available(name) -> bool | As c.storage_locations:is_available()
--- @quickref c:all_bsl_available() -> {available, unavailable, total, unavailable_names} | As c.storage_locations:all_available()
--- @quickref c:volume_snapshot_locations() -> [vsl] | As c.volume_snapshots:list()
--- @quickref c:volume_snapshot_location(name) -> vsl|nil | As c.volume_snapshots:get()
--- @quickref c:backup_repositories() -> [repo] | As c.repositories:list()
--- @quickref c:backup_repository(name) -> repo|nil | As c.repositories:get()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local GROUP = "/apis/velero.io/v1"
local SCHEDULE_LABEL = "velero.io/schedule-name"

local OLD_NAMES = {
  backups = "backups.list",
  backup = "backups.get",
  backup_status = "backups.status",
  is_backup_completed = "backups.is_completed",
  is_backup_failed = "backups.is_failed",
  latest_backup = "backups.latest",
  restores = "restores.list",
  restore = "restores.get",
  restore_status = "restores.status",
  is_restore_completed = "restores.is_completed",
  schedules = "schedules.list",
  schedule = "schedules.get",
  schedule_status = "schedules.status",
  is_schedule_enabled = "schedules.is_enabled",
  all_schedules_enabled = "schedules.all_enabled",
  backup_storage_locations = "storage_locations.list",
  backup_storage_location = "storage_locations.get",
  is_bsl_available = "storage_locations.is_available",
  all_bsl_available = "storage_locations.all_available",
  volume_snapshot_locations = "volume_snapshots.list",
  volume_snapshot_location = "volume_snapshots.get",
  backup_repositories = "repositories.list",
  backup_repository = "repositories.get",
}

local function in_phase(resource, ...)
  local phase = kube.status(resource).phase
  for _, wanted in ipairs({ ... }) do
    if phase == wanted then return true end
  end
  return false
end

local function created(resource)
  return resource.metadata and resource.metadata.creationTimestamp or ""
end

-- The status of a resource that has to be there
local function status_of(kind, resource, name)
  if not resource then base.raise("velero: " .. kind .. " " .. name .. " not found") end
  return kube.status(resource)
end

function M.client(url, token, namespace)
  local opts = type(url) == "table" and url or type(namespace) == "table" and namespace or { namespace = namespace }
  local api = kube.connect("velero", url, token, opts)
  local home = opts.namespace or "velero"

  local function resource(plural)
    return kube.resource(api, GROUP, plural, { namespace = home, items = true, list_missing = kube.empty_list })
  end

  local c = {
    url = api.url,
    namespace = home,
    backups = resource("backups"),
    restores = resource("restores"),
    schedules = resource("schedules"),
    storage_locations = resource("backupstoragelocations"),
    volume_snapshots = resource("volumesnapshotlocations"),
    repositories = resource("backuprepositories"),
  }

  function c.backups:status(name)
    local status = status_of("backup", c.backups:get(name), name)
    local progress = status.progress or {}
    return {
      phase = status.phase,
      started = status.startTimestamp,
      completed = status.completionTimestamp,
      expiration = status.expiration,
      errors = status.errors or 0,
      warnings = status.warnings or 0,
      items_backed_up = progress.itemsBackedUp or status.itemsBackedUp or 0,
      items_total = progress.totalItems or status.totalItems or 0,
    }
  end

  function c.backups:is_completed(name)
    return in_phase(c.backups:get(name), "Completed")
  end

  function c.backups:is_failed(name)
    return in_phase(c.backups:get(name), "Failed", "PartiallyFailed")
  end

  function c.backups:latest(schedule_name)
    local latest
    local filter = { label_selector = SCHEDULE_LABEL .. "=" .. schedule_name }
    for _, backup in ipairs(c.backups:list(filter)) do
      if not latest or created(backup) > created(latest) then latest = backup end
    end
    return latest
  end

  function c.restores:status(name)
    local status = status_of("restore", c.restores:get(name), name)
    return {
      phase = status.phase,
      started = status.startTimestamp,
      completed = status.completionTimestamp,
      errors = status.errors or 0,
      warnings = status.warnings or 0,
    }
  end

  function c.restores:is_completed(name)
    return in_phase(c.restores:get(name), "Completed")
  end

  function c.schedules:status(name)
    local status = status_of("schedule", c.schedules:get(name), name)
    return {
      phase = status.phase,
      last_backup = status.lastBackup,
      validation_errors = status.validationErrors or json.array(),
    }
  end

  function c.schedules:is_enabled(name)
    return in_phase(c.schedules:get(name), "Enabled")
  end

  function c.schedules:all_enabled()
    local tally = kube.tally(c.schedules:list(), function(schedule) return in_phase(schedule, "Enabled") end)
    return { enabled = tally.passed, disabled = tally.failed, total = tally.total, disabled_names = tally.names }
  end

  function c.storage_locations:is_available(name)
    return in_phase(c.storage_locations:get(name), "Available")
  end

  function c.storage_locations:all_available()
    local tally = kube.tally(c.storage_locations:list(), function(location)
      return in_phase(location, "Available")
    end)
    return {
      available = tally.passed,
      unavailable = tally.failed,
      total = tally.total,
      unavailable_names = tally.names,
    }
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
