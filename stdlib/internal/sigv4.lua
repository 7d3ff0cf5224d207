--- @module assay.internal.sigv4
--- @description AWS Signature Version 4 of HTTP requests, in the Authorization header
--
-- https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html

local base = require("assay.internal.client")

local M = {}

local ALGORITHM = "AWS4-HMAC-SHA256"

--- A time as the protocol writes it: 20130524T000000Z
-- @param seconds  since 1970, UTC; now by default
function M.timestamp(seconds)
  return os.date("!%Y%m%dT%H%M%SZ", seconds)
end

--- A name with slashes, such as an object's key, as it stands in a path: all but A-Z a-z 0-9 - . _ ~ / encoded.
function M.encode_path(name)
  return (base.encode(name):gsub("%%2F", "/"))
end

-- Sorted by the encoded names, then values; a name without a value has an "=" too
local function canonical_query(query)
  local encoded = {}
  for _, pair in ipairs(query or {}) do
    if pair[2] ~= nil then encoded[#encoded + 1] = { base.encode(pair[1]), base.encode(pair[2]) } end
  end
  table.sort(encoded, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  local parts = {}
  for i, pair in ipairs(encoded) do parts[i] = pair[1] .. "=" .. pair[2] end
  return table.concat(parts, "&")
end

-- Lines of "name:value" in the order of the names, and the names alone
local function canonical_headers(headers)
  local values, names = {}, {}
  for written, value in pairs(headers) do
    local name = written:lower()
    names[#names + 1] = name
    values[name] = tostring(value):gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", " ")
  end
  table.sort(names)
  local lines = {}
  for i, name in ipairs(names) do lines[i] = name .. ":" .. values[name] .. "\n" end
  return table.concat(lines), table.concat(names, ";")
end

--- The key of a day, a region and a service, as bytes.
function M.signing_key(secret_key, date, region, service)
  local key = "AWS4" .. secret_key
  for _, part in ipairs({ date, region, service, "aws4_request" }) do
    key = crypto.hmac(key, part, "sha256", true)
  end
  return key
end

--- The value of a request's Authorization header.
-- @param request
--   method, path: the path encoded as it is sent
--   query: pairs of a name and a value, in any order; optional
--   headers: those to be signed, with Host and x-amz-date, the latter as `M.timestamp` writes it
--   payload_hash: the SHA-256 of the body in hexadecimal
-- @param credentials  access_key, secret_key, region, service
function M.authorization(request, credentials)
  local timestamp = request.headers["x-amz-date"]
  local date = timestamp:sub(1, 8)
  local headers, signed = canonical_headers(request.headers)
  local canonical = table.concat({
    request.method,
    request.path,
    canonical_query(request.query),
    headers,
    signed,
    request.payload_hash,
  }, "\n")
  local scope = table.concat({ date, credentials.region, credentials.service, "aws4_request" }, "/")
  local to_sign = table.concat({ ALGORITHM, timestamp, scope, crypto.hash(canonical, "sha256") }, "\n")
  local key = M.signing_key(credentials.secret_key, date, credentials.region, credentials.service)
  return ALGORITHM .. " Credential=" .. credentials.access_key .. "/" .. scope
    .. ",SignedHeaders=" .. signed
    .. ",Signature=" .. crypto.hmac(key, to_sign, "sha256")
end

return M
