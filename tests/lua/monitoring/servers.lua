-- Prometheus scrapes a shop every second; its alerts go to Alertmanager: see tests/support/prometheus.ts

local prometheus = require("assay.prometheus")
local alertmanager = require("assay.alertmanager")

local metrics_url, alerts_url = env.get("PROMETHEUS_URL"), env.get("ALERTMANAGER_URL")
local p = prometheus.client(metrics_url)
local a = alertmanager.client(alerts_url)

-- Calls `check` until it gives something true, and gives that
local function eventually(check)
  for _ = 1, 300 do
    local result = check()
    if result then return result end
    sleep(0.1)
  end
  error("it did not come true within 30 s", 2)
end

local function names(list, field)
  local found = {}
  for i, entry in ipairs(list) do found[i] = entry[field] end
  table.sort(found)
  return table.concat(found, ",")
end

-- Prometheus ---------------------------------------------------------------------------------------------------

test("an instant query of one series is its value", function()
  eventually(function() return p.queries:instant('shop_orders{shop="d"}') == 4.5 end)
  assert.eq(p.queries:instant("1 + 2"), 3)
  assert.eq(p:query('shop_orders{shop="a/b \\"c\\"", country="Österreich"}'), 3)
  assert.eq(prometheus.query(metrics_url, 'sum(shop_orders{country=~"Ö.+|"})'), 7.5)
  assert.eq(p.queries:instant("1 / 0"), "+Inf")
end)

