-- The HTTP client against the service of tests/support/web_service.ts

local url = env.get("URL")

local function seen(response)
  return json.parse(response.body)
end

test("every verb is sent, with what belongs to it", function()
  assert.eq(seen(http.get(url .. "/request")).method, "GET")
  for _, verb in ipairs({ "delete", "options" }) do
    local request = seen(http[verb](url .. "/request", { body = "x" }))
    assert.eq(request.method, verb:upper())
    assert.eq(request.body, "x")
  end
  for _, verb in ipairs({ "post", "put", "patch" }) do
    local request = seen(http[verb](url .. "/request", "x"))
    assert.eq(request.method, verb:upper())
    assert.eq(request.body, "x")
  end
  local head = http.head(url .. "/request")
  assert.eq(head.status, 200)
  assert.eq(head.body, "")
  assert.eq(seen(http.request("purge", url .. "/request")).method, "PURGE")
end)

test("bodies are bytes, both ways and in pieces", function()
  local bytes = {}
  for i = 0, 255 do bytes[i + 1] = string.char(i) end
  local all = table.concat(bytes)
  assert(http.post(url .. "/body", all).body == all)
  assert.eq(http.get(url .. "/chunked").body, "some text")
  assert.eq(http.get(url .. "/gzip", { headers = { ["Accept-Encoding"] = "gzip" } }).body, "some text")
  assert(http.get(url .. "/gzip").body:sub(1, 2) == "\31\139", "undone although nobody asked for gzip")
end)

