--- @module assay.internal.kubeconfig
--- @description The contexts of kubeconfig files: clusters, tokens, certificates, credential plugins

local base = require("assay.internal.client")
local access = require("assay.internal.kube_access")

local M = {}

--- Seconds that a credential plugin may take, which may open a browser.
local PLUGIN_TIMEOUT = 120

--- Seconds before its end at which a plugin's token is no longer used.
local EXPIRY_MARGIN = 10

local set, trimmed = access.set, access.trimmed

local function in_folder(folder, path)
  if path:sub(1, 1) == "/" then return path end
  return folder .. "/" .. path
end

-- Files -----------------------------------------------------------------------------------------------------

local function parse_file(name, path, content)
  local ok, config = pcall(yaml.parse, content)
  if ok and type(config) == "table" then return config end
  base.raise(name .. ": the kubeconfig " .. path .. " cannot be read: "
    .. (ok and "it holds no mapping" or base.message(config)))
end

-- The named entries of several files; the first of a name wins, as with kubectl
local function merge(name, files)
  local merged = { clusters = {}, users = {}, contexts = {}, read = 0 }
  for _, path in ipairs(files) do
    local content = access.read_if_there(path)
    if content then
      local config = parse_file(name, path, content)
      merged.read = merged.read + 1
      merged.current = merged.current or set(config["current-context"])
      local folder = path:match("^(.*)/[^/]*$") or "."
      for list, field in pairs({ clusters = "cluster", users = "user", contexts = "context" }) do
        for _, entry in ipairs(config[list] or {}) do
          if entry.name and not merged[list][entry.name] then
            merged[list][entry.name] = { value = entry[field] or {}, folder = folder }
          end
        end
      end
    end
  end
  return merged
end

