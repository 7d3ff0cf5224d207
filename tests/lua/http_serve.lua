-- http.serve as a script sees it: the service and its clients are tasks of one script

local function serving(routes, body, opts)
  opts = opts or {}
  opts.host = "127.0.0.1"
  local server = async.spawn(function() http.serve(0, routes, opts) end)
  sleep(0)
  local ok, err = pcall(body, "http://127.0.0.1:" .. _SERVER_PORT)
  server:cancel()
  if not ok then error(err, 0) end
end

local function text(body)
  return function() return { body = body } end
end

test("_SERVER_PORT is the port, also that of port 0", function()
  serving({ GET = { ["/"] = text("here") } }, function(url)
    assert.eq(math.type and math.type(_SERVER_PORT), "integer")
    assert.gt(_SERVER_PORT, 0)
    assert.eq(http.get(url .. "/").body, "here")
  end)
end)

test("a handler gets the request", function()
  serving({ POST = { ["/a/:id/:rest"] = function(req) return { json = req } end } }, function(url)
    local reply = http.post(url .. "/a/x%2Fy/z?q=1%2B1+2&q=%25&e", "raw \0 body", { headers = { ["X-Test"] = "v" } })
    local req = json.parse(reply.body)
    assert.eq(req.method, "POST")
    assert.eq(req.path, "/a/x%2Fy/z")
    assert.eq(req.query, "q=1%2B1+2&q=%25&e")
    assert.eq(req.params.id, "x/y")
    assert.eq(req.params.rest, "z")
    assert.eq(req.params.q, "%")
    assert.eq(req.params.e, "")
    assert.eq(req.headers["x-test"], "v")
    assert.eq(req.body, "raw \0 body")
  end)
end)

test("routes: exact, then parameters, then the longest wildcard; else 404", function()
  serving({
    get = {
      ["/a/b"] = text("exact"), ["/a/:x"] = text("parameter"),
      ["/a/*"] = text("short"), ["/a/b/*"] = text("long"),
    },
    PURGE = { ["/"] = text("any method") },
  }, function(url)
    local function get(path) return http.get(url .. path).body end
    assert.eq(get("/a/b"), "exact")
    assert.eq(get("/a/c"), "parameter")
    assert.eq(get("/a/"), "short")
    assert.eq(get("/a/b/c"), "long")
    local missing = http.get(url .. "/a")
    assert.eq(missing.status, 404)
    assert.eq(missing.body, "not found")
    assert.eq(missing.headers["content-type"], "text/plain")
    assert.eq(http.post(url .. "/a/b", "").status, 404)
    assert.eq(http.request("PURGE", url .. "/").body, "any method")
  end)
end)

test("what a handler returns is the response", function()
  serving({
    GET = {
      ["/json"] = function() return { status = 201, json = { a = { 1, 2 } }, body = "not this" } end,
      ["/type"] = function() return { json = {}, headers = { ["content-type"] = "application/x", ["X-N"] = 5 } } end,
      ["/none"] = function() return {} end,
      ["/odd"] = function() return { status = 99, json = "text", body = 7 } end,
    },
  }, function(url)
    local reply = http.get(url .. "/json")
    assert.eq(reply.status, 201)
    assert.eq(reply.headers["content-type"], "application/json")
    assert.eq(json.parse(reply.body).a[2], 2)
    reply = http.get(url .. "/type")
    assert.eq(reply.headers["content-type"], "application/x")
    assert.eq(reply.headers["x-n"], "5")
    assert.eq(http.get(url .. "/none").body, "")
    reply = http.get(url .. "/odd")
    assert.eq(reply.status, 200)
    assert.eq(reply.body, "7")
  end)
end)

test("bodies are bytes", function()
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local bytes = table.concat(all):rep(100)
  serving({ POST = { ["/"] = function(req) return { body = req.body } end } }, function(url)
    assert(http.post(url .. "/", bytes).body == bytes)
  end)
end)

test("a handler waits without keeping others waiting", function()
  local gate = async.channel()
  serving({
    GET = {
      ["/wait"] = function() return { body = gate:recv() } end,
      ["/open"] = function()
        gate:send("opened")
        return {}
      end,
    },
  }, function(url)
    local replies = async.all({
      function() return http.get(url .. "/wait").body end,
      function() return http.get(url .. "/open").status end,
    })
    assert.eq(replies[1], "opened")
    assert.eq(replies[2], 200)
  end)
end)

