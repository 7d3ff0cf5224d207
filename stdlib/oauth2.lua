--- @module assay.oauth2
--- @description Google OAuth2 token management. Credentials and tokens in files, refresh of the access token, headers.
--- @keywords oauth2, oauth, google, token, refresh, credentials, authorization, bearer, gmail, gcal
--- @env HOME
--- @quickref M.from_file(credentials_path?, token_path?, opts?) -> client | Load credentials and a token, by default ~/.config/gog/credentials.json and ~/.config/gog/token.json; opts: {token_url}
--- @quickref client:access_token() -> string | Get the current access token
--- @quickref client:refresh() -> string | Get a new access token with the refresh token
--- @quickref client:save() -> true | Write the token back to its file
--- @quickref client:headers() -> {Authorization, ["Content-Type"]} | Get the headers of a request

local base = require("assay.internal.client")

local M = {}

local DEFAULT_CREDENTIALS = "~/.config/gog/credentials.json"
local DEFAULT_TOKEN = "~/.config/gog/token.json"
local DEFAULT_TOKEN_URL = "https://oauth2.googleapis.com/token"

--- What a refresh may change in the token.
local REFRESHED = { "access_token", "refresh_token", "expires_in", "token_type" }

local function expand_home(path)
  if path ~= "~" and path:sub(1, 2) ~= "~/" then return path end
  local home = env.get("HOME")
  if not home then base.raise("oauth2: HOME is not set: give the path instead of " .. path) end
  return home .. path:sub(2)
end

-- Neither the content nor the parser's quote of it may appear in an error: these files are secrets
local function load_object(what, path)
  local read, content = pcall(fs.read, path)
  if not read then base.raise("oauth2: the " .. what .. " file cannot be read: " .. base.message(content)) end
  local parsed, value = pcall(json.parse, content)
  if not parsed or type(value) ~= "table" then
    base.raise("oauth2: the " .. what .. " file " .. path .. " is not a JSON object")
  end
  return value
end

local function required(object, field, path)
  local value = object[field]
  if type(value) ~= "string" or value == "" then base.raise("oauth2: " .. path .. " has no " .. field) end
  return value
end

local Client = {}
Client.__index = Client

function M.from_file(credentials_path, token_path, opts)
  credentials_path = expand_home(credentials_path or DEFAULT_CREDENTIALS)
  token_path = expand_home(token_path or DEFAULT_TOKEN)
  local credentials = load_object("credentials", credentials_path)
  return setmetatable({
    credentials_path = credentials_path,
    token_path = token_path,
    token_url = (opts or {}).token_url or DEFAULT_TOKEN_URL,
    credentials = credentials.installed or credentials.web or credentials,
    token = load_object("token", token_path),
  }, Client)
end

function Client:access_token()
  return self.token.access_token
end

function Client:refresh()
  local response, problem = base.send("POST", self.token_url, {
    grant_type = "refresh_token",
    refresh_token = required(self.token, "refresh_token", self.token_path),
    client_id = required(self.credentials, "client_id", self.credentials_path),
    client_secret = required(self.credentials, "client_secret", self.credentials_path),
  }, { ["Content-Type"] = "application/json" })
  if not response then base.raise("oauth2: token refresh failed: " .. problem) end
  if response.status ~= 200 then
    base.raise("oauth2: token refresh failed HTTP " .. response.status .. ": " .. base.quote(response.body))
  end
  local ok, answer = pcall(json.parse, response.body)
  if not ok or type(answer) ~= "table" or type(answer.access_token) ~= "string" then
    base.raise("oauth2: token refresh failed: the answer has no access_token")
  end
  for _, field in ipairs(REFRESHED) do
    if answer[field] ~= nil then self.token[field] = answer[field] end
  end
  return self.token.access_token
end

function Client:save()
  -- A file of its own, taken over at once: a process that ends meanwhile leaves a whole token behind. The path may
  -- be a link, which stays one
  local file = fs.canonicalize(self.token_path)
  local scratch = file .. "." .. math.random(0, 0x7fffffff) .. ".tmp"
  fs.write(scratch, "")
  fs.chmod(scratch, "600")
  fs.write(scratch, json.encode(self.token))
  fs.rename(scratch, file)
  return true
end

function Client:headers()
  return {
    Authorization = "Bearer " .. required(self.token, "access_token", self.token_path),
    ["Content-Type"] = "application/json",
  }
end

return M
