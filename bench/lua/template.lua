-- A template engine: text with {{ expressions }} and {% blocks %}, parsed into a tree and rendered.
local Parser = {}
Parser.__index = Parser

local function tokenize(source)
  local tokens, at = {}, 1
  while at <= #source do
    local start = source:find("{[{%%]", at)
    if not start then
      tokens[#tokens + 1] = { kind = "text", text = source:sub(at) }
      break
    end
    if start > at then tokens[#tokens + 1] = { kind = "text", text = source:sub(at, start - 1) } end
    local open = source:sub(start, start + 1)
    local close = open == "{{" and "}}" or "%}"
    local stop = source:find(close, start, true)
    if not stop then error("unclosed " .. open) end
    local inner = source:sub(start + 2, stop - 1):match("^%s*(.-)%s*$")
    tokens[#tokens + 1] = { kind = open == "{{" and "expression" or "block", text = inner }
    at = stop + 2
  end
  return tokens
end

local function parse_expression(text)
  local parts = {}
  for part in (text .. "|"):gmatch("([^|]*)|") do parts[#parts + 1] = part:match("^%s*(.-)%s*$") end
  local path = {}
  for name in parts[1]:gmatch("[^.]+") do path[#path + 1] = tonumber(name) or name end
  local filters = {}
  for i = 2, #parts do
    local name, argument = parts[i]:match("^(%w+)%s*:?%s*(.*)$")
    filters[#filters + 1] = { name = name, argument = argument }
  end
  return { path = path, filters = filters }
end

function Parser.new(source)
  return setmetatable({ tokens = tokenize(source), at = 1 }, Parser)
end

function Parser:next()
  local token = self.tokens[self.at]
  self.at = self.at + 1
  return token
end

function Parser:parse(ends)
  local nodes = {}
  while true do
    local token = self:next()
    if not token then
      if ends then error("missing end") end
      return nodes
    end
    if token.kind == "text" then
      nodes[#nodes + 1] = token
    elseif token.kind == "expression" then
      nodes[#nodes + 1] = { kind = "expression", value = parse_expression(token.text) }
    else
      local word, rest = token.text:match("^(%w+)%s*(.*)$")
      if ends and ends[word] then return nodes, word end
      nodes[#nodes + 1] = self:parse_block(word, rest)
    end
  end
end

function Parser:parse_block(word, rest)
  if word == "for" then
    local name, path = rest:match("^(%w+)%s+in%s+(.+)$")
    local body = self:parse({ endfor = true })
    return { kind = "for", name = name, list = parse_expression(path), body = body }
  elseif word == "if" then
    local body, stop = self:parse({ ["else"] = true, endif = true })
    local otherwise = stop == "else" and self:parse({ endif = true }) or {}
    return { kind = "if", test = parse_expression(rest), body = body, otherwise = otherwise }
  end
  error("unknown block " .. word)
end

local filters = {
  upper = function(value) return tostring(value):upper() end,
  default = function(value, argument) if value == nil then return argument end return value end,
  fixed = function(value, argument) return string.format("%." .. argument .. "f", value) end,
  escape = function(value)
    return (tostring(value):gsub("[<>&]", { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" }))
  end,
}

local Scope = {}
Scope.__index = function(scope, key) return rawget(scope, "parent")[key] end

local function evaluate(expression, scope)
  local value = scope
  for _, key in ipairs(expression.path) do
    if value == nil then break end
    value = value[key]
  end
  for _, filter in ipairs(expression.filters) do value = filters[filter.name](value, filter.argument) end
  return value
end

local render

local kinds = {
  text = function(node, _, out) out[#out + 1] = node.text end,
  expression = function(node, scope, out) out[#out + 1] = tostring(evaluate(node.value, scope)) end,
  ["if"] = function(node, scope, out)
    local value = evaluate(node.test, scope)
    render(value and node.body or node.otherwise, scope, out)
  end,
  ["for"] = function(node, scope, out)
    for i, item in ipairs(evaluate(node.list, scope)) do
      local inner = setmetatable({ parent = scope, [node.name] = item, index = i }, Scope)
      render(node.body, inner, out)
    end
  end,
}

function render(nodes, scope, out)
  for _, node in ipairs(nodes) do kinds[node.kind](node, scope, out) end
end

local source = [[
<h1>{{ title | upper }}</h1>
{% for team in teams %}<h2>{{ index }}. {{ team.name | escape }}</h2>
<ul>
{% for member in team.members %}{% if member.active %}  <li>{{ member.name }} ({{ member.score | fixed: 2 }})</li>
{% else %}  <li class="gone">{{ member.name | escape }} {{ member.note | default: none }}</li>
{% endif %}{% endfor %}</ul>
{% endfor %}{{ title }}
]]

return function(scale)
  local teams = {}
  for t = 1, 10 do
    local members = {}
    for m = 1, 2 * scale do
      members[m] = { name = "user<" .. t .. "-" .. m .. ">", active = m % 3 ~= 0, score = m * 1.25 + t }
    end
    teams[t] = { name = "team & " .. t, members = members }
  end
  local length = 0
  for _ = 1, 3 do
    local nodes = Parser.new(source):parse()
    local out = {}
    render(nodes, { title = "report", teams = teams }, out)
    length = length + #table.concat(out)
  end
  return length
end
