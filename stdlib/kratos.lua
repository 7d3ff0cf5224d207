--- @module assay.kratos
--- @description Ory Kratos identity management, by its name before 0.8.3. The same module as assay.ory.kratos.
--- @keywords kratos, ory, identity, identities, login, registration, recovery, settings, session, whoami
--- @quickref M.client(opts) -> client | Client for a Kratos server, with every method of assay.ory.kratos; opts: {public_url, admin_url}

return require("assay.ory.kratos")
