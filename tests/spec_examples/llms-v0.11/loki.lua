-- From assay-llms-v0.11.md, assay.loki
local loki = require("assay.loki")
local c = loki.client("http://loki:3100")
c.logs:push({app="myservice", env="prod"}, {"Request processed", "Job complete"})
local logs = c.queries:instant('{app="myservice"}', {limit = 10})