test("a response knows all its header lines and where it came from", function()
  local response = http.get(url .. "/status/200?set-cookie=a%3D1&set-cookie=b%3D2&x-one=1")
  assert.eq(response.headers["set-cookie"], "b=2")
  assert.eq(#response.header_lists["set-cookie"], 2)
  assert.eq(response.header_lists["set-cookie"][1], "a=1")
  assert.eq(response.header_lists["x-one"][1], "1")
  local moved = http.get(url .. "/status/302?location=/request")
  assert.eq(moved.url, url .. "/request")
end)

test("an array of header values is a line for each", function()
  local request = seen(http.get(url .. "/request", { headers = { ["X-List"] = { "a", "b", 3 } } }))
  assert.eq(request.headers["x-list"], "a, b, 3")
end)

test("a length or an encoding that a script claims is left to the connection", function()
  local headers = { ["Content-Length"] = "99", ["Transfer-Encoding"] = "chunked" }
  assert.eq(seen(http.post(url .. "/request", "four", { headers = headers })).body, "four")
end)

test("form is sorted and encoded, arrays give their name several times", function()
  local request = seen(http.post(url .. "/request", nil, { form = { b = { 1, "x&y" }, a = "é +", c = true } }))
  assert.eq(request.headers["content-type"], "application/x-www-form-urlencoded")
  assert.eq(request.body, "a=%C3%A9+%2B&b=1&b=x%26y&c=true")
  local own = { form = { a = 1 }, headers = { ["content-type"] = "x/y" } }
  assert.eq(seen(http.put(url .. "/request", nil, own)).headers["content-type"], "x/y")
end)

test("multipart has a part for each field, files with their names and types", function()
  local request = seen(http.post(url .. "/request", nil, {
    multipart = {
      note = "plain",
      count = 3,
      upload = { filename = 'a "b".txt', content_type = "text/plain", content = "line\r\nline" },
      raw = { filename = "c", content = "" },
    },
  }))
  local boundary = request.headers["content-type"]:match("^multipart/form%-data; boundary=(.+)$")
  assert.eq(
    request.body,
    table.concat({
      "--B", 'Content-Disposition: form-data; name="count"', "", "3",
      "--B", 'Content-Disposition: form-data; name="note"', "", "plain",
      "--B", 'Content-Disposition: form-data; name="raw"; filename="c"', "Content-Type: application/octet-stream", "", "",
      "--B", 'Content-Disposition: form-data; name="upload"; filename="a %22b%22.txt"', "Content-Type: text/plain", "",
      "line", "line", "--B--", "",
    }, "\r\n"):gsub("%-%-B", function() return "--" .. boundary end)
  )
end)

test("an array of parts keeps its order and may repeat names", function()
  local request = seen(http.post(url .. "/request", nil, {
    multipart = { { name = "f", content = "2" }, { name = "f", content = "1" } },
  }))
  local first, second = request.body:match('name="f"\r\n\r\n(%d)\r\n.-name="f"\r\n\r\n(%d)')
  assert.eq(first .. second, "21")
end)

test("auth gives an Authorization header, unless there is one", function()
  local function sent(opts)
    return seen(http.get(url .. "/request", opts)).headers.authorization
  end
  assert.eq(sent({ auth = { basic = { "user", "pass:word" } } }), "Basic " .. base64.encode("user:pass:word"))
  assert.eq(sent({ auth = { basic = { user = "u", password = "p" } } }), "Basic " .. base64.encode("u:p"))
  assert.eq(sent({ auth = { bearer = "t0ken" } }), "Bearer t0ken")
  assert.eq(sent({ auth = { bearer = "t0ken" }, headers = { authorization = "own" } }), "own")
end)

test("a client has defaults that a call replaces", function()
  local client = http.client({ headers = { ["X-A"] = "1", ["X-B"] = "2" }, auth = { bearer = "t" } })
  local headers = seen(client:get(url .. "/request", { headers = { ["x-a"] = "other" } })).headers
  assert.eq(headers["x-a"], "other")
  assert.eq(headers["x-b"], "2")
  assert.eq(headers.authorization, "Bearer t")
  local basic = seen(client:get(url .. "/request", { auth = { basic = { "u", "p" } } })).headers.authorization
  assert.eq(basic, "Basic " .. base64.encode("u:p"))
  local dir = fs.tempdir()
  assert.eq(client:download(url .. "/chunked", dir .. "/file"), 9)
  assert.eq(fs.read(dir .. "/file"), "some text")
  fs.remove(dir)
end)

test("retry asks again until the answer is good, and gives the last one when it never is", function()
  assert.eq(http.get(url .. "/flaky/2/a", { retry = { times = 2, backoff = 0 } }).body, "3")
  local last = http.get(url .. "/flaky/9/b", { retry = { times = 2, backoff = 0 } })
  assert.eq(last.status, 503)
  assert.eq(last.body, "3")
  assert.eq(http.get(url .. "/flaky/1/c").body, "1", "asked again without being asked to")
  assert.eq(http.get(url .. "/flaky/1/d", { retry = { times = 3, backoff = 0, statuses = { 500 } } }).body, "1")
  assert.eq(http.client({ retry = { times = 1, backoff = 0 } }):put(url .. "/flaky/1/e").body, "2")
end)

test("what may happen twice is not retried unless that is said", function()
  assert.eq(http.post(url .. "/flaky/1/f", nil, { retry = { times = 1, backoff = 0 } }).body, "1")
  assert.eq(http.post(url .. "/flaky/1/g", nil, { retry = { times = 1, backoff = 0, unsafe = true } }).body, "2")
end)

test("events come one by one, until the callback has enough", function()
  local list = {}
  local result = http.get(url .. "/events", { on_event = function(event) list[#list + 1] = event end })
  assert.eq(result.status, 200)
  assert.eq(result.body, nil)
  assert.eq(#list, 3)
  assert.eq(list[2].event .. list[2].data, "e2")
  local count = 0
  http.get(url .. "/events", { on_event = function() count = count + 1 return "close" end })
  assert.eq(count, 1)
end)

test("a cancelled task leaves its request", function()
  local handle = async.spawn(function() http.get(url .. "/flaky/9/h", { retry = { times = 9, backoff = 5 } }) end)
  sleep(0)
  handle:cancel()
  raises("cancel", handle.await)
end)

test("options of another shape are told", function()
  local function fails(text, opts)
    raises("http.get: " .. text, http.get, url, opts)
  end
  fails("option 'auth' must be {basic =", { auth = {} })
  fails("option 'auth' must be {basic =", { auth = { basic = { "user" } } })
  fails("option 'auth' must be {basic =", { auth = { basic = { "u", "p" }, bearer = "t" } })
  fails("a user name of auth.basic cannot have a colon", { auth = { basic = { "a:b", "p" } } })
  fails("auth.bearer must be a token", { auth = { bearer = "t\n" } })
  fails("a request has one body, this one has json and form", { json = {}, form = {} })
  fails("form.a must be a string, a number or a boolean, got function", { form = { a = print } })
  fails("query.a must be a string, a number or a boolean, got function", { query = { a = { print } } })
  fails("multipart[1] must be a table with a name", { multipart = { "x" } })
  fails("multipart.a.content must be a string", { multipart = { a = {} } })
  fails("multipart.a.content_type must not contain line breaks", { multipart = { a = { content = "", content_type = "a\nb" } } })
  fails("retry.times must be 0 to 100: current value is -1", { retry = -1 })
  fails("retry.backoff must be zero or more, in seconds: current value is -1", { retry = { backoff = -1 } })
  fails("retry.statuses must be an array of numbers", { retry = { statuses = { "x" } } })
  fails("option 'retry' must be", { retry = "often" })
  fails("option 'body' must be a string, table, or nil, got function", { body = print })
  fails('invalid header name "a b"', { headers = { ["a b"] = "c" } })
  fails('invalid value of header "a"', { headers = { a = "c\r\nd: e" } })
end)

test("options of a client are told before it is used", function()
  local function fails(text, opts)
    raises("http.client: " .. text, http.client, opts)
  end
  fails("give either proxy or unix_socket, not both", { proxy = "http://p", unix_socket = "/s" })
  fails("proxy must be a URL such as http://proxy:3128", { proxy = "ftp://p" })
  fails("unix_socket must be a path", { unix_socket = "" })
  fails("a client certificate needs its key", { key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----" })
  fails("invalid PEM in cert: no BEGIN CERTIFICATE", { cert = "x", key = "y" })
  fails('failed to read client cert file "/no/file": No such file', { cert_file = "/no/file" })
  fails("timeout must be above zero", { timeout = 0 })
  local secret = raises("proxy must be a URL", http.client, { proxy = "ftp://user:SECRET@p" })
  assert(not tostring(secret):find("SECRET"), secret)
end)
