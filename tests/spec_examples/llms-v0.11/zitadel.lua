-- From assay-llms-v0.11.md, assay.zitadel
local zitadel = require("assay.zitadel")
local c = zitadel.client({
  url = "https://zitadel.example.com",
  domain = "example.com",
  machine_key_file = "/secrets/zitadel-key.json",
})
local proj = c.projects:ensure("my-platform")
local app = c.apps:ensure_oidc(proj.id, {
  name = "grafana",
  subdomain = "grafana",
  callbackPath = "/login/generic_oauth",
})
