-- From assay-llms-v0.11.md, assay.ory.rbac
local keto = require("assay.ory.keto")
local rbac = require("assay.ory.rbac")
local kc = keto.client("http://keto-read:4466", { write_url = "http://keto-write:4467" })
local policy = rbac.policy({
  namespace = "command-center",
  keto = kc,
  default_role = "viewer",
  roles = {
    owner = { rank = 5, capabilities = { "manage_roles", "approve", "trigger", "view" } },
    admin = { rank = 4, capabilities = { "manage_roles", "approve", "trigger", "view" } },
    approver = { rank = 3, capabilities = { "approve", "view" } },
    operator = { rank = 2, capabilities = { "trigger", "view" } },
    viewer = { rank = 1, capabilities = { "view" } },
  },
})
policy.members:add("user:alice", "approver")
assert(policy.users:has_capability("user:alice", "approve"))
assert(not policy.users:has_capability("user:alice", "trigger"))
