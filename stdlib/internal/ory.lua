--- @module assay.internal.ory
--- @description What the Ory modules share: addresses that may be missing, lists that go on at a token, copies of bodies

local base = require("assay.internal.client")

local M = {}

--- Ends a list whose server always names a next page.
local MAX_PAGES = 10000

--- An api of internal.client for a URL, or one that raises "<name>: <option> not configured" when it is used.
function M.api(name, url, option)
  if url ~= nil then
    return base.new(name, url, {
      headers = { ["Content-Type"] = "application/json", Accept = "application/json" },
    })
  end
  return setmetatable({}, {
    __index = function() base.raise(name .. ": " .. option .. " not configured") end,
  })
end

-- The query of the page that a Link header (RFC 8288) calls the next. Its path is not used: behind a proxy it
-- often is another one.
local function next_query(response)
  for target, parameters in (response.headers.link or ""):gmatch("<([^>]*)>([^<]*)") do
    if parameters:find('rel="?next"?') then return target:match("%?([^#]*)") end
  end
end

--- GETs a list with all its pages; nil for 404.
-- @param query  pairs of the first request, see internal.client
-- @param one_page  whether the caller asked for a single page
function M.list(api, path, query, one_page)
  local target = path .. base.query(query)
  local all = json.array()
  local seen = {}
  for _ = 1, MAX_PAGES do
    seen[target] = true
    local response = api:fetch("GET", target)
    if response.status == 404 then return nil end
    if response.status ~= 200 then api:fail("GET " .. target, response) end
    local items = api:decode("GET", "GET " .. target, response)
    local following = not one_page and next_query(response)
    if type(items) ~= "table" or (#all == 0 and not following) then return items end
    for _, item in ipairs(items) do all[#all + 1] = item end
    if #items == 0 or not following or seen[path .. "?" .. following] then return all end
    target = path .. "?" .. following
  end
  return all
end

--- All tuples of a Keto client that match, page after page.
-- @param keto  has `tuples` with `list`, or `list` itself as clients before 0.10 had it
function M.all_tuples(keto, filters)
  local query = M.copy(filters)
  local all = json.array()
  for _ = 1, MAX_PAGES do
    local page
    if keto.tuples then page = keto.tuples:list(query) else page = keto:list(query) end
    for _, tuple in ipairs(page.relation_tuples or {}) do all[#all + 1] = tuple end
    local token = page.next_page_token
    if token == nil or token == "" or token == query.page_token then return all end
    query.page_token = token
  end
  return all
end

--- A copy of a table, of its first level: a caller's table stays as it is.
function M.copy(source)
  local result = {}
  for key, value in pairs(source or {}) do result[key] = value end
  return result
end

--- A list for a JSON body: an empty Lua table would be sent as {}.
function M.array(list)
  if type(list) == "table" and next(list) == nil then return json.array() end
  return list
end

return M
