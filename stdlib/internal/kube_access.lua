--- @module assay.internal.kube_access
--- @description Where a Kubernetes API is and how to sign in: options, the pod's service account, kubeconfig
--
-- `M.locate` gives a place: {url, sign_in}. `sign_in()` is called for each request, since tokens change while a
-- script runs, and gives the headers to be sent and the options of http.client that the connection needs.

local base = require("assay.internal.client")

local M = {}

--- Where Kubernetes mounts the service account of a pod.
M.service_account = "/var/run/secrets/kubernetes.io/serviceaccount"

-- Files -----------------------------------------------------------------------------------------------------

--- The content of a file, nil when there is none or it may not be read.
-- Checks have no `fs` unless they are allowed to read
function M.read_if_there(path)
  if not fs then return nil end
  local ok, content = pcall(fs.read, path)
  return ok and content or nil
end

--- A token as it is sent: files end with a line end.
function M.trimmed(token)
  return token and token:match("^%s*(.-)%s*$")
end

--- A value that is given, nil for an empty text.
function M.set(value)
  if value ~= nil and value ~= "" then return value end
  return nil
end

-- Options and service account -------------------------------------------------------------------------------

local function by_options(url, opts)
  return {
    url = url,
    sign_in = function()
      local token = M.trimmed(opts.token or M.read_if_there(M.service_account .. "/token"))
      local options = base.connection_options(opts)
      if not (options.ca_cert or options.ca_cert_file) then
        options.ca_cert = M.set(M.read_if_there(M.service_account .. "/ca.crt"))
      end
      return { Authorization = M.set(token) and "Bearer " .. token }, options
    end,
  }
end

local function service_url()
  local host = M.set(env.get("KUBERNETES_SERVICE_HOST"))
  if not host then return nil end
  if host:find(":", 1, true) then host = "[" .. host .. "]" end
  return "https://" .. host .. ":" .. (M.set(env.get("KUBERNETES_SERVICE_PORT")) or "443")
end

-- Places ----------------------------------------------------------------------------------------------------

-- The files that kubectl would read, of which some need not exist
local function standard_files()
  local files = {}
  local list = M.set(env.get("KUBECONFIG"))
  if not list and M.set(env.get("HOME")) then list = env.get("HOME") .. "/.kube/config" end
  for path in (list or ""):gmatch("[^:]+") do files[#files + 1] = path end
  return files
end

-- Loaded when it is needed: it brings YAML and shell commands with it
local function by_kubeconfig(name, opts, files)
  return require("assay.internal.kubeconfig").locate(name, opts, files)
end

--- Where the API is and how to sign in. Without `base_url`, `kubeconfig` and `context`: the cluster that the pod
-- is in, else the current context of $KUBECONFIG or ~/.kube/config.
-- @param name  what error messages begin with
-- @param opts  base_url, token; ca_cert, ca_cert_file, cert, cert_file, key, key_file, insecure, proxy as for
--              http.client; kubeconfig: a path; context: a name in the kubeconfig
function M.locate(name, opts)
  if opts.kubeconfig then return by_kubeconfig(name, opts, { opts.kubeconfig }) end
  if opts.context then return by_kubeconfig(name, opts, standard_files()) end
  if opts.base_url then return by_options(opts.base_url, opts) end
  local url = service_url()
  if url then return by_options(url, opts) end
  local files = standard_files()
  for _, path in ipairs(files) do
    if M.read_if_there(path) then return by_kubeconfig(name, opts, files) end
  end
  base.raise(name .. ": not running in a Kubernetes pod (KUBERNETES_SERVICE_HOST not set), "
    .. "and there is no kubeconfig: give base_url and token, or set KUBECONFIG")
end

return M
