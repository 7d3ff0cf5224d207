-- assay.postgres on PostgreSQL: HOST, PORT, PASSWORD of the user 'assay', FOLDER of its socket

local postgres = require("assay.postgres")

local HOST, PORT, PASSWORD = env.get("HOST"), tonumber(env.get("PORT")), env.get("PASSWORD")

local function connected(fn)
  return function()
    local c = postgres.client(HOST, PORT, "assay", PASSWORD)
    local ok, problem = pcall(fn, c)
    c:close()
    if not ok then error(problem, 0) end
  end
end

-- The tests run once for each engine, on one server
local function named(name)
  return name .. " " .. engine.name
end

test("a client queries the database 'postgres' with parameters", connected(function(c)
  local rows = c.queries:query("SELECT current_database() AS name, $1::int + 1 AS n", { 41 })
  assert.eq(rows[1].name, "postgres")
  assert.eq(rows[1].n, 42)
  assert.eq(#c:query("SELECT 1 WHERE false"), 0)
end))

test("execute gives the number of affected rows, as both names", connected(function(c)
  c:execute("CREATE TEMPORARY TABLE t (n int)")
  assert.eq(c.queries:execute("INSERT INTO t VALUES ($1), ($2), (3)", { 1, 2 }), 3)
  assert.eq(c:execute("DELETE FROM t WHERE n > $1", { 1 }), 2)
end))

test("a user is created once, and can log in with its password", connected(function(c)
  local user, password = named("app's \"user\""), "p@ss'w\\rd /?#%"
  assert.eq(c.users:exists(user), false)
  assert.eq(c.users:ensure(user, password), true)
  assert.eq(c.users:exists(user), true)
  assert.eq(c:user_exists(user), true)
  assert.eq(c:ensure_user(user, "other"), false)
  local theirs = postgres.client(HOST, PORT, user, password, "postgres")
  assert.eq(theirs:query("SELECT current_user AS name")[1].name, user)
  theirs:close()
end))

test("a user may create databases or be a superuser, and is neither without options", connected(function(c)
  local function rights(user)
    return c:query("SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = $1", { user })[1]
  end
  c.users:ensure(named("plain"), "x")
  assert.eq(rights(named("plain")).rolcreatedb, false)
  assert.eq(rights(named("plain")).rolsuper, false)
  c.users:ensure(named("creator"), "x", { createdb = true })
  assert.eq(rights(named("creator")).rolcreatedb, true)
  c:ensure_user(named("super"), "x", { createdb = true, superuser = true })
  assert.eq(rights(named("super")).rolsuper, true)
end))

test("a database is created once, for its owner", connected(function(c)
  local user, name = named("owner"), named('My "DB"')
  c.users:ensure(user, "x")
  assert.eq(c.databases:exists(name), false)
  assert.eq(c.databases:ensure(name, user), true)
  assert.eq(c.databases:exists(name), true)
  assert.eq(c:database_exists(name), true)
  assert.eq(c:ensure_database(name), false)
  local row = c:query("SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1", { name })[1]
  assert.eq(row.owner, user)
end))

test("tasks that create the same thing at a time all succeed, one of them first", connected(function(c)
  local function created_by(create)
    local tasks, created = {}, 0
    for i = 1, 4 do tasks[i] = async.spawn(create) end
    for _, task in ipairs(tasks) do
      if task:await() then created = created + 1 end
    end
    return created
  end
  assert.eq(created_by(function() return c.databases:ensure(named("race")) end), 1)
  assert.eq(created_by(function() return c.users:ensure(named("race"), "x") end), 1)
end))

test("privileges are granted", connected(function(c)
  local user, name = named("grantee"), named("granted")
  c.users:ensure(user, "x")
  c.databases:ensure(name)
  local function may(privilege)
    return c:query("SELECT has_database_privilege($1, $2, $3) AS may", { user, name, privilege })[1].may
  end
  assert.eq(may("CREATE"), false)
  assert.eq(c.databases:grant(name, user), nil)
  assert.eq(may("CREATE"), true)
  c:execute("REVOKE ALL ON DATABASE " .. postgres._quote_ident(name) .. " FROM " .. postgres._quote_ident(user))
  assert.eq(may("CREATE"), false)
  c:grant(name, user, "TEMPORARY, CREATE")
  assert.eq(may("CREATE"), true)
  raises("privileges must be words such as 'CONNECT, CREATE'", c.databases.grant, c.databases, name, user, "ALL; DROP")
end))

test("an error tells what is wrong, and no password", connected(function(c)
  local problem = raises("", c.users.ensure, c.users, "", "s3cr3t word")
  assert(not tostring(problem):find("s3cr3t", 1, true), problem)
  raises("does not exist", c.databases.grant, c.databases, "none", "assay")
  raises("does not exist", c.databases.ensure, c.databases, named("ownerless"), "nobody at all")
end))

test("a closed client says so", function()
  local c = postgres.client(HOST, PORT, "assay", PASSWORD)
  assert.eq(c:close(), nil)
  raises("db.query: ", c.query, c, "SELECT 1")
end)

test("a wrong password is an error that does not show it", function()
  local problem = raises("db.connect: ", postgres.client, HOST, PORT, "assay", "s3cr3t@/?#")
  assert(not tostring(problem):find("s3cr3t", 1, true), problem)
end)

test("the host may be the folder of a Unix socket", function()
  local c = postgres.client(env.get("FOLDER"), PORT, "assay", PASSWORD)
  assert.eq(c:query("SELECT inet_server_addr() AS address")[1].address, nil)
  c:close()
end)

test("client_url takes a whole URL", function()
  local c = postgres.client_url("postgres://assay:" .. PASSWORD .. "@" .. HOST .. ":" .. PORT .. "/template1")
  assert.eq(c:query("SELECT current_database() AS name")[1].name, "template1")
  c:close()
end)

test("client_from_vault works with new and old clients of Vault", function()
  local asked = {}
  local function get(_, mount, path)
    asked[#asked + 1] = mount .. " " .. path
    return { data = { username = "assay", password = PASSWORD, database = "template1" } }
  end
  for _, vault in ipairs({ { kv = { get = get } }, { kv_get = get } }) do
    local c = postgres.client_from_vault(vault, "myapp/postgres", HOST, PORT)
    assert.eq(c:query("SELECT current_database() AS name")[1].name, "template1")
    c:close()
  end
  assert.eq(table.concat(asked, ", "), "secrets myapp/postgres, secrets myapp/postgres")
end)
