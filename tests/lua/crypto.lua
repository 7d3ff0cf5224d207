-- Hashes, codes, tokens and random values. Keys of other kinds than secrets: tests/jwt_test.ts

local verify, sign, decode = crypto.jwt_verify, crypto.jwt_sign, crypto.jwt_decode

test("hashes of the empty string and of abc", function()
  for alg, digests in pairs({
    md5 = { "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72" },
    sha224 = {
      "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
      "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    },
    sha256 = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    },
    sha384 = {
      "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    },
    sha512 = {
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        .. "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        .. "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    },
    ["sha3-224"] = {
      "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
      "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
    },
    ["sha3-256"] = {
      "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
      "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    },
    ["sha3-384"] = {
      "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004",
      "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
    },
    ["sha3-512"] = {
      "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
        .. "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
      "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        .. "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
    },
  }) do
    assert(crypto.hash("", alg) == digests[1], alg)
    assert(crypto.hash("abc", alg:upper()) == digests[2], alg)
  end
end)

test("the hash is sha256 unless told otherwise, and of bytes", function()
  assert(crypto.hash("abc") == crypto.hash("abc", "sha256"))
  assert(crypto.hash("\255\0\128") == "ef192b7af54e943f206ab27075ec1805384c972c9959fc5820f1fa7d5268fcef")
  raises("crypto.hash: unsupported algorithm: crc32 (supported: sha224, sha256", crypto.hash, "x", "crc32")
  raises("bad argument #1: error converting Lua nil to String", crypto.hash)
end)

test("long strings are hashed whole", function()
  assert(crypto.hash(string.rep("a", 1000000)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  local name = os.tmpname()
  for _, length in ipairs({ 65535, 65536, 65537, 131072, 200001 }) do
    local data = string.rep("\0é\255x", length // 5 + 1):sub(1, length)
    fs.write(name, data)
    assert(crypto.hash(data, "sha3-256") == crypto.hash_file(name, "sha3-256"), length)
  end
  os.remove(name)
end)

test("hash_file reads a file in pieces", function()
  local name = os.tmpname()
  fs.write(name, string.rep("a", 1000000))
  assert(crypto.hash_file(name) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  assert(crypto.hash_file(name, "md5") == "7707d6ae4e027c70eea2a935c2296f21")
  raises("crypto.hash_file: unsupported algorithm: x", crypto.hash_file, name, "x")
  os.remove(name)
  raises('crypto.hash_file: failed to read "' .. name .. '": No such file', crypto.hash_file, name)
end)

local function repeated(byte, count)
  return string.rep(string.char(byte), count)
end

test("HMAC by the vectors of RFC 4231", function()
  local hi = crypto.hmac(repeated(0x0b, 20), "Hi There")
  assert(hi == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
  assert(crypto.hmac(repeated(0x0b, 20), "Hi There", "sha224")
    == "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22")
  assert(crypto.hmac("Jefe", "what do ya want for nothing?", "sha256")
    == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  assert(crypto.hmac("Jefe", "what do ya want for nothing?", "SHA384")
    == "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649")
  assert(crypto.hmac("Jefe", "what do ya want for nothing?", "sha512")
    == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      .. "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")
  assert(crypto.hmac(repeated(0xaa, 20), repeated(0xdd, 50))
    == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
  assert(crypto.hmac(repeated(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First")
    == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
end)

test("HMAC with MD5 by RFC 2202, with SHA-3 by the same case", function()
  for alg, expected in pairs({
    md5 = "750c783e6ab0b503eaa86e310a5db738",
    ["sha3-224"] = "7fdb8dd88bd2f60d1b798634ad386811c2cfc85bfaf5d52bbace5e66",
    ["sha3-256"] = "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5",
    ["sha3-384"] = "f1101f8cbf9766fd6764d2ed61903f21ca9b18f57cf3e1a23ca13508a93243ce48c045dc007f26a21b3f5e0e9df4c20a",
    ["sha3-512"] = "5a4bfeab6166427c7a3647b747292b8384537cdb89afb3bf5665e4c5e709350b"
      .. "287baec921fd7ca0ee7a0c31d022a95e1fc92ba9d77df883960275beb4e62024",
  }) do
    assert(crypto.hmac("Jefe", "what do ya want for nothing?", alg) == expected, alg)
  end
end)

test("a raw HMAC is bytes, which a chain of them needs", function()
  local raw = crypto.hmac("Jefe", "what do ya want for nothing?", "sha256", true)
  assert(#raw == 32)
  local hex = raw:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)
  assert(hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  raises("crypto.hmac: unsupported algorithm: sha1", crypto.hmac, "k", "d", "sha1")
  raises("bad argument #4", crypto.hmac, "k", "d", "sha256", "yes")
end)

test("random gives two hexadecimal digits a byte", function()
  assert(#crypto.random() == 64 and crypto.random(5):match("^%x+$") and #crypto.random(5) == 10)
  assert(crypto.random() ~= crypto.random())
  assert(#crypto.random(100000) == 200000)
  raises("crypto.random: the number of bytes must be between 1 and", crypto.random, 0)
  raises("current value is -1", crypto.random, -1)
  raises("bad argument #1", crypto.random, 1.5)
  raises("bad argument #1", crypto.random, "x")
  raises("must be between 1 and", crypto.random, 2 ^ 40)
end)

test("UUIDs of version 4 and 7", function()
  local v4 = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
  assert(crypto.uuid():match(v4) and crypto.uuid("v4"):match(v4))
  assert(crypto.uuid() ~= crypto.uuid())
  local last = ""
  for _ = 1, 5000 do
    local id = crypto.uuid("v7")
    assert(id:match((v4:gsub("%-4", "-7", 1))), id)
    assert(id > last, "not ascending")
    last = id
  end
  raises('crypto.uuid: version must be "v4" or "v7": current value is "v1"', crypto.uuid, "v1")
end)

test("equal compares bytes", function()
  assert(crypto.equal("", "") and crypto.equal("a\0\255", "a\0\255"))
  assert(not crypto.equal("a", "b") and not crypto.equal("a", "aa"))
  raises("bad argument #2", crypto.equal, "a")
end)

local JOE = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
local OLD = { validate_exp = false }

local HS = {
  token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." .. JOE .. ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  jwk = { kty = "oct", k = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" },
}
local RS = {
  token = "eyJhbGciOiJSUzI1NiJ9." .. JOE .. ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4B"
    .. "h-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBM"
    .. "Hlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6Lb"
    .. "gGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
  jwk = {
    kty = "RSA",
    e = "AQAB",
    n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ"
      .. "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa"
      .. "2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PA"
      .. "cDTW9gb54h4FRWyuXpoQ",
  },
}
local ES = {
  token = "eyJhbGciOiJFUzI1NiJ9." .. JOE
    .. ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  jwk = {
    kty = "EC",
    crv = "P-256",
    x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  },
}
-- These two sign what is no JSON: reaching the payload shows that the signature is right
local ES512 = {
  token = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KG"
    .. "DKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
  jwk = {
    kty = "EC",
    crv = "P-521",
    x = "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
    y = "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
  },
}
local ED = {
  token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhij"
    .. "cNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
  jwk = { kty = "OKP", crv = "Ed25519", x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
}

--- The token with the first character of its signature changed
local function forged(token)
  return (token:gsub("%.(.)([^.]*)$", function(first, rest)
    return "." .. (first == "A" and "B" or "A") .. rest
  end))
end

test("the tokens of RFC 7515, A.1 to A.3, are verified", function()
  for name, vector in pairs({ HS = HS, RS = RS, ES = ES }) do
    local result = verify(vector.token, vector.jwk, OLD)
    assert(result.claims.iss == "joe" and result.claims.exp == 1300819380, name)
    assert(result.claims["http://example.com/is_root"] == true)
    assert(result.header.alg:sub(1, 2) == name)
    raises("crypto.jwt_verify: token has expired", verify, vector.token, vector.jwk)
    raises("crypto.jwt_verify: invalid signature", verify, forged(vector.token), vector.jwk, OLD)
  end
end)

test("the signatures of RFC 7515, A.4, and RFC 8037, A.4, are verified", function()
  for _, vector in ipairs({ ES512, ED }) do
    raises("crypto.jwt_verify: payload: invalid JSON", verify, vector.token, vector.jwk)
    raises("crypto.jwt_verify: invalid signature", verify, forged(vector.token), vector.jwk)
  end
end)

test("keys are taken as a table or as JSON, alone or in a set", function()
  local set = { keys = { RS.jwk, HS.jwk, ED.jwk, { kty = "EC", crv = "unknown", x = "AA", y = "AA" }, ES.jwk } }
  for _, key in ipairs({ ES.jwk, json.encode(ES.jwk), set, json.encode(set) }) do
    assert(verify(ES.token, key, OLD).claims.iss == "joe")
  end
  raises("the JWKS holds no key for ES256", verify, ES.token, { keys = { RS.jwk } }, OLD)
  raises("must be a JWK or a JWKS", verify, ES.token, { keys = {} }, OLD)
  raises("must be a JWK or a JWKS", verify, ES.token, {}, OLD)
  raises("it begins like a JWKS and is not JSON", verify, ES.token, "{", OLD)
  raises("holds only malformed keys", verify, ES.token, { kty = "EC", crv = "P-256", x = "AA", y = "AA" }, OLD)
  raises("bad argument #2", verify, ES.token, nil)
end)

local function with(jwk, fields)
  local copy = {}
  for key, value in pairs(jwk) do copy[key] = value end
  for key, value in pairs(fields) do copy[key] = value end
  return copy
end

test("a set's key is chosen by kid, use and alg", function()
  local token = sign({ a = 1 }, "first", "HS256", { kid = "1" })
  local first = { kty = "oct", k = "Zmlyc3Q", kid = "1" }
  local second = { kty = "oct", k = "c2Vjb25k", kid = "2" }
  assert(verify(token, { keys = { second, first } }).claims.a == 1)
  raises('the JWKS holds no key with kid "1" for HS256', verify, token, { keys = { second } })
  raises("invalid signature", verify, token, { keys = { with(second, { kid = "1" }) } })
  raises("holds no key", verify, token, { keys = { with(first, { use = "enc" }) } })
  raises("holds no key", verify, token, { keys = { with(first, { alg = "HS512" }) } })
  assert(verify(token, { keys = { with(first, { use = "sig", alg = "HS256" }) } }))
end)

test("HS tokens are signed with a secret and verified", function()
  for _, alg in ipairs({ "HS256", "HS384", "HS512" }) do
    local token = sign({ sub = "ä", n = 1, list = { 1, 2 } }, "secret \255", alg, { kid = "k" })
    local decoded = decode(token)
    assert(decoded.header.typ == "JWT" and decoded.header.alg == alg and decoded.header.kid == "k")
    assert(decoded.claims.sub == "ä" and decoded.claims.list[2] == 2)
    assert(verify(token, "secret \255").claims.n == 1)
    raises("invalid signature", verify, token, "another")
  end
end)

test("a signed token has the bytes that the documents promise", function()
  local token = sign({ b = 2, a = "x" }, "k", "HS256")
  assert(token:match("^eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9%.eyJhIjoieCIsImIiOjJ9%.[%w_-]+$"), token)
end)

test("jwt_sign says what is wrong", function()
  raises("crypto.jwt_sign: first argument must be a claims table", sign, "x", "k")
  raises("crypto.jwt_sign: first argument must be a claims table", sign, { 1, 2 }, "k", "HS256")
  raises("crypto.jwt_sign: second argument must be a PEM key string", sign, {}, nil)
  raises("crypto.jwt_sign: unsupported algorithm: none (supported: HS256", sign, {}, "k", "none")
  raises("crypto.jwt_sign: unsupported algorithm: XX1", sign, {}, "k", "XX1")
  raises("crypto.jwt_sign: invalid PEM key: RS256 needs a private key in PEM form", sign, {}, "k")
  raises("crypto.jwt_sign: invalid PEM key", sign, {}, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
  raises("crypto.jwt_sign: encoding failed: unsupported Lua type for JSON: function", sign, { f = print }, "k", "HS256")
  raises("crypto.jwt_sign: unsuitable key: the secret is empty", sign, {}, "", "HS256")
end)

test("jwt_decode says what is wrong and verifies nothing", function()
  assert(decode(forged(HS.token)).claims.iss == "joe")
  raises("crypto.jwt_decode: token must have three segments separated by dots: it has 2", decode, "a.b")
  raises("crypto.jwt_decode: header: invalid base64url", decode, "a!.e30.x")
  raises("crypto.jwt_decode: header: invalid base64url", decode, "e30=.e30.AA")
  raises("crypto.jwt_decode: header: invalid JSON", decode, "YWJj.e30.AA")
  raises("crypto.jwt_decode: header: invalid JSON: an object is expected", decode, "W10.e30.AA")
  raises("crypto.jwt_decode: payload: invalid base64url", decode, "e30.=.AA")
  raises("crypto.jwt_decode: payload: invalid JSON", decode, "e30.YWJj.AA")
  raises("crypto.jwt_decode: token is longer than 1024 KiB", decode, string.rep("a", 1024 * 1024 + 1))
end)

test("alg none and unknown algorithms are refused", function()
  for _, header in ipairs({ '{"alg":"none"}', '{"alg":"None"}', '{"alg":"hs256"}', '{"typ":"JWT"}', '{"alg":1}' }) do
    local token = base64.encode(header):gsub("=", "") .. ".e30."
    raises("crypto.jwt_verify: unsupported algorithm", verify, token, "secret")
  end
end)

test("an algorithm that does not fit the key, or is not accepted, is refused", function()
  local token = sign({}, "secret", "HS256")
  raises("the JWKS holds no key for HS256", verify, token, RS.jwk)
  raises("RS256 needs a PEM key or a JWK, not a secret", verify, RS.token, "secret", OLD)
  assert(verify(token, "secret", { algorithm = "HS256" }))
  assert(verify(token, "secret", { algorithms = { "HS512", "HS256" } }))
  raises("algorithm HS256 is not among those accepted: HS512", verify, token, "secret", { algorithm = "HS512" })
  raises("is not among those accepted", verify, token, "secret", { algorithms = {} })
end)

test("critical extensions are refused", function()
  local header = base64.encode('{"alg":"HS256","crit":["b64"],"b64":false}'):gsub("=", ""):gsub("+", "-"):gsub("/", "_")
  local signed = header .. ".e30"
  local mac = base64.encode(crypto.hmac("k", signed, "sha256", true)):gsub("=", ""):gsub("+", "-"):gsub("/", "_")
  raises("lists critical extensions", verify, signed .. "." .. mac, "k")
end)

test("times are checked, with leeway", function()
  local function check(claims, opts) return verify(sign(claims, "k", "HS256"), "k", opts) end
  local now = os.time()
  assert(check({ exp = now + 60, nbf = now - 60 }))
  raises("token has expired", check, { exp = now - 60 })
  assert(check({ exp = now - 60 }, { leeway = 120 }))
  assert(check({ exp = now - 60 }, { validate_exp = false }))
  raises("token is not valid yet", check, { nbf = now + 60 })
  assert(check({ nbf = now + 60 }, { leeway = 120 }))
  assert(check({ nbf = now + 60 }, { validate_nbf = false }))
  raises("invalid claim: exp must be a number", check, { exp = "never" })
  raises("leeway must be zero or more seconds", check, {}, { leeway = -1 })
end)

test("issuer, audience and required claims are checked", function()
  local token = sign({ iss = "me", aud = { "a", "b" } }, "k", "HS256")
  assert(verify(token, "k", { issuer = "me", audience = "b" }))
  assert(verify(token, "k", { issuer = { "you", "me" }, audience = { "x", "a" } }))
  raises("invalid issuer: expected you", verify, token, "k", { issuer = "you" })
  raises("invalid audience: expected c or d", verify, token, "k", { audience = { "c", "d" } })
  local plain = sign({}, "k", "HS256")
  raises("invalid issuer", verify, plain, "k", { issuer = "me" })
  raises("invalid audience", verify, plain, "k", { audience = "a" })
  raises("missing claim: exp", verify, plain, "k", { required_claims = { "exp" } })
  assert(verify(token, "k", { required_claims = { "iss", "aud" } }))
  raises("option 'audience' must be a string|[string]", verify, token, "k", { audience = true })
end)
