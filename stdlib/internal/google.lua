--- @module assay.internal.google
--- @description What clients of Google's APIs share: OAuth2 with one refresh after 401, pages

local base = require("assay.internal.client")
local oauth2 = require("assay.oauth2")

local M = {}

--- Ends a list whose server always promises one more page.
local MAX_PAGES = 1000

--- What requests are sent with, see assay.internal.client. A 401 refreshes the token, saves it, and repeats the
-- request once.
-- @param name  what error messages begin with
-- @param opts  credentials_file, token_file, token_url?, api_base?
-- @param api_base  where the API is without another
function M.api(name, opts, api_base)
  opts = opts or {}
  for _, field in ipairs({ "credentials_file", "token_file" }) do
    if not opts[field] then base.raise(name .. ": " .. field .. " is required") end
  end
  local auth = oauth2.from_file(opts.credentials_file, opts.token_file, { token_url = opts.token_url })
  local api = base.new(name, opts.api_base or api_base)
  local fetch = api.fetch

  function api:fetch(method, path, body, options)
    local request = { query = (options or {}).query, headers = auth:headers() }
    local response, target = fetch(self, method, path, body, request)
    if response.status ~= 401 then return response, target end
    auth:refresh()
    -- A token from a read-only mount is of use to this process all the same
    local saved, problem = pcall(auth.save, auth)
    if not saved then log.warn(name .. ": the new access token cannot be saved: " .. base.message(problem)) end
    request.headers = auth:headers()
    return fetch(self, method, path, body, request)
  end

  return api
end

--- The items of a list: of all its pages, or at most `limit`.
-- @param field  the name of the items
-- @param query  pairs for each request; optional
-- @param limit  a number, and the pair of the query that asks for so many: {10, "maxResults"}; optional
function M.list(api, path, field, query, limit)
  local items, token = json.array(), nil
  local most, name = math.huge, nil
  if limit then most, name = tonumber(limit[1]) or math.huge, limit[2] end
  for _ = 1, MAX_PAGES do
    local page_query = {}
    for i, pair in ipairs(query or {}) do page_query[i] = pair end
    if most < math.huge then page_query[#page_query + 1] = { name, most - #items } end
    page_query[#page_query + 1] = { "pageToken", token }
    local page = api:get(path, { query = page_query, missing_ok = true })
    if page == nil then return items end
    if type(page) ~= "table" then base.raise(api.name .. ": GET " .. path .. ": unexpected response format") end
    for _, item in ipairs(page[field] or {}) do
      if #items < most then items[#items + 1] = item end
    end
    local next_token = page.nextPageToken
    if not next_token or next_token == "" or next_token == token or #items >= most then return items end
    token = next_token
  end
  return items
end

return M
