--- @module assay.internal.pages
--- @description Lists that a service gives in numbered pages

local M = {}

--- Ends a list whose server always promises one more page.
local MAX_PAGES = 10000

--- Whether a Link header (RFC 8288) names a next page.
function M.has_next_link(response)
  local link = response.headers.link or ""
  return link:find('rel="?next"?') ~= nil
end

--- GETs a list with all its pages; the first request says nothing of pages.
-- @param query  pairs for each request; optional
-- @param has_next  gets a response and its page, and tells whether another follows
-- @param options  missing_ok: 404 gives nil; optional
function M.all(api, path, query, has_next, options)
  local all = json.array()
  for page = 1, MAX_PAGES do
    local pairs_of_page = {}
    for i, pair in ipairs(query or {}) do pairs_of_page[i] = pair end
    if page > 1 then pairs_of_page[#pairs_of_page + 1] = { "page", page } end
    local response, target = api:fetch("GET", path, nil, { query = pairs_of_page })
    if response.status == 404 and options and options.missing_ok then return nil end
    if response.status ~= 200 then api:fail("GET " .. target, response, "GET", target) end
    local items = api:decode("GET", "GET " .. target, response)
    local more = type(items) == "table" and #items > 0 and has_next(response, page)
    if page == 1 and not more then return items end
    for _, item in ipairs(items or {}) do all[#all + 1] = item end
    if not more then return all end
  end
  return all
end

return M
