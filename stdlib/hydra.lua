--- @module assay.hydra
--- @description Ory Hydra OAuth2 and OpenID Connect server, by its name before 0.8.3. The same module as assay.ory.hydra.
--- @keywords hydra, ory, oauth2, oidc, client, token, login, consent, logout, challenge
--- @quickref M.client(opts) -> client | Client for a Hydra server, with every method of assay.ory.hydra; opts: {public_url, admin_url}

return require("assay.ory.hydra")
