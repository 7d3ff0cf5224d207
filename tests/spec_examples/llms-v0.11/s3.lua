-- From assay-llms-v0.11.md, assay.s3
local s3 = require("assay.s3")
local c = s3.client({
  endpoint = "https://s3.us-east-1.amazonaws.com",
  region = "us-east-1",
  access_key = env.get("AWS_ACCESS_KEY_ID"),
  secret_key = env.get("AWS_SECRET_ACCESS_KEY"),
})
c.objects:put("my-bucket", "data/report.json", json.encode({status = "complete"}))
local content = c.objects:get("my-bucket", "data/report.json")
