--- @module assay.ory.keto
--- @description Ory Keto relationship-based access control (Zanzibar). Relation tuples, permission checks, expansion, roles.
--- @keywords ory, keto, rebac, zanzibar, permission, authorization, relation, tuple, check, expand, role, subject
--- @quickref M.client(read_url, opts?) -> client | Client for a Keto server; opts: {write_url}, needed to change tuples
--- @quickref c.tuples:list(query?) -> {relation_tuples, next_page_token} | List a page of tuples; query: {namespace, object, relation, subject_id, subject_set, page_size, page_token}
--- @quickref c.tuples:create(tuple) -> nil | Create a tuple: {namespace, object, relation, subject_id or subject_set = {namespace, object, relation}}
--- @quickref c.tuples:upsert(tuple) -> "noop"|"created"|"repaired", count | Make a tuple exist exactly once; count: how many there were
--- @quickref c.tuples:delete(tuple) -> nil | Delete a tuple
--- @quickref c.tuples:delete_all(filters) -> nil | Delete all tuples that match
--- @quickref c.permissions:check(namespace, object, relation, subject) -> bool | Check a permission; subject: an id, or a subject set {namespace, object, relation}
--- @quickref c.permissions:check(tuple) -> bool | Check a permission: {namespace, object, relation, subject_id or subject or subject_set}
--- @quickref c.permissions:batch_check(tuples) -> [bool] | Check several permissions, one after the other
--- @quickref c.permissions:expand(namespace, object, relation, depth?) -> tree | Expand who has a relation, 3 levels deep unless depth says otherwise
--- @quickref c.roles:user_roles(user_id, namespace?) -> [{object, relation}] | Roles that a user is a member of, in the namespace "Role" unless told otherwise
--- @quickref c.roles:has_any(user_id, role_objects, namespace?) -> bool | Whether a user is a member of any of these roles
--- @quickref c:list(query?) -> {relation_tuples, next_page_token} | As c.tuples:list()
--- @quickref c:create(tuple) -> nil | As c.tuples:create()
--- @quickref c:delete(tuple) -> nil | As c.tuples:delete()
--- @quickref c:delete_all(filters) -> nil | As c.tuples:delete_all()
--- @quickref c:check(namespace, object, relation, subject) -> bool | As c.permissions:check(), also with a table
--- @quickref c:batch_check(tuples) -> [bool] | As c.permissions:batch_check()
--- @quickref c:expand(namespace, object, relation, depth?) -> tree | As c.permissions:expand()
--- @quickref c:get_user_roles(user_id, namespace?) -> [{object, relation}] | As c.roles:user_roles()
--- @quickref c:user_has_any_role(user_id, role_objects, namespace?) -> bool | As c.roles:has_any()

local base = require("assay.internal.client")
local ory = require("assay.internal.ory")

local M = {}

local OLD_NAMES = {
  list = "tuples.list",
  create = "tuples.create",
  delete = "tuples.delete",
  delete_all = "tuples.delete_all",
  check = "permissions.check",
  batch_check = "permissions.batch_check",
  expand = "permissions.expand",
  get_user_roles = "roles.user_roles",
  user_has_any_role = "roles.has_any",
}

-- Parameters of a tuple, in the order in which they are sent; others follow by name
local ORDER = {
  "namespace", "object", "relation", "subject_id",
  "subject_set.namespace", "subject_set.object", "subject_set.relation",
}

