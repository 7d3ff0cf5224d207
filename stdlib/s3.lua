--- @module assay.s3
--- @description S3-compatible object storage with AWS Signature V4: AWS S3, Cloudflare R2, iDrive e2, MinIO.
--- @keywords s3, object storage, bucket, aws, minio, r2, idrive, upload, download, copy, signature, sigv4
--- @quickref M.client(opts) -> client | Client for object storage; opts: {endpoint, region, access_key, secret_key, session_token?, path_style = true}
--- @quickref c.buckets:create(bucket) -> true | Create a bucket
--- @quickref c.buckets:delete(bucket) -> true | Delete an empty bucket
--- @quickref c.buckets:list() -> [{name, creation_date}] | List all buckets
--- @quickref c.buckets:exists(bucket) -> bool | Whether a bucket can be listed
--- @quickref c.objects:put(bucket, key, body, opts?) -> true | Upload an object; opts: {content_type}
--- @quickref c.objects:get(bucket, key) -> string|nil | The content of an object
--- @quickref c.objects:delete(bucket, key) -> true | Delete an object
--- @quickref c.objects:list(bucket, opts?) -> {objects, is_truncated, next_continuation_token, key_count} | List objects {key, size, last_modified}; opts: {prefix, max_keys, continuation_token}
--- @quickref c.objects:head(bucket, key) -> {status, headers}|nil | The headers of an object
--- @quickref c.objects:copy(src_bucket, src_key, dst_bucket, dst_key) -> true | Copy an object within the store
--- @quickref c:create_bucket(bucket) -> true | As c.buckets:create()
--- @quickref c:delete_bucket(bucket) -> true | As c.buckets:delete()
--- @quickref c:list_buckets() -> [{name, creation_date}] | As c.buckets:list()
--- @quickref c:bucket_exists(bucket) -> bool | As c.buckets:exists()
--- @quickref c:put_object(bucket, key, body, opts?) -> true | As c.objects:put()
--- @quickref c:get_object(bucket, key) -> string|nil | As c.objects:get()
--- @quickref c:delete_object(bucket, key) -> true | As c.objects:delete()
--- @quickref c:list_objects(bucket, opts?) -> {objects, is_truncated, next_continuation_token, key_count} | As c.objects:list()
--- @quickref c:head_object(bucket, key) -> {status, headers}|nil | As c.objects:head()
--- @quickref c:copy_object(src_bucket, src_key, dst_bucket, dst_key) -> true | As c.objects:copy()

local base = require("assay.internal.client")
local sigv4 = require("assay.internal.sigv4")

local M = {}

local OLD_NAMES = {
  create_bucket = "buckets.create",
  delete_bucket = "buckets.delete",
  list_buckets = "buckets.list",
  bucket_exists = "buckets.exists",
  put_object = "objects.put",
  get_object = "objects.get",
  delete_object = "objects.delete",
  list_objects = "objects.list",
  head_object = "objects.head",
  copy_object = "objects.copy",
}

local REQUIRED = { "endpoint", "region", "access_key", "secret_key" }

-- XML -------------------------------------------------------------------------------------------------------

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

local function decode_entity(name)
  if name:sub(1, 1) ~= "#" then return ENTITIES[name] end
  local code = name:match("^#[xX](%x+)$")
  code = code and tonumber(code, 16) or tonumber(name:match("^#(%d+)$"))
  return code and code <= 0x10FFFF and utf8.char(code) or nil
end

