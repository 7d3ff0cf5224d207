--- @module assay.keto
--- @description Ory Keto relationship-based access control, by its name before 0.8.3. The same module as assay.ory.keto.
--- @keywords keto, ory, rebac, zanzibar, permission, relation, tuple, check, expand
--- @quickref M.client(read_url, opts?) -> client | Client for a Keto server, with every method of assay.ory.keto; opts: {write_url}

return require("assay.ory.keto")
