-- From assay-readme-v0.1.md, Stdlib Modules
local prom = require("assay.prometheus")
local result = prom.query("http://prometheus:9090", "up")
log.info("Targets up: " .. tostring(result))