test("an instant query of several series is an array, one of none is empty", function()
  local series = p.queries:instant("sort(shop_orders)")
  assert.eq(#series, 2)
  assert.eq(series[1].metric.shop, 'a/b "c"')
  assert.eq(series[1].metric.country, "Österreich")
  assert.eq(series[1].value, 3)
  assert.eq(series[2].value, 4.5)
  assert.eq(#p.queries:instant("nothing_of_the_kind"), 0)
end)

test("a query that Prometheus cannot parse is told in its words", function()
  local err = raises("prometheus: GET /api/v1/query?query=sum%28 HTTP 400: ", function()
    p.queries:instant("sum(")
  end)
  assert.contains(err, "parse error: unclosed left parenthesis")
end)

test("a range query gives a value a step", function()
  local now = os.time()
  local result = p.queries:range("vector(2)", now - 60, now, "15s")
  assert.eq(#result, 1)
  assert.eq(#result[1].values, 5)
  assert.eq(result[1].values[5][2], "2")
  assert.eq(#p:query_range("vector(2)", "2026-01-01T00:00:00+02:00", "2026-01-01T00:01:00+02:00", 60)[1].values, 2)
end)

test("targets are listed with their health, and metrics with what they mean", function()
  local target = eventually(function()
    local found = p.targets:list().activeTargets[1]
    return found and found.health == "up" and found
  end)
  assert.eq(target.labels.job, "shop")
  assert.eq(#p:targets().droppedTargets, 0)
  local metadata = p.targets:metadata({ match_target = '{job="shop"}', metric = "shop_orders", limit = 1 })
  assert.eq(#metadata, 1)
  assert.eq(metadata[1].type, "gauge")
  assert.eq(metadata[1].help, "Orders that wait")
end)

test("rules are listed, all or one kind", function()
  local groups = p.rules:list()
  assert.eq(names(groups, "name"), "shop")
  assert.eq(names(groups[1].rules, "name"), "OrdersWait,shop:orders:sum")
  assert.eq(names(p.rules:list({ type = "alert" })[1].rules, "name"), "OrdersWait")
  assert.eq(names(p:rules({ type = "record" })[1].rules, "name"), "shop:orders:sum")
  eventually(function() return p.queries:instant("shop:orders:sum") == 7.5 end)
end)

test("labels and series are found", function()
  assert.eq(table.concat(p.labels:values("shop"), ","), 'a/b "c",d')
  assert.eq(#p.labels:values("no_such_label"), 0)
  local series = p.series:list({ 'shop_orders{shop="d"}', 'up{job="shop"}' })
  assert.eq(names(series, "__name__"), "shop_orders,up")
end)

test("an alert fires", function()
  local alert = eventually(function()
    local found = p.alerts:list()[1]
    return found and found.state == "firing" and found
  end)
  assert.eq(alert.labels.alertname, "OrdersWait")
  assert.eq(alert.labels.shop, "d")
  assert.eq(alert.annotations.summary, "4.5 orders wait")
end)

test("the configuration is read anew on demand", function()
  assert.eq(p.config:reload(), true)
  assert.eq(prometheus.config_reload(metrics_url), true)
end)

-- Alertmanager -------------------------------------------------------------------------------------------------

test("what fires in Prometheus arrives", function()
  eventually(function() return a.alerts:is_firing("OrdersWait") end)
  local alert = a.alerts:list({ filter = { 'alertname="OrdersWait"' }, active = true })[1]
  assert.eq(alert.labels.severity, "page")
  assert.eq(alert.annotations.summary, "4.5 orders wait")
  assert.eq(a.alerts:is_firing("OrdersWaitToo"), false)
end)

local ODD_NAME = 'say "ö" \\ back'

test("an alert is posted, found by every kind of matcher, and grouped", function()
  assert.eq(a.alerts:post({
    { labels = { alertname = ODD_NAME, zone = "b" }, annotations = { summary = "x" } },
    { labels = { alertname = "Second", zone = "a" } },
  }), true)
  assert.eq(a.alerts:post({}), true)
  eventually(function() return a.alerts:is_firing(ODD_NAME) and a.alerts:is_firing("Second") end)
  local function count(...)
    return #a.alerts:list({ filter = { ... } })
  end
  assert.eq(count('zone=~"a|b"'), 2)
  assert.eq(count('zone=~"a|b"', 'zone!="a"'), 1)
  assert.eq(#a.alerts:list({ receiver = "default", filter = { 'zone=~".+"' } }), 2)
  assert.eq(#a.alerts:list({ receiver = "night shift" }), 0)
  local groups = eventually(function()
    local found = a.alerts:groups({ filter = { 'zone="a"' } })
    return #found == 1 and found
  end)
  assert.eq(groups[1].labels.alertname, "Second")
  assert.eq(groups[1].receiver.name, "default")
end)

test("a filter that Alertmanager cannot parse is told in its words", function()
  raises("HTTP 400: ", function() a.alerts:list({ filter = { "zone" } }) end)
end)

test("a silence stops an alert until it is deleted", function()
  local active = a.alerts:active_count()
  local id = a.silences:silence_alert(ODD_NAME, 0.5, { comment = "Known" })
  assert.matches(id, "^[0-9a-f-]{36}$")
  eventually(function() return not a.alerts:is_firing(ODD_NAME) end)
  assert.eq(a.alerts:active_count(), active - 1)
  assert.eq(#a.alerts:list({ silenced = true, active = false }), 1)

  local silence = a.silences:get(id)
  assert.eq(silence.status.state, "active")
  assert.eq(silence.createdBy, "assay")
  assert.eq(silence.comment, "Known")
  assert.eq(silence.matchers[1].value, ODD_NAME)
  -- Alertmanager moves a beginning that is past to the present
  assert.contains(silence.startsAt, os.date("!%Y-"))
  -- A filter of silences is the matcher itself
  assert.eq(names(a.silences:list({ filter = { 'alertname="say \\"ö\\" \\\\ back"' } }), "id"), id)

  assert.eq(a.silences:delete(id), true)
  assert.eq(a.silences:get(id).status.state, "expired")
  eventually(function() return a.alerts:is_firing(ODD_NAME) end)
end)

test("a silence lasts as many hours as it is to", function()
  local id = a:silence_alert("Nobody", 2)
  local silence = a:silence(id)
  local function minutes(timestamp)
    local hours, mins = timestamp:match("T(%d+):(%d+)")
    return hours * 60 + mins
  end
  local length = (minutes(silence.endsAt) - minutes(silence.startsAt)) % 1440
  assert.eq(length >= 119 and length <= 121, true, silence.startsAt .. " to " .. silence.endsAt)
  assert.eq(silence.comment, "Silenced by assay")
  a:delete_silence(id)
end)

test("a silence is created as given, and changed by its ID", function()
  local silence = {
    matchers = { { name = "zone", value = "a|c", isRegex = true } },
    startsAt = "2026-01-01T00:00:00Z",
    endsAt = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + 3600),
    createdBy = "test",
    comment = "first",
  }
  local id = a.silences:create(silence).silenceID
  eventually(function() return not a.alerts:is_firing("Second") end)
  silence.id, silence.comment = id, "second"
  local changed = a.silences:create(silence).silenceID
  assert.eq(a.silences:get(changed).comment, "second")
  a.silences:delete(changed)
  eventually(function() return a.alerts:is_firing("Second") end)
end)

test("a silence that is wrong is told in Alertmanager's words, one that is missing too", function()
  local err = raises("alertmanager: POST /api/v2/silences HTTP 4", function() a.silences:create({ comment = "x" }) end)
  assert.contains(err, "createdBy in body is required")
  raises("HTTP 404: ", function() a.silences:get("00000000-0000-0000-0000-000000000000") end)
end)

test("status and receivers are read", function()
  assert.contains(a.status:get().config.original, "night shift")
  assert.not_nil(a:status().versionInfo.version)
  assert.eq(names(a.receivers:list(), "name"), "default,night shift")
  assert.eq(#alertmanager.receivers(alerts_url), 2)
end)
