-- From assay-llms-v0.11.md, assay.traefik
local traefik = require("assay.traefik")
local c = traefik.client("http://traefik:8080")
local enabled, errored = c.routers:healthy()
assert.eq(errored, 0, "Some routers have errors")
