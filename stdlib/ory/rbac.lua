--- @module assay.ory.rbac
--- @description Capability-based RBAC on top of Ory Keto. Roles with capabilities, memberships, checks, http.serve middleware.
--- @keywords ory, rbac, keto, authorization, role, roles, capability, capabilities, permission, membership, policy, middleware
--- @quickref M.policy(opts) -> policy | Define a policy; opts: {namespace, keto, roles = {[role] = {rank, capabilities, label?, description?}}, default_role?}
--- @quickref p.users:roles(user_id) -> [role] | Roles that a user holds, the highest rank first
--- @quickref p.users:primary_role(user_id) -> role|nil | The highest role of a user, or else the default role
--- @quickref p.users:capabilities(user_id) -> {[capability] = true} | What a user may do: all of all roles, or of the default role
--- @quickref p.users:has_capability(user_id, capability) -> bool | Whether a user may do something
--- @quickref p.members:add(user_id, role) -> nil | Make a user a member of a role, unless that is so already
--- @quickref p.members:remove(user_id, role) -> nil | End a membership; there need not be one
--- @quickref p.members:list(role) -> [user_id] | Direct members of a role
--- @quickref p.members:list_all() -> {[role] = [user_id]} | Members of every role of the policy
--- @quickref p.members:reset(role) -> nil | Remove all members of a role
--- @quickref p.policy:roles() -> [role] | Roles of the policy, the highest rank first
--- @quickref p.policy:get(role) -> {rank, capabilities, label?, description?}|nil | A role of the policy, its capabilities sorted
--- @quickref p.middleware:require_capability(capability, handler) -> handler | A handler for http.serve that answers 401 without req.user_id and 403 without the capability
--- @quickref p:user_roles(user_id) -> [role] | As p.users:roles()
--- @quickref p:user_primary_role(user_id) -> role|nil | As p.users:primary_role()
--- @quickref p:user_capabilities(user_id) -> {[capability] = true} | As p.users:capabilities()
--- @quickref p:user_has_capability(user_id, capability) -> bool | As p.users:has_capability()
--- @quickref p:add(user_id, role) -> nil | As p.members:add()
--- @quickref p:remove(user_id, role) -> nil | As p.members:remove()
--- @quickref p:list_members(role) -> [user_id] | As p.members:list()
--- @quickref p:list_all_memberships() -> {[role] = [user_id]} | As p.members:list_all()
--- @quickref p:reset_role(role) -> nil | As p.members:reset()
--- @quickref p:roles() -> [role] | As p.policy:roles()
--- @quickref p:role(role) -> {rank, capabilities, ...}|nil | As p.policy:get()
--- @quickref p:require_capability(capability, handler) -> handler | As p.middleware:require_capability()

local base = require("assay.internal.client")
local ory = require("assay.internal.ory")

local M = {}

local OLD_NAMES = {
  user_roles = "users.roles",
  user_primary_role = "users.primary_role",
  user_capabilities = "users.capabilities",
  user_has_capability = "users.has_capability",
  add = "members.add",
  remove = "members.remove",
  list_members = "members.list",
  list_all_memberships = "members.list_all",
  reset_role = "members.reset",
  roles = "policy.roles",
  role = "policy.get",
  require_capability = "middleware.require_capability",
}

local PREFIX = "user:"

