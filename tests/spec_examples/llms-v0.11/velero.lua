-- From assay-llms-v0.11.md, assay.velero
local velero = require("assay.velero")
local c = velero.client("https://k8s-api:6443", env.get("K8S_TOKEN"), "velero")
local latest = c.backups:latest("daily-backup")
if latest then
  assert.eq(c.backups:is_completed(latest.metadata.name), true)
end
