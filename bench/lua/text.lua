-- Strings built in the ways that scripts do: tables of words, CSV, hexadecimal, wrapped paragraphs, diffs.
local VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvw"

local function generator(seed)
  return function(n)
    seed = (seed * 75 + 74) % 65537
    return seed % n + 1
  end
end

local function word(random)
  local s = ""
  for _ = 1, random(4) do
    local c, v = random(#CONSONANTS), random(#VOWELS)
    s = s .. CONSONANTS:sub(c, c) .. VOWELS:sub(v, v)
  end
  return s
end

local function paragraph(random, count)
  local words = {}
  for i = 1, count do
    local w = word(random)
    if i % 12 == 1 then w = w:sub(1, 1):upper() .. w:sub(2) end
    if i % 12 == 0 then w = w .. "." end
    words[i] = w
  end
  return table.concat(words, " ")
end

local function wrap(text, width)
  local lines, line = {}, ""
  for w in text:gmatch("%S+") do
    if #line + #w + 1 > width then
      lines[#lines + 1] = line
      line = w
    else
      line = line == "" and w or line .. " " .. w
    end
  end
  if line ~= "" then lines[#lines + 1] = line end
  return lines
end

local function csv(rows)
  local out = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, cell in ipairs(row) do
      cell = tostring(cell)
      if cell:find('[,"\n]') then cell = '"' .. cell:gsub('"', '""') .. '"' end
      cells[j] = cell
    end
    out[i] = table.concat(cells, ",")
  end
  return table.concat(out, "\r\n")
end

local function parse_csv(text)
  local rows, row, at = {}, {}, 1
  while at <= #text + 1 do
    local cell
    if text:byte(at) == 34 then
      local parts = {}
      at = at + 1
      while true do
        local stop = text:find('"', at, true)
        parts[#parts + 1] = text:sub(at, stop - 1)
        at = stop + 1
        if text:byte(at) ~= 34 then break end
        parts[#parts + 1] = '"'
        at = at + 1
      end
      cell = table.concat(parts)
    else
      local stop = text:find("[,\r]", at) or #text + 1
      cell = text:sub(at, stop - 1)
      at = stop
    end
    row[#row + 1] = cell
    local c = text:byte(at)
    if c == 44 then
      at = at + 1
    else
      rows[#rows + 1] = row
      row = {}
      at = at + 2
    end
  end
  return rows
end

local function hexdump(data)
  local out = {}
  for offset = 1, #data, 16 do
    local chunk = data:sub(offset, offset + 15)
    local hex = chunk:gsub(".", function(c) return ("%02x "):format(c:byte()) end)
    local shown = chunk:gsub("[^%g ]", ".")
    out[#out + 1] = ("%08x  %-48s |%s|"):format(offset - 1, hex, shown)
  end
  return table.concat(out, "\n")
end

local function common(a, b)
  local row = {}
  for j = 0, #b do row[j] = 0 end
  for i = 1, #a do
    local diagonal = 0
    for j = 1, #b do
      local above = row[j]
      if a[i] == b[j] then row[j] = diagonal + 1
      elseif row[j - 1] > above then row[j] = row[j - 1] end
      diagonal = above
    end
  end
  return row[#b]
end

local function checksum(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end

return function(scale)
  local random = generator(7)
  local text = paragraph(random, 60 * scale)
  local lines = wrap(text, 72)
  local rows = {}
  for i, line in ipairs(lines) do rows[i] = { i, line, '"' .. word(random) .. '"', i / 4 } end
  local back = parse_csv(csv(rows))
  local reversed = {}
  for i, w in ipairs(lines) do reversed[#lines - i + 1] = w end
  local dump = hexdump(text)
  local counts = {}
  for w in text:lower():gmatch("%a+") do counts[w] = (counts[w] or 0) + 1 end
  local distinct = 0
  for _ in pairs(counts) do distinct = distinct + 1 end
  return string.format("%d %d %s %d %d %d %x", #text, #back, back[#back][3], distinct, common(lines, reversed), #dump, checksum(dump))
end
