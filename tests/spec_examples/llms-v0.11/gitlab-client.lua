-- From assay-llms-v0.11.md, assay.gitlab
local gitlab = require("assay.gitlab")
local c = gitlab.client("https://gitlab.example.com", {
  token = "glpat-xxxx"
})