local function named(name, config, list, wanted)
  if not wanted then base.raise(name .. ": the kubeconfig sets no current-context: give a context") end
  local entry = config[list][wanted]
  if entry then return entry.value, entry.folder end
  local known = {}
  for key in pairs(config[list]) do known[#known + 1] = key end
  table.sort(known)
  base.raise(name .. ": the kubeconfig has no " .. list:sub(1, -2) .. " '" .. tostring(wanted) .. "'; it has: "
    .. (#known == 0 and "none" or table.concat(known, ", ")))
end

-- The text of `field` or, without it, the file of another: {ca_cert = ...} or {ca_cert_file = ...}
local function pem(options, option, data, file, folder)
  if set(data) then
    options[option] = base64.decode(data)
  elseif set(file) then
    options[option .. "_file"] = in_folder(folder, file)
  end
end

local function cluster_options(name, cluster, folder)
  if set(cluster["tls-server-name"]) then
    base.raise(name .. ": the kubeconfig's tls-server-name is not supported: "
      .. "name the server in the cluster's URL as its certificate does")
  end
  local options = { insecure = cluster["insecure-skip-tls-verify"], proxy = set(cluster["proxy-url"]) }
  pem(options, "ca_cert", cluster["certificate-authority-data"], cluster["certificate-authority"], folder)
  return options
end

-- Credential plugins ----------------------------------------------------------------------------------------

local DAYS_BEFORE_MONTH = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }

-- Unix seconds of an RFC 3339 time; nil for another text
local function unix_time(text)
  local year, month, day, hour, minute, second = text:match(
    "^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)")
  if not year then return nil end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  -- March begins the year here, so that a leap day is its last
  local leap_year = month > 2 and year or year - 1
  local days = (year - 1970) * 365 + DAYS_BEFORE_MONTH[month] + day - 1
    + leap_year // 4 - leap_year // 100 + leap_year // 400 - 477
  local sign, hours, minutes = text:match("([+-])(%d%d):(%d%d)$")
  local offset = sign and (sign == "+" and 1 or -1) * (tonumber(hours) * 60 + tonumber(minutes)) or 0
  -- As a float: some engines have integers of 32 bits only
  return days * 86400.0 + (tonumber(hour) * 60 + tonumber(minute) - offset) * 60 + tonumber(second)
end

local function quoted(argument)
  return "'" .. tostring(argument):gsub("'", "'\\''") .. "'"
end

local function run_plugin(name, plugin, folder)
  if not shell then
    base.raise(name .. ": the kubeconfig's user signs in by the command '" .. tostring(plugin.command)
      .. "', which may not be run here: give a token")
  end
  local words = { quoted(plugin.command:find("/", 1, true) and in_folder(folder, plugin.command) or plugin.command) }
  for _, argument in ipairs(plugin.args or {}) do words[#words + 1] = quoted(argument) end
  local variables = {
    KUBERNETES_EXEC_INFO = json.encode({
      apiVersion = plugin.apiVersion,
      kind = "ExecCredential",
      spec = { interactive = false },
    }),
  }
  for _, variable in ipairs(plugin.env or {}) do variables[variable.name] = variable.value end
  local result = shell.exec(table.concat(words, " "), { env = variables, timeout = PLUGIN_TIMEOUT })
  if result.status ~= 0 then
    -- What it has printed may hold secrets; stderr is meant to be read
    local hint = plugin.installHint and " (" .. plugin.installHint .. ")" or ""
    base.raise(name .. ": the kubeconfig's command '" .. plugin.command .. "' failed with status "
      .. tostring(result.status) .. ": " .. base.quote(trimmed(result.stderr)) .. hint)
  end
  local ok, credential = pcall(json.parse, result.stdout)
  local status = ok and type(credential) == "table" and credential.status
  if not status or not (status.token or status.clientCertificateData) then
    base.raise(name .. ": the kubeconfig's command '" .. plugin.command
      .. "' gave no ExecCredential with a token or certificate")
  end
  return status
end

-- What plugins gave, by what was run
local kept = {}

local function plugin_credential(name, plugin, folder)
  local key = folder .. json.encode(plugin)
  local credential = kept[key]
  local ends = credential and credential.expirationTimestamp and unix_time(credential.expirationTimestamp)
  if not credential or (ends and time() > ends - EXPIRY_MARGIN) then
    credential = run_plugin(name, plugin, folder)
    kept[key] = credential
  end
  return credential
end

-- Users and places ------------------------------------------------------------------------------------------

local function impersonation(user)
  local groups = user["as-groups"]
  return {
    ["Impersonate-User"] = set(user["as"]),
    ["Impersonate-Uid"] = set(user["as-uid"]),
    ["Impersonate-Group"] = groups and #groups > 0 and groups or nil,
  }
end

-- A function that gives {token, username, password} of a user and sets its certificate among the options
local function credentials(name, user, folder)
  if user["auth-provider"] then
    base.raise(name .. ": the kubeconfig's auth-provider is not supported, nor by Kubernetes since 1.26: "
      .. "use exec or a token")
  end
  return function(options)
    pem(options, "cert", user["client-certificate-data"], user["client-certificate"], folder)
    pem(options, "key", user["client-key-data"], user["client-key"], folder)
    if set(user.tokenFile) then return { token = trimmed(fs.read(in_folder(folder, user.tokenFile))) } end
    if set(user.token) then return { token = trimmed(user.token) } end
    if not user.exec then return { username = set(user.username), password = user.password } end
    local credential = plugin_credential(name, user.exec, folder)
    options.cert = credential.clientCertificateData or options.cert
    options.key = credential.clientKeyData or options.key
    return { token = credential.token }
  end
end

--- The place of a context: see kube_access.locate.
-- @param name  what error messages begin with
-- @param opts  as for kube_access.locate; context: by default the current one
-- @param files  paths, of which some need not exist; their entries are merged as kubectl does
function M.locate(name, opts, files)
  local config = merge(name, files)
  if config.read == 0 then
    base.raise(name .. ": no kubeconfig can be read at " .. table.concat(files, ", "))
  end
  local context = named(name, config, "contexts", opts.context or config.current)
  local cluster, cluster_folder = named(name, config, "clusters", context.cluster)
  local user, user_folder = {}, "."
  if set(context.user) then user, user_folder = named(name, config, "users", context.user) end
  local server = opts.base_url or set(cluster.server)
  if not server then base.raise(name .. ": the kubeconfig's cluster '" .. context.cluster .. "' has no server") end
  if not server:find("://", 1, true) then server = "https://" .. server end
  local of_cluster = cluster_options(name, cluster, cluster_folder)
  local credentials_of = credentials(name, user, user_folder)
  return {
    url = server,
    namespace = set(context.namespace),
    sign_in = function()
      local options = {}
      for key, value in pairs(of_cluster) do options[key] = value end
      local credential = credentials_of(options)
      for key, value in pairs(base.connection_options(opts)) do options[key] = value end
      local headers = impersonation(user)
      headers.Authorization = base.authorization(opts.token and { token = trimmed(opts.token) } or credential)
      return headers, options
    end,
  }
end

return M
