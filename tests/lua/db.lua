-- db as such, on SQLite in memory; the pages of the servers are in tests/lua/db/

local function memory(fn)
  return function()
    local c = db.connect("sqlite::memory:")
    fn(c)
    db.close(c)
  end
end

local function one(c, sql, params)
  local rows = db.query(c, sql, params)
  assert.eq(#rows, 1)
  return rows[1]
end

test("values are what they are stored as", memory(function(c)
  local row = one(c, "SELECT 1 AS i, 2.0 AS f, 1.5 AS h, 'é' AS t, x'00ff' AS b, NULL AS n")
  assert.eq(math.type(row.i), "integer")
  assert.eq(math.type(row.f), "float")
  assert.eq(row.f, 2.0)
  assert.eq(row.h, 1.5)
  assert.eq(row.t, "é")
  assert.eq(row.b, "\0\255")
  assert.eq(row.n, nil)
end))

test("expressions and declared types do not matter", memory(function(c)
  db.execute(c, "CREATE TABLE t (b BOOLEAN, d DATETIME, n DECIMAL(10,2)); INSERT INTO t VALUES (TRUE, '2024-02-29', 1.5)")
  local row = one(c, "SELECT *, COUNT(*) AS c, 1 + 1 AS s FROM t")
  assert.eq(row.b, 1)
  assert.eq(row.d, "2024-02-29")
  assert.eq(row.n, 1.5)
  assert.eq(row.c, 1)
  assert.eq(row.s, 2)
end))

test("integers of 64 bits are exact", memory(function(c)
  if engine.name == "fengari" then skip("fengari has no wide integers") end
  for _, n in ipairs({ 9007199254740993, math.maxinteger, math.mininteger }) do
    local row = one(c, "SELECT ? AS n, typeof(?) AS t", { n, n })
    assert.eq(row.n, n)
    assert.eq(row.t, "integer")
  end
end))

test("parameters of every type", memory(function(c)
  local row = one(c, [[SELECT typeof(?) AS n, typeof(?) AS i, typeof(?) AS f, typeof(?) AS w, typeof(?) AS t,
    typeof(?) AS b, ? AS yes, ? AS bytes, ? AS j]], { nil, 1, 1.5, 2.0, "é", "\255\0", true, "\255\0", { a = { 1 } } })
  assert.eq(row.n, "null")
  assert.eq(row.i, "integer")
  assert.eq(row.f, "real")
  assert.eq(row.w, "real")
  assert.eq(row.t, "text")
  assert.eq(row.b, "blob")
  assert.eq(row.yes, 1)
  assert.eq(row.bytes, "\255\0")
  assert.eq(row.j, '{"a":[1]}')
end))

test("every byte goes both ways", memory(function(c)
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local every = table.concat(all)
  db.execute(c, "CREATE TABLE t (b BLOB)")
  db.execute(c, "INSERT INTO t VALUES (?)", { every })
  assert(one(c, "SELECT b FROM t").b == every)
  assert.eq(one(c, "SELECT ? AS s", { "a\0b" }).s, "a\0b")
end))

test("placeholders may have numbers and names", memory(function(c)
  local row = one(c, "SELECT ?2 AS b, ?1 AS a", { "first", "second" })
  assert.eq(row.a, "first")
  assert.eq(row.b, "second")
  -- The number is only a name to SQLite
  assert.eq(one(c, "SELECT $1 AS a", { 5 }).a, 5)
end))

test("execute gives the number of affected rows", memory(function(c)
  assert.eq(db.execute(c, "CREATE TABLE t (id INTEGER PRIMARY KEY, x)"), 0)
  assert.eq(db.execute(c, "INSERT INTO t VALUES (1, 'a'), (2, 'b')"), 2)
  assert.eq(db.execute(c, "SELECT * FROM t"), 0)
  assert.eq(db.execute(c, "UPDATE t SET x = 'c'"), 2)
  assert.eq(db.execute(c, "UPDATE t SET x = 'c' WHERE id = ?", { 9 }), 0)
  assert.eq(db.execute(c, "CREATE TABLE u (id)"), 0)
  assert.eq(db.execute(c, "INSERT INTO u VALUES (1); INSERT INTO u VALUES (2), (3); DELETE FROM t; -- done"), 5)
end))

test("query gives rows of statements that write, too", memory(function(c)
  db.execute(c, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
  local rows = db.query(c, "INSERT INTO t VALUES (7), (8) RETURNING id")
  assert.eq(rows[2].id, 8)
  assert.eq(#db.query(c, "DELETE FROM t"), 0)
  assert.eq(#db.query(c, "-- nothing"), 0)
  assert.eq(#db.query(c, ""), 0)
  assert.eq(json.encode(db.query(c, "SELECT 1 WHERE 0")), "[]", "the rows are a list, however many")
end))

test("a compiled statement notices that the table has changed", memory(function(c)
  db.execute(c, "CREATE TABLE t (a); INSERT INTO t VALUES (1)")
  assert.eq(one(c, "SELECT * FROM t").b, nil)
  db.execute(c, "ALTER TABLE t ADD COLUMN b DEFAULT 2")
  assert.eq(one(c, "SELECT * FROM t").b, 2)
end))

test("of columns with the same name the last wins", memory(function(c)
  assert.eq(one(c, "SELECT 1 AS x, 2 AS x").x, 2)
end))

test("params.n counts nils at the end", memory(function(c)
  assert.eq(one(c, "SELECT ? IS NULL AS yes", { n = 1 }).yes, 1)
  raises("db.query: more parameters than placeholders were given", db.query, c, "SELECT ?", { 1, nil, n = 2 })
end))

test("a transaction commits and gives what its function gives", memory(function(c)
  db.execute(c, "CREATE TABLE t (id)")
  local a, b, d = db.transaction(c, function(tx)
    db.execute(tx, "INSERT INTO t VALUES (1)")
    sleep(0.001)
    return 1, nil, 3
  end)
  assert(a == 1 and b == nil and d == 3)
  assert.eq(one(c, "SELECT COUNT(*) AS n FROM t").n, 1)
end))

test("a transaction is rolled back by an error, which stays as it is", memory(function(c)
  db.execute(c, "CREATE TABLE t (id)")
  local problem = {}
  local ok, raised = pcall(db.transaction, c, function(tx)
    db.execute(tx, "INSERT INTO t VALUES (1)")
    sleep(0.001)
    error(problem)
  end)
  assert(not ok and raised == problem)
  assert.eq(one(c, "SELECT COUNT(*) AS n FROM t").n, 0)
end))

test("a transaction within another is a savepoint", memory(function(c)
  db.execute(c, "CREATE TABLE t (id)")
  db.transaction(c, function(tx)
    db.execute(tx, "INSERT INTO t VALUES (1)")
    raises("inner", db.transaction, tx, function(inner)
      db.execute(inner, "INSERT INTO t VALUES (2)")
      error("inner")
    end)
    db.transaction(tx, function(inner) db.execute(inner, "INSERT INTO t VALUES (3)") end)
    raises("has no options of its own", db.transaction, tx, print, { read_only = true })
  end)
  assert.eq(one(c, "SELECT group_concat(id) AS ids FROM t").ids, "1,3")
end))

test("others wait until a transaction has ended", memory(function(c)
  db.execute(c, "CREATE TABLE t (id)")
  local other
  db.transaction(c, function(tx)
    other = async.spawn(function() return one(c, "SELECT COUNT(*) AS n FROM t").n end)
    sleep(0.01)
    db.execute(tx, "INSERT INTO t VALUES (1)")
  end)
  assert.eq(other:await(), 1)
end))

test("yielding within a transaction", memory(function(c)
  db.execute(c, "CREATE TABLE t (id)")
  local co = coroutine.wrap(function()
    db.transaction(c, function(tx)
      for i = 1, 3 do
        db.execute(tx, "INSERT INTO t VALUES (?)", { coroutine.yield(i) })
      end
    end)
    return "end"
  end)
  assert.eq(co(), 1)
  assert.eq(co(10), 2)
  assert.eq(co(20), 3)
  assert.eq(co(30), "end")
  assert.eq(one(c, "SELECT SUM(id) AS n FROM t").n, 60)
end))

test("each reads rows one after the other", memory(function(c)
  local numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n"
  local sum = 0
  for row in db.each(c, numbers, { 2500 }) do sum = sum + row.i end
  assert.eq(sum, 2500 * 2501 // 2)
  -- Without an end
  for row in db.each(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n") do
    if row.i == 10 then break end
  end
  for _ in db.each(c, "SELECT 1 WHERE 0") do error("no rows") end
  db.execute(c, "CREATE TABLE t (id)")
end))

test("each keeps to the order of the query, whatever its form", memory(function(c)
  db.execute(c, "CREATE TABLE t (id, x); INSERT INTO t VALUES (1, 'b'), (2, 'c'), (3, 'a')")
  for sql, expected in pairs({
    ["SELECT id FROM t ORDER BY x"] = "312",
    ["SELECT id FROM t ORDER BY x DESC LIMIT 2; -- the last two"] = "21",
    ["SELECT id FROM t WHERE id > 1 UNION SELECT 0 ORDER BY 1 DESC"] = "320",
    ["WITH w AS (SELECT id FROM t ORDER BY x) SELECT id, id AS id FROM w"] = "312",
    ["VALUES (7), (8)"] = "",
    ["INSERT INTO t VALUES (4, 'd'), (5, 'e') RETURNING id"] = "45",
    ["PRAGMA user_version"] = "",
  }) do
    local seen = ""
    for row in db.each(c, sql) do seen = seen .. tostring(row.id or "") end
    assert.eq(seen, expected)
  end
end))

test("other statements may run while each reads", memory(function(c)
  db.execute(c, "CREATE TABLE t (id); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE u (id)")
  db.transaction(c, function(tx)
    for row in db.each(tx, "SELECT id FROM t") do
      db.execute(tx, "INSERT INTO u VALUES (?)", { row.id * 10 })
    end
  end)
  assert.eq(one(c, "SELECT SUM(id) AS n FROM u").n, 60)
end))

test("each tells errors, at once and amid the rows", memory(function(c)
  raises("db.each: no such table: none (SQLITE_ERROR)", db.each, c, "SELECT * FROM none")
  raises("db.each: rows can be read of one statement only", db.each, c, "SELECT 1; SELECT 2")
  local seen = 0
  raises("db.each: ", function()
    for _ in db.each(c, "SELECT json_extract(v, '$') FROM (SELECT '1' AS v UNION ALL SELECT '{' )") do seen = seen + 1 end
  end)
  assert.eq(seen, 1)
  db.execute(c, "CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)")
  raises("db.each: UNIQUE constraint failed", function()
    for _ in db.each(c, "INSERT INTO u VALUES (1) RETURNING id") do error("no rows") end
  end)
  raises("db.each: malformed JSON", db.each, c, "SELECT json('{')")
end))

test("errors tell what SQLite says, and its code", memory(function(c)
  raises('db.query: near "SELEC": syntax error (SQLITE_ERROR)', db.query, c, "SELEC 1")
  db.execute(c, "CREATE TABLE t (id INTEGER PRIMARY KEY, x NOT NULL)")
  raises("db.execute: NOT NULL constraint failed: t.x (SQLITE_CONSTRAINT, error 1299)", db.execute, c,
    "INSERT INTO t VALUES (1, NULL)")
  raises("db.query: parameters can be given to one statement only", db.query, c, "SELECT ?; SELECT 1", { 1 })
end))

test("a wrong handle is told", memory(function(c)
  for _, name in ipairs({ "query", "execute", "each" }) do
    raises("db." .. name .. ": first argument must be a db connection", db[name], {}, "SELECT 1")
    raises("db." .. name .. ": second argument must be a SQL string", db[name], c, {})
    raises("db." .. name .. ": third argument must be a table of parameters", db[name], c, "SELECT 1", 5)
  end
  raises("db.transaction: first argument must be a db connection", db.transaction, 1, print)
  raises("db.transaction: second argument must be a function", db.transaction, c)
  raises("db.transaction: option 'read_only' must be a boolean", db.transaction, c, print, { read_only = 1 })
  raises("db.close: first argument must be a db connection", db.close)
end))

test("errors of a transaction stand where it is called", memory(function(c)
  local message = raises("isolation must be one of", function()
    db.transaction(c, print, { isolation = "chaos" })
  end)
  assert.eq(message:match("^db%.lua:%d+: db%.transaction"), message:match("^db%.lua:%d+: db%.transaction"))
  assert(message:match("^db%.lua:2%d%d: db%.transaction: isolation"), message)
end))

test("parameters of other types are refused", memory(function(c)
  raises("db: unsupported parameter type: function (parameter 2 of db.query)", db.query, c, "SELECT ?, ?", { 1, print })
  raises("db: unsupported parameter type: thread", db.execute, c, "SELECT ?", { coroutine.create(print) })
  raises("db: unsupported parameter type: userdata", db.execute, c, "SELECT ?", { c })
  local cycle = {}
  cycle[1] = cycle
  raises("db.query: a table is given as JSON: cannot encode a table that contains itself", db.query, c, "SELECT ?", { cycle })
  raises("db.query: the SQL is not valid UTF-8", db.query, c, "SELECT '\255'")
end))

test("a closed connection is of no use", function()
  local c = db.connect("sqlite::memory:")
  assert.contains(tostring(c), "db connection")
  db.close(c)
  db.close(c)
  raises("db.query: the connection is closed", db.query, c, "SELECT 1")
  raises("db.each: the connection is closed", db.each, c, "SELECT 1")
  raises("db.transaction: the connection is closed", db.transaction, c, print)
end)

test("a connection closes at the end of its block", function()
  if engine.name == "fengari" then skip("Lua 5.3 has no <close>") end
  local conn
  load([[local keep = ...
    local c <close> = db.connect("sqlite::memory:")
    keep(c)
    assert.eq(db.query(c, "SELECT 1 AS x")[1].x, 1)]])(function(c) conn = c end)
  raises("db.query: the connection is closed", db.query, conn, "SELECT 1")
end)

test("URLs that cannot be used are told without showing them", function()
  raises("db.connect: unsupported scheme \"oracle\": use postgres://, mysql:// or sqlite://", db.connect, "oracle://u:p@h/x")
  raises("db.connect: the URL has no scheme", db.connect, "hunter2")
  raises("db.connect: the URL cannot be read: write postgres://user:password@host:port/database", db.connect, "postgres://u:p@a b/x")
  raises("db.connect: 'sslmode' must be disable, prefer, require, verify-ca or verify-full", db.connect,
    "postgres://u@127.0.0.1:1/x?sslmode=maybe")
  raises("db.connect: the port must be between 1 and 65535", db.connect, "mysql://u@h:70000/x")
  raises("option 'max_connections' must be a number", db.connect, "sqlite::memory:", { max_connections = "many" })
  raises("bad argument #1", db.connect)
end)

test("a file that is not there is not made without being asked", function()
  raises('db.connect: cannot open "/tmp/none/such.db": there is no such file (?mode=rwc', db.connect, "sqlite:///tmp/none/such.db")
  raises('db.connect: cannot open "/tmp/none/such.db": ', db.connect, "sqlite:///tmp/none/such.db?mode=rwc")
end)
