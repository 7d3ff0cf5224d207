-- base64: any bytes in, the same bytes out, nothing but the exact form accepted

test("encode and decode follow the vectors of RFC 4648", function()
  local vectors = { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=", foobar = "Zm9vYmFy" }
  for plain, encoded in pairs(vectors) do
    assert(base64.encode(plain) == encoded, plain)
    assert(base64.decode(encoded) == plain, encoded)
  end
end)

test("every byte survives", function()
  local bytes = {}
  for i = 0, 255 do bytes[i + 1] = string.char(i) end
  local all = table.concat(bytes)
  for length = 253, 256 do
    local part = all:sub(1, length)
    assert(base64.decode(base64.encode(part)) == part)
    assert(base64.decode(base64.encode(part, { url = true }), { url = true }) == part)
  end
end)

test("url gives the URL-safe alphabet without padding", function()
  assert(base64.encode("\251\255\254\255") == "+//+/w==")
  assert(base64.encode("\251\255\254\255", { url = true }) == "-__-_w")
  assert(base64.decode("-__-_w", { url = true }) == "\251\255\254\255")
  raises("base64.decode: invalid character '=' at offset 6", base64.decode, "-__-_w==", { url = true })
  raises("base64.decode: invalid character '+' at offset 0", base64.decode, "+A", { url = true })
end)

test("decode says what is wrong, and where", function()
  local cases = {
    { "A", "incomplete last group at offset 0" },
    { "Zm8", "missing or incomplete padding at offset 3" },
    { "Zg=", "missing or incomplete padding at offset 3" },
    { "Zm8==", "missing or incomplete padding at offset 5" },
    { "Zm9v====", "invalid character '=' at offset 4" },
    { "Zg==Zg==", "invalid character '=' at offset 2" },
    { "Zm9=", "invalid last character '9', its unused bits are not zero at offset 2" },
    { "Zh==", "invalid last character 'h', its unused bits are not zero at offset 1" },
    { "Zm 9v", "invalid character 0x20 at offset 2" },
    { "Zm9v\n", "invalid character 0x0a at offset 4" },
    { "Zg==\n", "invalid character 0x0a at offset 4" },
    { "__4=", "invalid character '_' at offset 0" },
    { "Zé==", "invalid character 0xc3 at offset 1" },
  }
  for _, case in ipairs(cases) do raises("base64.decode: " .. case[2], base64.decode, case[1]) end
end)

test("a number behind the text, as gsub gives it, is ignored", function()
  assert(base64.decode(("-_8="):gsub("-", "+"):gsub("_", "/")) == "\251\255")
end)

test("arguments are checked", function()
  raises("bad argument #1: error converting Lua nil to String", base64.encode)
  raises("bad argument #1: error converting Lua boolean to String", base64.decode, true)
  raises("option 'url' must be a boolean", base64.encode, "x", { url = "yes" })
end)