-- Keto's parameters of a tuple or filter: those of a subject set have dots
local function parameters(filters)
  local flat = {}
  for name, value in pairs(filters or {}) do
    if name ~= "subject_set" then flat[name] = value end
  end
  local set = (filters or {}).subject_set
  if set then
    flat["subject_set.namespace"] = set.namespace
    flat["subject_set.object"] = set.object
    -- A set without a relation is the object itself, which Keto wants to be told
    flat["subject_set.relation"] = set.relation or ""
  end
  local query, others = {}, {}
  for _, name in ipairs(ORDER) do
    query[#query + 1] = { name, flat[name] }
    flat[name] = nil
  end
  for name in pairs(flat) do others[#others + 1] = name end
  table.sort(others)
  for _, name in ipairs(others) do query[#query + 1] = { name, flat[name] } end
  return query
end

-- Refuses a tuple with something missing: as a filter it would match more than one
local function expect_tuple(what, tuple)
  for _, name in ipairs({ "namespace", "object", "relation" }) do
    local value = tuple[name]
    if value == nil or value == "" then base.raise("keto: " .. what .. ": " .. name .. " is missing") end
  end
  if (tuple.subject_id == nil or tuple.subject_id == "") and tuple.subject_set == nil then
    base.raise("keto: " .. what .. ": subject_id or subject_set is missing")
  end
end

-- The tuple that a permission check is about, of one in a table or of its parts
local function tuple_of(namespace, object, relation, subject)
  if type(namespace) == "table" then
    local given = namespace
    namespace, object, relation = given.namespace, given.object, given.relation
    subject = given.subject_id or given.subject_set or given.subject
  end
  local tuple = { namespace = namespace, object = object, relation = relation }
  tuple[type(subject) == "table" and "subject_set" or "subject_id"] = subject
  return tuple
end

local function user_subject(user_id)
  if type(user_id) ~= "string" or user_id == "" then
    base.raise("keto: a user id must be a non-empty string, got " .. tostring(user_id))
  end
  if user_id:sub(1, 5) == "user:" then return user_id end
  return "user:" .. user_id
end

function M.client(read_url, opts)
  opts = opts or {}
  local read = ory.api("keto", read_url, "read_url")
  local write = ory.api("keto", opts.write_url, "write_url")

  local c = {
    read_url = read_url and base.trim_url(read_url),
    write_url = opts.write_url and base.trim_url(opts.write_url),
    tuples = {},
    permissions = {},
    roles = {},
  }

  -- Tuples

  local function delete(what, filters)
    write:delete("/admin/relation-tuples", { query = parameters(filters), ok = { 200, 204 }, what = what })
  end

  function c.tuples:list(query)
    local given = {}
    for name, value in pairs(query or {}) do
      if value ~= "" then given[name] = value end
    end
    return read:get("/relation-tuples", { query = parameters(given) })
  end

  function c.tuples:create(tuple)
    write:put("/admin/relation-tuples", tuple, { ok = { 200, 201 }, what = "create tuple" })
  end

  -- Keto keeps a tuple as often as it is created
  function c.tuples:upsert(tuple)
    expect_tuple("upsert tuple", tuple)
    local count = #c.tuples:list(tuple).relation_tuples
    if count == 1 then return "noop", count end
    if count > 1 then delete("delete tuple", tuple) end
    c.tuples:create(tuple)
    return count == 0 and "created" or "repaired", count
  end

  function c.tuples:delete(tuple)
    expect_tuple("delete tuple", tuple)
    delete("delete tuple", tuple)
  end

  function c.tuples:delete_all(filters)
    delete("delete_all", filters)
  end

  -- Permissions

  local function check(tuple, what)
    expect_tuple(what, tuple)
    local response = read:fetch("GET", "/relation-tuples/check", nil, { query = parameters(tuple) })
    if response.status == 403 then return false end
    if response.status ~= 200 then read:fail(what .. " failed", response) end
    local answer = read:decode("GET", what .. " failed", response)
    return type(answer) == "table" and answer.allowed == true
  end

  function c.permissions:check(namespace, object, relation, subject)
    return check(tuple_of(namespace, object, relation, subject), "check")
  end

  function c.permissions:batch_check(tuples)
    local allowed = json.array()
    for i, tuple in ipairs(tuples) do allowed[i] = check(tuple_of(tuple), "batch_check") end
    return allowed
  end

  function c.permissions:expand(namespace, object, relation, depth)
    return read:get("/relation-tuples/expand", {
      query = {
        { "namespace", namespace },
        { "object", object },
        { "relation", relation },
        { "max-depth", depth or 3 },
      },
    })
  end

  -- Roles

  function c.roles:user_roles(user_id, namespace)
    local filters = { namespace = namespace or "Role", relation = "members", subject_id = user_subject(user_id) }
    local roles = json.array()
    for _, tuple in ipairs(ory.all_tuples(c, filters)) do
      roles[#roles + 1] = { object = tuple.object, relation = tuple.relation }
    end
    return roles
  end

  function c.roles:has_any(user_id, role_objects, namespace)
    local wanted = {}
    for _, object in ipairs(role_objects) do wanted[object] = true end
    for _, role in ipairs(c.roles:user_roles(user_id, namespace)) do
      if wanted[role.object] then return true end
    end
    return false
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
