--- @module assay.ory
--- @description The Ory stack: Kratos, Hydra, Keto and RBAC in one, with clients for all of them from one call.
--- @keywords ory, kratos, hydra, keto, rbac, identity, oauth2, permission, connect
--- @quickref M.connect(opts) -> {kratos, hydra, keto} | Clients of all services that have a URL; opts: {kratos_public, kratos_admin, hydra_public, hydra_admin, keto_read, keto_write}
--- @quickref M.kratos -> module | assay.ory.kratos
--- @quickref M.hydra -> module | assay.ory.hydra
--- @quickref M.keto -> module | assay.ory.keto
--- @quickref M.rbac -> module | assay.ory.rbac

local M = {
  kratos = require("assay.ory.kratos"),
  hydra = require("assay.ory.hydra"),
  keto = require("assay.ory.keto"),
  rbac = require("assay.ory.rbac"),
}

function M.connect(opts)
  opts = opts or {}
  local clients = {}
  if opts.kratos_public or opts.kratos_admin then
    clients.kratos = M.kratos.client({ public_url = opts.kratos_public, admin_url = opts.kratos_admin })
  end
  if opts.hydra_public or opts.hydra_admin then
    clients.hydra = M.hydra.client({ public_url = opts.hydra_public, admin_url = opts.hydra_admin })
  end
  if opts.keto_read or opts.keto_write then
    clients.keto = M.keto.client(opts.keto_read, { write_url = opts.keto_write })
  end
  return clients
end

return M
