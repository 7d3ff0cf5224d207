--- @module assay.alertmanager
--- @description Alertmanager alert and silence management. Query, create, and delete alerts and silences.
--- @keywords alertmanager, alerts, silences, receivers, alerting, monitoring, prometheus, firing, notification, status
--- @quickref M.client(url) -> client | Client for an Alertmanager
--- @quickref c.alerts:list(opts?) -> [alert] | List alerts; opts: {active, silenced, inhibited, unprocessed, filter = [matcher], receiver}
--- @quickref c.alerts:post(alerts) -> true | Post an array of alerts
--- @quickref c.alerts:groups(opts?) -> [group] | List alert groups; opts: {active, silenced, inhibited, filter = [matcher], receiver}
--- @quickref c.alerts:is_firing(alertname) -> bool | Check whether an alert fires, neither silenced nor inhibited
--- @quickref c.alerts:active_count() -> number | Count alerts that are neither silenced nor inhibited
--- @quickref c.silences:list(opts?) -> [silence] | List silences; opts: {filter = [matcher]}
--- @quickref c.silences:get(id) -> silence | Get a silence
--- @quickref c.silences:create(silence) -> {silenceID} | Create a silence, or change the one whose id it has
--- @quickref c.silences:delete(id) -> true | Expire a silence
--- @quickref c.silences:silence_alert(alertname, duration_hours, opts?) -> silenceID | Silence an alert by its name from now on; opts: {created_by = "assay", comment = "Silenced by assay"}
--- @quickref c.status:get() -> {cluster, config, uptime, versionInfo} | Get the status and the configuration
--- @quickref c.receivers:list() -> [receiver] | List notification receivers
--- @quickref M.alerts(url, opts?) -> [alert] | c.alerts:list without a client
--- @quickref M.post_alerts(url, alerts) -> true | c.alerts:post without a client
--- @quickref M.alert_groups(url, opts?) -> [group] | c.alerts:groups without a client
--- @quickref M.is_firing(url, alertname) -> bool | c.alerts:is_firing without a client
--- @quickref M.active_count(url) -> number | c.alerts:active_count without a client
--- @quickref M.silences(url, opts?) -> [silence] | c.silences:list without a client
--- @quickref M.silence(url, id) -> silence | c.silences:get without a client
--- @quickref M.create_silence(url, silence) -> {silenceID} | c.silences:create without a client
--- @quickref M.delete_silence(url, id) -> true | c.silences:delete without a client
--- @quickref M.silence_alert(url, alertname, duration_hours, opts?) -> silenceID | c.silences:silence_alert without a client
--- @quickref M.status(url) -> {cluster, config, uptime, versionInfo} | c.status:get without a client
--- @quickref M.receivers(url) -> [receiver] | c.receivers:list without a client

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  alerts = "alerts.list",
  post_alerts = "alerts.post",
  alert_groups = "alerts.groups",
  is_firing = "alerts.is_firing",
  active_count = "alerts.active_count",
  silences = "silences.list",
  silence = "silences.get",
  create_silence = "silences.create",
  delete_silence = "silences.delete",
  silence_alert = "silences.silence_alert",
  status = "status.get",
  receivers = "receivers.list",
}

-- Matchers quote as Go does
local function equals(label, value)
  local escapes = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }
  return label .. '="' .. tostring(value):gsub('[\\"\n]', escapes) .. '"'
end

-- RFC 3339, in milliseconds
local function timestamp(seconds)
  local milliseconds = math.floor(seconds % 1 * 1000)
  return os.date("!%Y-%m-%dT%H:%M:%S", math.floor(seconds)) .. string.format(".%03dZ", milliseconds)
end

function M.client(url)
  local api = base.new("alertmanager", url, { headers = { ["Content-Type"] = "application/json" } })

  local c = { url = api.url, alerts = {}, silences = {}, status = {}, receivers = {} }

  function c.alerts:list(opts)
    opts = opts or {}
    return api:get("/api/v2/alerts", {
      query = {
        { "active", opts.active },
        { "silenced", opts.silenced },
        { "inhibited", opts.inhibited },
        { "unprocessed", opts.unprocessed },
        { "filter", opts.filter },
        { "receiver", opts.receiver },
      },
    })
  end

  function c.alerts:post(alerts)
    if next(alerts) == nil then alerts = json.array() end
    api:post("/api/v2/alerts", alerts, { raw = true })
    return true
  end

  function c.alerts:groups(opts)
    opts = opts or {}
    return api:get("/api/v2/alerts/groups", {
      query = {
        { "active", opts.active },
        { "silenced", opts.silenced },
        { "inhibited", opts.inhibited },
        { "filter", opts.filter },
        { "receiver", opts.receiver },
      },
    })
  end

  function c.alerts:is_firing(alertname)
    local filter = { equals("alertname", alertname) }
    return #c.alerts:list({ active = true, silenced = false, inhibited = false, filter = filter }) > 0
  end

  function c.alerts:active_count()
    return #c.alerts:list({ active = true, silenced = false, inhibited = false })
  end

  function c.silences:list(opts)
    return api:get("/api/v2/silences", { query = { { "filter", (opts or {}).filter } } })
  end

  function c.silences:get(id)
    return api:get(base.path("/api/v2/silence/%s", id))
  end

  function c.silences:create(silence)
    return api:post("/api/v2/silences", silence)
  end

  function c.silences:delete(id)
    api:delete(base.path("/api/v2/silence/%s", id), { raw = true })
    return true
  end

  function c.silences:silence_alert(alertname, duration_hours, opts)
    opts = opts or {}
    if type(duration_hours) ~= "number" or not (duration_hours > 0) then
      base.raise("alertmanager: duration_hours must be a number above zero, got " .. tostring(duration_hours))
    end
    local now = time()
    local created = c.silences:create({
      matchers = { { name = "alertname", value = alertname, isRegex = false, isEqual = true } },
      startsAt = timestamp(now),
      endsAt = timestamp(now + duration_hours * 3600),
      createdBy = opts.created_by or "assay",
      comment = opts.comment or "Silenced by assay",
    })
    if type(created) ~= "table" then
      base.raise("alertmanager: POST /api/v2/silences: unexpected response format")
    end
    return created.silenceID
  end

  function c.status:get()
    return api:get("/api/v2/status")
  end

  function c.receivers:list()
    return api:get("/api/v2/receivers")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return base.with_url_functions(M, OLD_NAMES, M.client)
