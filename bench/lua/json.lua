-- JSON encoded and decoded in Lua.
local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return escapes[c] or string.format("\\u%04x", c:byte())
  end) .. '"'
end

local encode

local function encode_array(t, out)
  out[#out + 1] = "["
  for i, v in ipairs(t) do
    if i > 1 then out[#out + 1] = "," end
    encode(v, out)
  end
  out[#out + 1] = "]"
end

local function encode_object(t, out)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, k in ipairs(keys) do
    if i > 1 then out[#out + 1] = "," end
    out[#out + 1] = quote(k)
    out[#out + 1] = ":"
    encode(t[k], out)
  end
  out[#out + 1] = "}"
end

function encode(v, out)
  local kind = type(v)
  if kind == "table" then
    if #v > 0 or next(v) == nil then encode_array(v, out) else encode_object(v, out) end
  elseif kind == "string" then
    out[#out + 1] = quote(v)
  elseif kind == "number" then
    out[#out + 1] = math.type(v) == "integer" and tostring(v) or string.format("%.14g", v)
  elseif kind == "boolean" then
    out[#out + 1] = tostring(v)
  else
    out[#out + 1] = "null"
  end
end

local decode_value

local function skip(s, at)
  return s:find("[^ \t\r\n]", at) or #s + 1
end

local function fail(s, at, what)
  local line = 1
  for _ in s:sub(1, at):gmatch("\n") do line = line + 1 end
  error(string.format("line %d: %s", line, what))
end

local unescapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function decode_string(s, at)
  local parts, from = {}, at + 1
  while true do
    local stop = s:find('["\\]', from)
    if not stop then fail(s, at, "unfinished string") end
    parts[#parts + 1] = s:sub(from, stop - 1)
    if s:byte(stop) == 34 then return table.concat(parts), stop + 1 end
    local c = s:sub(stop + 1, stop + 1)
    if c == "u" then
      parts[#parts + 1] = utf8.char(tonumber(s:sub(stop + 2, stop + 5), 16))
      from = stop + 6
    else
      parts[#parts + 1] = unescapes[c] or c
      from = stop + 2
    end
  end
end

local function decode_array(s, at)
  local t, n = {}, 0
  at = skip(s, at + 1)
  if s:sub(at, at) == "]" then return t, at + 1 end
  while true do
    n = n + 1
    t[n], at = decode_value(s, at)
    at = skip(s, at)
    local c = s:sub(at, at)
    if c == "]" then return t, at + 1 end
    if c ~= "," then fail(s, at, "',' or ']' expected") end
    at = skip(s, at + 1)
  end
end

local function decode_object(s, at)
  local t = {}
  at = skip(s, at + 1)
  if s:sub(at, at) == "}" then return t, at + 1 end
  while true do
    if s:sub(at, at) ~= '"' then fail(s, at, "a key expected") end
    local key
    key, at = decode_string(s, at)
    at = skip(s, at)
    if s:sub(at, at) ~= ":" then fail(s, at, "':' expected") end
    t[key], at = decode_value(s, skip(s, at + 1))
    at = skip(s, at)
    local c = s:sub(at, at)
    if c == "}" then return t, at + 1 end
    if c ~= "," then fail(s, at, "',' or '}' expected") end
    at = skip(s, at + 1)
  end
end

local words = { t = { "true", true }, f = { "false", false }, n = { "null", nil } }

function decode_value(s, at)
  local c = s:sub(at, at)
  if c == "{" then return decode_object(s, at) end
  if c == "[" then return decode_array(s, at) end
  if c == '"' then return decode_string(s, at) end
  local word = words[c]
  if word then
    if s:sub(at, at + #word[1] - 1) ~= word[1] then fail(s, at, "a value expected") end
    return word[2], at + #word[1]
  end
  local digits = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not digits then fail(s, at, "a value expected") end
  return tonumber(digits), at + #digits
end

local function pods(count)
  local items = {}
  for i = 1, count do
    items[i] = {
      kind = "Pod",
      metadata = { name = "web-" .. i, namespace = "team-" .. i % 17, labels = { app = "web", tier = "a\"b\n" } },
      spec = { nodeName = "node-" .. i % 9, cpu = i / 8, ports = { 8080, 8443 } },
      status = { phase = i % 50 == 0 and "Pending" or "Running", ready = i % 50 ~= 0 },
    }
  end
  return { kind = "List", items = items }
end

return function(scale)
  local out = {}
  encode(pods(40 * scale), out)
  local text = table.concat(out)
  local list = decode_value(text, 1)
  local ready, cpu = 0, 0
  for _, item in ipairs(list.items) do
    if item.status.ready then ready = ready + 1 end
    cpu = cpu + item.spec.cpu
  end
  return #text .. ":" .. ready .. ":" .. cpu .. ":" .. list.items[3].metadata.labels.tier
end
