-- From assay-llms-v0.11.md, assay.oauth2
local oauth2 = require("assay.oauth2")
-- Load from default paths
local auth = oauth2.from_file()
-- Or specify custom paths
local auth = oauth2.from_file("/secrets/google-creds.json", "/data/google-token.json")
-- Refresh and persist
auth:refresh()
auth:save()
-- Use with http builtins
local resp = http.get("https://www.googleapis.com/calendar/v3/calendars/primary/events", {
  headers = auth:headers()
})
