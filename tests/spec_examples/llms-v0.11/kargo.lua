-- From assay-llms-v0.11.md, assay.kargo
local kargo = require("assay.kargo")
local c = kargo.client("https://kargo.example.com", env.get("KARGO_TOKEN"))
c.promotions:create("my-project", "staging", "freight-abc123")
c.stages:wait_healthy("my-project", "staging", 300)