test("an error of a handler is a 500 that the service survives", function()
  serving({
    GET = {
      ["/"] = function() error("no luck") end,
      ["/nothing"] = function() end,
      ["/header"] = function() return { headers = { ["a b"] = "c" } } end,
      ["/status"] = function() return { status = 700 } end,
      ["/ok"] = text("ok"),
    },
  }, function(url)
    local function get(path)
      local reply = http.get(url .. path)
      assert.eq(reply.status, 500)
      return reply.body
    end
    assert.contains(get("/"), "handler error: http_serve.lua:")
    assert.contains(get("/"), "no luck")
    assert.contains(get("/nothing"), "http.serve: a handler must return a table")
    assert.contains(get("/header"), 'invalid header name "a b"')
    assert.contains(get("/status"), "http.serve: status 700 cannot be sent: use one from 200 to 599")
    assert.eq(http.get(url .. "/ok").body, "ok")
  end)
end)

test("events are streamed, and waiting between them is allowed", function()
  serving({
    GET = {
      ["/"] = function()
        return {
          sse = function(send)
            for i = 1, 3 do
              send({ event = "tick", data = "a\nb" .. i, id = tostring(i) })
              sleep(0)
            end
          end,
        }
      end,
    },
  }, function(url)
    local events = {}
    http.get(url .. "/", {
      on_event = function(event) events[#events + 1] = event.event .. " " .. event.id .. " " .. event.data end,
    })
    assert.eq(table.concat(events, ";"), "tick 1 a\nb1;tick 2 a\nb2;tick 3 a\nb3")
  end)
end)

test("WebSockets of one script speak to each other", function()
  serving({
    GET = {
      ["/"] = function()
        return {
          ws = function(conn)
            for message in function() return conn:read() end do conn:write(message:upper()) end
          end,
        }
      end,
    },
  }, function(url)
    local conn = ws.connect((url:gsub("^http", "ws")) .. "/")
    ws.send(conn, "hello")
    assert.eq(ws.recv(conn), "HELLO")
    ws.close(conn)
  end)
end)

test("limits: max_body, max_header, timeout", function()
  serving({
    POST = { ["/"] = function(req) return { body = tostring(#req.body) } end },
    GET = { ["/"] = function() sleep(3600) end },
  }, function(url)
    assert.eq(http.post(url .. "/", "12345").body, "5")
    assert.eq(http.post(url .. "/", "123456").status, 413)
    assert.eq(http.get(url .. "/", { headers = { ["X-Long"] = ("x"):rep(1000) } }).status, 431)
    assert.eq(http.get(url .. "/").status, 503)
  end, { max_body = 5, max_header = 1000, timeout = 0.01 })
end)

test("a service computes for many requests at a time", function()
  serving({
    GET = {
      ["/:n"] = function(req)
        local n = tonumber(req.params.n)
        local sum = 0
        for i = 1, 20000 do sum = sum + i % n end
        return { body = tostring(sum) }
      end,
    },
  }, function(url)
    local tasks = {}
    for n = 1, 20 do tasks[n] = function() return http.get(url .. "/" .. n).body end end
    local sums = async.all(tasks)
    assert.eq(sums[1], "0")
    assert.eq(sums[2], "10000")
    assert.eq(#sums, 20)
  end)
end)

test("routes and addresses that cannot be are refused", function()
  local function refused(message, ...) raises(message, http.serve, ...) end
  refused("http.serve: routes must map methods to tables of paths", 0, { GET = print })
  refused("a key is a number", 0, { { ["/"] = print } })
  refused('http.serve: a route must map a path to a function: GET "/" has a string', 0, { GET = { ["/"] = "x" } })
  refused('the path of a route must begin with "/": GET "x"', 0, { GET = { x = print } })
  refused("http.serve: port must be between 0 and 65535: current value is -1", -1, {})
  refused("number has no integer representation", 80.5, {})
  refused("error converting Lua nil to table", 0)
  refused("http.serve: bind failed: ", 0, {}, { host = "256.0.0.1" })
end)

test("a port in use is a bind failure", function()
  serving({}, function()
    raises("http.serve: bind failed: Address already in use", http.serve, _SERVER_PORT, {}, { host = "127.0.0.1" })
  end)
end)
