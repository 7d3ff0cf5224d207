-- From assay-llms-v0.11.md, assay.argocd
local argocd = require("assay.argocd")
local c = argocd.client("https://argocd.example.com", {token = env.get("ARGOCD_TOKEN")})
c.apps:sync("my-app", {prune = true})
c.apps:wait_healthy("my-app", 120)