local function subject_of(user_id)
  if type(user_id) ~= "string" or user_id == "" or user_id == PREFIX then
    base.raise("assay.ory.rbac: user id must be a non-empty string")
  end
  if user_id:sub(1, #PREFIX) == PREFIX then return user_id end
  return PREFIX .. user_id
end

local function user_of(subject)
  if subject:sub(1, #PREFIX) == PREFIX then return subject:sub(#PREFIX + 1) end
  return subject
end

-- The roles of a policy in a form of our own, so that later changes of the caller's tables change nothing
local function read_roles(definitions)
  local roles = {}
  for name, definition in pairs(definitions) do
    if type(definition) ~= "table" then
      base.raise("assay.ory.rbac.policy: role " .. tostring(name) .. " must be a table { rank, capabilities }")
    end
    local capabilities = json.array()
    for _, capability in ipairs(definition.capabilities or {}) do
      capabilities[#capabilities + 1] = capability
    end
    table.sort(capabilities)
    roles[name] = {
      rank = definition.rank or 0,
      capabilities = capabilities,
      label = definition.label,
      description = definition.description,
    }
  end
  return roles
end

function M.policy(opts)
  opts = opts or {}
  if type(opts.namespace) ~= "string" or opts.namespace == "" then
    base.raise("assay.ory.rbac.policy: namespace is required")
  end
  if type(opts.keto) ~= "table" then base.raise("assay.ory.rbac.policy: keto client is required") end
  if type(opts.roles) ~= "table" then
    base.raise("assay.ory.rbac.policy: roles map is required, such as { viewer = { rank = 1, capabilities = { \"view\" } } }")
  end
  local keto = opts.keto
  -- Clients before 0.10 have these methods themselves
  local tuples = keto.tuples or keto
  local roles = read_roles(opts.roles)

  local p = { namespace = opts.namespace, users = {}, members = {}, policy = {}, middleware = {} }

  local function by_rank(names)
    table.sort(names, function(a, b)
      if roles[a].rank ~= roles[b].rank then return roles[a].rank > roles[b].rank end
      return a < b
    end)
    return names
  end

  local object_prefix = opts.namespace .. ":"

  local function object_of(role)
    if not roles[role] then base.raise("assay.ory.rbac: unknown role " .. tostring(role)) end
    return object_prefix .. role
  end

  local function membership(user_id, role)
    return {
      namespace = "Role",
      object = object_of(role),
      relation = "members",
      subject_id = subject_of(user_id),
    }
  end

  -- Users

  function p.users:roles(user_id)
    local held, seen = json.array(), {}
    local filters = { namespace = "Role", relation = "members", subject_id = subject_of(user_id) }
    for _, tuple in ipairs(ory.all_tuples(keto, filters)) do
      local ours = tuple.object:sub(1, #object_prefix) == object_prefix
      local role = ours and tuple.object:sub(#object_prefix + 1)
      if roles[role] and not seen[role] then
        seen[role] = true
        held[#held + 1] = role
      end
    end
    return by_rank(held)
  end

  function p.users:primary_role(user_id)
    return p.users:roles(user_id)[1] or opts.default_role
  end

  function p.users:capabilities(user_id)
    local held = p.users:roles(user_id)
    if #held == 0 then held = { opts.default_role } end
    local capabilities = {}
    for _, role in ipairs(held) do
      for _, capability in ipairs(roles[role] and roles[role].capabilities or {}) do
        capabilities[capability] = true
      end
    end
    return capabilities
  end

  function p.users:has_capability(user_id, capability)
    return p.users:capabilities(user_id)[capability] == true
  end

  -- Members

  -- Keto keeps a tuple as often as it is created
  function p.members:add(user_id, role)
    local tuple = membership(user_id, role)
    if #ory.all_tuples(keto, tuple) == 0 then tuples:create(tuple) end
  end

  function p.members:remove(user_id, role)
    local tuple = membership(user_id, role)
    local ok, err = pcall(function() tuples:delete(tuple) end)
    if not ok and not tostring(err):find("404", 1, true) then error(err, 0) end
  end

  function p.members:list(role)
    local users, seen = json.array(), {}
    local filters = { namespace = "Role", object = object_of(role), relation = "members" }
    for _, tuple in ipairs(ory.all_tuples(keto, filters)) do
      local subject = tuple.subject_id
      if subject and not seen[subject] then
        seen[subject] = true
        users[#users + 1] = user_of(subject)
      end
    end
    return users
  end

  function p.members:list_all()
    local all = {}
    for role in pairs(roles) do all[role] = p.members:list(role) end
    return all
  end

  function p.members:reset(role)
    tuples:delete_all({ namespace = "Role", object = object_of(role), relation = "members" })
  end

  -- Policy

  function p.policy:roles()
    local names = json.array()
    for name in pairs(roles) do names[#names + 1] = name end
    return by_rank(names)
  end

  function p.policy:get(role)
    if not roles[role] then return nil end
    local found = ory.copy(roles[role])
    found.capabilities = json.array(ory.copy(found.capabilities))
    return found
  end

  -- Middleware

  function p.middleware:require_capability(capability, handler)
    return function(request, ...)
      local user_id = request.user_id
      if user_id == nil or user_id == "" then
        return { status = 401, json = { error = "Authentication required" } }
      end
      if not p.users:has_capability(user_id, capability) then
        return { status = 403, json = { error = capability .. " capability required" } }
      end
      return handler(request, ...)
    end
  end

  return base.with_old_names(p, OLD_NAMES)
end

return M
