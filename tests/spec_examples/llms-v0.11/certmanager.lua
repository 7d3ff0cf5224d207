-- From assay-llms-v0.11.md, assay.certmanager
local cm = require("assay.certmanager")
local c = cm.client("https://k8s-api:6443", env.get("K8S_TOKEN"))
c.certificates:wait_ready("default", "my-tls-cert", 600)
local status = c.certificates:all_ready("default")
assert.eq(status.not_ready, 0)