local function encode_xml(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

-- The text of the first element of a name, or nil
local function element(xml, name)
  local text = xml:match("<" .. name .. ">(.-)</" .. name .. ">")
  return text and (text:gsub("&(#?%w+);", decode_entity))
end

-- One record for each element of a name
local function elements(xml, name, read)
  local records = json.array()
  for inner in xml:gmatch("<" .. name .. ">(.-)</" .. name .. ">") do records[#records + 1] = read(inner) end
  return records
end

-- Addresses -------------------------------------------------------------------------------------------------

-- An endpoint's parts; the host as HTTP clients send it, without a port that the scheme means anyway
local function parse_endpoint(endpoint)
  local scheme, host, path = endpoint:match("^(%a+)://([^/?#@]+)([^?#]*)$")
  scheme = scheme and not path:find("^[^/]") and scheme:lower()
  if scheme ~= "http" and scheme ~= "https" then
    base.raise("s3.client: endpoint must be a URL without user and query, such as https://s3.example.com")
  end
  host = host:lower():gsub(scheme == "https" and ":443$" or ":80$", "")
  return { scheme = scheme, host = host, path = path:gsub("/+$", "") }
end

-- A segment '..' never leaves an HTTP client, in any encoding: the request would be for another object
local function check_name(what, name)
  if type(name) ~= "string" or name == "" then
    base.raise("s3: a " .. what .. " is required, got " .. (name == "" and "''" or tostring(name)))
  end
  for segment in name:gmatch("[^/]+") do
    if segment == "." or segment == ".." then
      base.raise("s3: the " .. what .. " '" .. name .. "' has a segment '" .. segment .. "', which URLs cannot name")
    end
  end
end

-- What a request is for: "/", "/bucket" or "/bucket/key"
local function resource(bucket, key)
  if bucket == nil then return "/" end
  check_name("bucket", bucket)
  if bucket:find("/", 1, true) then base.raise("s3: the bucket '" .. bucket .. "' has a slash in its name") end
  return "/" .. bucket .. (key and "/" .. key or "")
end

local function address(client, bucket, key)
  local endpoint = client.endpoint
  local host, path = endpoint.host, endpoint.path
  if bucket and client.path_style then
    path = path .. "/" .. sigv4.encode_path(bucket)
  elseif bucket then
    host = bucket .. "." .. host
  end
  if key then path = path .. "/" .. sigv4.encode_path(key) end
  return host, path == "" and "/" or path
end

-- Requests --------------------------------------------------------------------------------------------------

local function raise_status(what, response)
  base.raise("s3: " .. what .. " HTTP " .. response.status .. ": " .. base.quote(response.body))
end

-- Sends a signed request and gives the response, whatever its status
-- request: method, bucket, key, query (pairs), body, headers (lower-case names; all are signed)
local function send(client, request)
  local what = request.what or request.method .. " " .. resource(request.bucket, request.key)
  local body = request.body or ""
  local host, path = address(client, request.bucket, request.key)
  local payload_hash = crypto.hash(body, "sha256")
  local headers = { ["x-amz-content-sha256"] = payload_hash, ["x-amz-date"] = sigv4.timestamp() }
  headers["x-amz-security-token"] = client.credentials.session_token
  for name, value in pairs(request.headers or {}) do headers[name] = value end
  local signed = { host = host }
  for name, value in pairs(headers) do signed[name] = value end
  headers.Authorization = sigv4.authorization({
    method = request.method,
    path = path,
    query = request.query,
    headers = signed,
    payload_hash = payload_hash,
  }, client.credentials)
  local url = client.endpoint.scheme .. "://" .. host .. path .. base.query(request.query)
  local response, problem = base.send(request.method, url, request.body, headers)
  if not response then base.raise("s3: " .. what .. ": " .. problem) end
  return response, what
end

-- Sends a request whose success is true
local function change(client, request)
  local response, what = send(client, request)
  if response.status ~= 200 and response.status ~= 204 then raise_status(what, response) end
  return true
end

local function buckets_api(c, client)
  c.buckets = {}

  function c.buckets:create(bucket)
    local body
    if client.credentials.region ~= "us-east-1" then
      body = '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>'
        .. encode_xml(client.credentials.region)
        .. "</LocationConstraint></CreateBucketConfiguration>"
    end
    local headers = body and { ["content-type"] = "application/xml" }
    return change(client, { method = "PUT", bucket = bucket, body = body, headers = headers })
  end

  function c.buckets:delete(bucket)
    return change(client, { method = "DELETE", bucket = bucket })
  end

  function c.buckets:list()
    local response, what = send(client, { method = "GET" })
    if response.status ~= 200 then raise_status(what, response) end
    return elements(response.body, "Bucket", function(xml)
      return { name = element(xml, "Name"), creation_date = element(xml, "CreationDate") }
    end)
  end

  function c.buckets:exists(bucket)
    local query = { { "list-type", 2 }, { "max-keys", 0 } }
    return send(client, { method = "GET", bucket = bucket, query = query }).status == 200
  end
end

local function objects_api(c, client)
  c.objects = {}

  function c.objects:put(bucket, key, body, opts)
    check_name("key", key)
    if type(body) ~= "string" then
      base.raise("s3: the body of an object must be a string, got " .. type(body) .. "; json.encode makes one of a table")
    end
    local content_type = (opts or {}).content_type
    local headers = content_type and { ["content-type"] = content_type }
    return change(client, { method = "PUT", bucket = bucket, key = key, body = body, headers = headers })
  end

  function c.objects:get(bucket, key)
    check_name("key", key)
    local response, what = send(client, { method = "GET", bucket = bucket, key = key })
    if response.status == 404 then return nil end
    if response.status ~= 200 then raise_status(what, response) end
    return response.body
  end

  function c.objects:delete(bucket, key)
    check_name("key", key)
    return change(client, { method = "DELETE", bucket = bucket, key = key })
  end

  function c.objects:list(bucket, opts)
    opts = opts or {}
    local response, what = send(client, {
      method = "GET",
      bucket = bucket,
      query = {
        { "list-type", 2 },
        { "prefix", opts.prefix },
        { "max-keys", opts.max_keys },
        { "continuation-token", opts.continuation_token },
      },
    })
    if response.status ~= 200 then raise_status(what, response) end
    local xml = response.body
    return {
      objects = elements(xml, "Contents", function(object)
        return {
          key = element(object, "Key"),
          size = tonumber(element(object, "Size")),
          last_modified = element(object, "LastModified"),
        }
      end),
      is_truncated = element(xml, "IsTruncated") == "true",
      next_continuation_token = element(xml, "NextContinuationToken"),
      key_count = tonumber(element(xml, "KeyCount")),
    }
  end

  -- Documented as a GET; the answer to a HEAD could not tell in its body what is wrong
  function c.objects:head(bucket, key)
    check_name("key", key)
    local response, what = send(client, { method = "GET", bucket = bucket, key = key })
    if response.status == 404 then return nil end
    if response.status ~= 200 then raise_status(what, response) end
    return { status = response.status, headers = response.headers }
  end

  function c.objects:copy(src_bucket, src_key, dst_bucket, dst_key)
    check_name("key", src_key)
    check_name("key", dst_key)
    local source = resource(src_bucket, src_key)
    local response, what = send(client, {
      what = "COPY " .. source .. " -> " .. resource(dst_bucket, dst_key),
      method = "PUT",
      bucket = dst_bucket,
      key = dst_key,
      headers = { ["x-amz-copy-source"] = sigv4.encode_path(source) },
    })
    -- A copy that fails midway has been answered 200 already
    if response.status ~= 200 or response.body:find("<Error>", 1, true) then raise_status(what, response) end
    return true
  end
end

function M.client(opts)
  opts = opts or {}
  for _, name in ipairs(REQUIRED) do
    if not opts[name] then base.raise("s3.client: " .. name .. " is required") end
  end
  local client = {
    endpoint = parse_endpoint(opts.endpoint),
    path_style = opts.path_style ~= false,
    credentials = {
      region = opts.region,
      service = "s3",
      access_key = opts.access_key,
      secret_key = opts.secret_key,
      session_token = opts.session_token,
    },
  }
  local c = { endpoint = base.trim_url(opts.endpoint), region = opts.region }
  buckets_api(c, client)
  objects_api(c, client)
  return base.with_old_names(c, OLD_NAMES)
end

return M
