-- From assay-llms-v0.11.md, assay.eso
local eso = require("assay.eso")
local c = eso.client("https://k8s-api:6443", env.get("K8S_TOKEN"))
c.external_secrets:wait_synced("default", "my-external-secret", 120)
local status = c.external_secrets:all_synced("default")
assert.eq(status.failed, 0)
