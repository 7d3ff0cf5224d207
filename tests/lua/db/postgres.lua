-- db on PostgreSQL: URL is the server's, each test has a connection of its own

local URL = env.get("URL")

local function connected(fn)
  return function()
    local c = db.connect(URL)
    local ok, problem = pcall(fn, c)
    db.close(c)
    if not ok then error(problem, 0) end
  end
end

local function one(c, sql, params)
  local rows = db.query(c, sql, params)
  assert.eq(#rows, 1)
  return rows[1]
end

test("every integer type is exact", connected(function(c)
  local row = one(c, [[SELECT 32767::int2 AS a, (-2147483648)::int4 AS b, 9007199254740993::int8 AS c,
    (-9223372036854775807 - 1)::int8 AS d, 4294967295::oid AS e]])
  assert.eq(row.a, 32767)
  assert.eq(tostring(row.b), engine.name == "fengari" and tostring(row.b) or "-2147483648")
  if engine.name == "fengari" then skip("fengari has no wide integers") end
  assert.eq(row.c, 9007199254740993)
  assert.eq(row.d, math.mininteger)
  assert.eq(math.type(row.e), "integer")
  assert.eq(row.e, 4294967295)
end))

test("floats are floats, also where they are integral or not finite", connected(function(c)
  local row = one(c, "SELECT 1::float8 AS a, 0.1::float4 AS b, 'Infinity'::float8 AS c, 'NaN'::float8 AS d, 1e-300::float8 AS e")
  assert.eq(math.type(row.a), "float")
  assert.eq(row.b, 0.1)
  assert.eq(row.c, math.huge)
  assert(row.d ~= row.d)
  assert.eq(row.e, 1e-300)
end))

test("numeric is the exact string", connected(function(c)
  local row = one(c, "SELECT 123456789012345678901234567890.123456789::numeric AS a, 1.10::numeric(5,2) AS b, 'NaN'::numeric AS c")
  assert.eq(row.a, "123456789012345678901234567890.123456789")
  assert.eq(row.b, "1.10")
  assert.eq(row.c, "NaN")
end))

test("booleans are booleans and NULL is absent", connected(function(c)
  local row = one(c, "SELECT true AS t, false AS f, NULL::int AS n, 'null'::jsonb AS j")
  assert.eq(row.t, true)
  assert.eq(row.f, false)
  assert.eq(row.n, nil)
  assert.eq(row.j, nil)
  local count = 0
  for _ in pairs(row) do count = count + 1 end
  assert.eq(count, 2)
end))

test("json and jsonb are decoded", connected(function(c)
  local row = one(c, [[SELECT '{"a":[1,2.5,"é",null,true],"b":{}}'::json AS j, '[]'::jsonb AS e, '"x"'::jsonb AS s, '7'::jsonb AS n]])
  assert.eq(row.j.a[1], 1)
  assert.eq(row.j.a[2], 2.5)
  assert.eq(row.j.a[3], "é")
  assert.eq(row.j.a[5], true)
  assert.eq(json.encode(row.e), "[]")
  assert.eq(row.s, "x")
  assert.eq(row.n, 7)
end))

test("bytea is a string of bytes, in both output formats", connected(function(c)
  for _, format in ipairs({ "hex", "escape" }) do
    db.transaction(c, function(tx)
      db.execute(tx, "SET LOCAL bytea_output = '" .. format .. "'")
      assert.eq(one(tx, [[SELECT '\x00ff5c41'::bytea AS b]]).b, "\0\255\\A")
    end)
  end
end))

test("a megabyte of bytea arrives whole", connected(function(c)
  local bytes = string.rep("\0\1\254\255", 262144)
  local row = one(c, "SELECT $1::bytea AS b, length($1::bytea) AS n", { bytes })
  assert.eq(row.n, 1048576)
  assert(row.b == bytes)
end))

test("everything else is the text that the server prints", connected(function(c)
  local row = one(c, [[SELECT
    '11111111-2222-3333-4444-555555555555'::uuid AS u, '2024-02-29'::date AS d, '23:59:59.5'::time AS t,
    '2024-02-29 12:00:00.123456'::timestamp AS ts, '10.0.0.0/8'::inet AS i, '{1,NULL,3}'::int[] AS a,
    '{"a b","c\"d"}'::text[] AS ta, '1 day 02:00:00'::interval AS iv, '(1,2)'::point AS p, int4range(1, 5) AS r,
    '$1.50'::money::text AS m, 'é'::text AS x]])
  assert.eq(row.u, "11111111-2222-3333-4444-555555555555")
  assert.eq(row.d, "2024-02-29")
  assert.eq(row.t, "23:59:59.5")
  assert.eq(row.ts, "2024-02-29 12:00:00.123456")
  assert.eq(row.i, "10.0.0.0/8")
  assert.eq(row.a, "{1,NULL,3}")
  assert.eq(row.ta, [[{"a b","c\"d"}]])
  assert.eq(row.iv, "1 day 02:00:00")
  assert.eq(row.p, "(1,2)")
  assert.eq(row.r, "[1,5)")
  assert.eq(row.x, "é")
  db.transaction(c, function(tx)
    db.execute(tx, "SET LOCAL timezone = 'UTC'")
    assert.eq(one(tx, "SELECT '2024-02-29T12:00:00+02'::timestamptz AS t").t, "2024-02-29 10:00:00+00")
  end)
end))

test("of columns with the same name the last wins", connected(function(c)
  assert.eq(one(c, "SELECT 1 AS x, 2 AS x").x, 2)
  assert.eq(one(c, "SELECT 1 AS x, NULL AS x").x, nil)
end))

test("parameters of numbers and booleans have the type of the same literal", connected(function(c)
  local row = one(c, "SELECT $1 AS i, $2 AS f, $3 AS b, $4 AS s, $5 AS n, pg_typeof($1)::text AS ti, pg_typeof($6)::text AS tw",
    { 42, 1.5, true, "text", nil, 3000000000, n = 6 })
  assert.eq(row.i, 42)
  assert.eq(row.f, 1.5)
  assert.eq(row.b, true)
  assert.eq(row.s, "text")
  assert.eq(row.n, nil)
  assert.eq(row.ti, "integer")
  if engine.name ~= "fengari" then assert.eq(row.tw, "bigint") end
  assert.eq(one(c, "SELECT $1 AS x", { 2.0 }).x, 2.0)
  assert.eq(math.type(one(c, "SELECT $1 AS x", { 2.0 }).x), "float")
end))

test("integers beyond 2^53 go both ways", connected(function(c)
  if engine.name == "fengari" then skip("fengari has no wide integers") end
  for _, n in ipairs({ 9007199254740993, math.maxinteger, math.mininteger }) do
    assert.eq(one(c, "SELECT $1::int8 AS n", { n }).n, n)
  end
end))

test("parameters fit columns of every type", connected(function(c)
  db.transaction(c, function(tx)
    db.execute(tx, [[CREATE TEMP TABLE every (i2 int2, i8 int8, n numeric, f real, b bool, t text, u uuid, d date,
      ts timestamptz, j jsonb, k json, x bytea, a int[], ta text[], v varchar(10)) ON COMMIT DROP]])
    assert.eq(db.execute(tx, "INSERT INTO every VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)", {
      7, 8, "12345678901234567890.5", 0.5, false, "é'\"\\", "11111111-2222-3333-4444-555555555555", "2024-02-29",
      "2024-02-29 10:00:00+00", { a = { 1, 2 } }, '{"k": 1}', "\0\255", { 1, 2, 3 }, { "a,b", 'c"d', "e\\f" }, "v",
    }), 1)
    local row = one(tx, "SELECT * FROM every")
    assert.eq(row.i2, 7)
    assert.eq(row.i8, 8)
    assert.eq(row.n, "12345678901234567890.5")
    assert.eq(row.f, 0.5)
    assert.eq(row.b, false)
    assert.eq(row.t, "é'\"\\")
    assert.eq(row.d, "2024-02-29")
    assert.eq(row.j.a[2], 2)
    assert.eq(row.k.k, 1)
    assert.eq(row.x, "\0\255")
    assert.eq(row.a, "{1,2,3}")
    assert.eq(row.ta, [[{"a,b","c\"d","e\\f"}]])
    assert.eq(row.v, "v")
  end)
end))

test("an array of values for ANY", connected(function(c)
  local rows = db.query(c, "SELECT i FROM generate_series(1, 5) i WHERE i = ANY($1) ORDER BY i", { { 2, 4, 9 } })
  assert.eq(#rows, 2)
  assert.eq(rows[2].i, 4)
end))

test("a table for a placeholder of no other type is JSON", connected(function(c)
  assert.eq(one(c, "SELECT $1::jsonb ->> 'a' AS a", { { a = "é" } }).a, "é")
  assert.eq(one(c, "SELECT $1 AS t", { { 1, 2 } }).t, "[1,2]")
end))

test("the same statement is right the first, the second and the third time", connected(function(c)
  for i = 1, 4 do
    assert.eq(one(c, "SELECT $1::int + 1 AS n", { i }).n, i + 1)
    assert.eq(one(c, "SELECT $1::bytea AS b", { "\0" .. i }).b, "\0" .. i)
  end
end))

test("nothing stays prepared where that is not wanted", connected(function(_)
  local function prepared(prepare)
    local c = db.connect(URL, { prepare = prepare })
    for i = 1, 3 do assert.eq(one(c, "SELECT $1::int AS n", { i }).n, i) end
    local count = one(c, "SELECT count(*) AS n FROM pg_prepared_statements").n
    db.close(c)
    return count
  end
  assert.eq(prepared(nil), 1)
  assert.eq(prepared(false), 0)
end))

test("execute gives the number of affected rows", connected(function(c)
  db.transaction(c, function(tx)
    assert.eq(db.execute(tx, "CREATE TEMP TABLE counted (id int PRIMARY KEY) ON COMMIT DROP"), 0)
    assert.eq(db.execute(tx, "INSERT INTO counted SELECT generate_series(1, 5)"), 5)
    assert.eq(db.execute(tx, "UPDATE counted SET id = id + 10 WHERE id > $1", { 3 }), 2)
    assert.eq(db.execute(tx, "DELETE FROM counted WHERE id = 99"), 0)
    assert.eq(db.execute(tx, "INSERT INTO counted VALUES (50); DELETE FROM counted; -- done"), 1 + 6)
    assert.eq(#db.query(tx, "INSERT INTO counted VALUES (1), (2) RETURNING id"), 2)
  end)
end))

test("no rows are an empty table, and of several statements the last rows count", connected(function(c)
  assert.eq(#db.query(c, "SELECT 1 WHERE false"), 0)
  assert.eq(#db.query(c, ""), 0)
  assert.eq(one(c, "SELECT 1 AS a; SELECT 2 AS a").a, 2)
end))

test("an error tells the SQLSTATE, the place and the hint", connected(function(c)
  local message = raises("db.query: column \"nme\" does not exist (SQLSTATE 42703) at line 2 column 8 of the SQL",
    db.query, c, "SELECT 1,\n       nme FROM pg_class")
  message = raises("(SQLSTATE 42703)", db.query, c, "SELECT relnam FROM pg_class")
  assert.contains(message, 'hint: Perhaps you meant to reference the column "pg_class.relname"')
  raises("db.execute: duplicate key value violates unique constraint", db.execute, c,
    "CREATE TEMP TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1); INSERT INTO u VALUES (1)")
  raises("division by zero (SQLSTATE 22012)", db.query, c, "SELECT 1/$1::int", { 0 })
  -- The connection goes on
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("an error about a row does not show the row", connected(function(c)
  local message = raises("violates not-null constraint", db.execute, c,
    "CREATE TEMP TABLE s (secret text, id int NOT NULL); INSERT INTO s VALUES ('hunter2', NULL)")
  assert(not message:find("hunter2", 1, true))
end))

test("a wrong number of parameters is told in words", connected(function(c)
  raises("the SQL has 2 placeholders, but 1 parameter was given", db.query, c, "SELECT $1::int, $2::int", { 1 })
  assert.eq(#db.query(c, "SELECT $1::int, $2::int", { 1, nil, n = 2 }), 1)
end))

test("text that is not UTF-8 is refused, and a zero byte", connected(function(c)
  raises("not valid UTF-8", db.query, c, "SELECT $1::text", { "\255" })
  raises("zero byte", db.query, c, "SELECT $1::text", { "a\0b" })
  raises("the SQL is not valid UTF-8", db.query, c, "SELECT '\255'")
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("COPY from STDIN is refused, and the next call goes on", connected(function(c)
  raises("COPY from STDIN or to STDOUT is not possible here", db.execute, c, "COPY pg_class TO STDOUT")
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
  raises("COPY from STDIN or to STDOUT is not possible here", db.execute, c,
    "CREATE TEMP TABLE copied (a int); COPY copied FROM STDIN")
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("a transaction commits, rolls back, and gives what its function gives", connected(function(c)
  db.execute(c, "DROP TABLE IF EXISTS accounts; CREATE TABLE accounts (id int, amount int)")
  local a, b, d = db.transaction(c, function(tx)
    db.execute(tx, "INSERT INTO accounts VALUES (1, 10)")
    sleep(0.01)
    assert.eq(#db.query(c, "SELECT * FROM accounts"), 0)
    return 1, nil, 3
  end)
  assert(a == 1 and b == nil and d == 3)
  assert.eq(#db.query(c, "SELECT * FROM accounts"), 1)
  local problem = {}
  local ok, raised = pcall(db.transaction, c, function(tx)
    db.execute(tx, "DELETE FROM accounts")
    error(problem)
  end)
  assert(not ok and raised == problem)
  assert.eq(#db.query(c, "SELECT * FROM accounts"), 1)
end))

test("a transaction within another is a savepoint", connected(function(c)
  db.execute(c, "DROP TABLE IF EXISTS nested; CREATE TABLE nested (id int)")
  db.transaction(c, function(tx)
    db.execute(tx, "INSERT INTO nested VALUES (1)")
    raises("(SQLSTATE 22012)", db.transaction, tx, function(inner)
      db.execute(inner, "INSERT INTO nested VALUES (2)")
      db.query(inner, "SELECT 1/0")
    end)
    db.transaction(tx, function(inner)
      db.execute(inner, "INSERT INTO nested VALUES (3)")
      raises("no", db.transaction, inner, function(innermost)
        db.execute(innermost, "INSERT INTO nested VALUES (4)")
        error("no")
      end)
    end)
  end)
  local rows = db.query(c, "SELECT id FROM nested ORDER BY id")
  assert.eq(#rows, 2)
  assert.eq(rows[2].id, 3)
end))

test("a transaction in which an error was swallowed does not pretend to be committed", connected(function(c)
  db.execute(c, "DROP TABLE IF EXISTS swallowed; CREATE TABLE swallowed (id int)")
  raises("db.transaction: nothing was committed", db.transaction, c, function(tx)
    db.execute(tx, "INSERT INTO swallowed VALUES (1)")
    pcall(db.query, tx, "SELECT 1/0")
  end)
  assert.eq(#db.query(c, "SELECT * FROM swallowed"), 0)
end))

test("a transaction has options", connected(function(c)
  raises("nothing was committed", db.transaction, c, function(tx)
    assert.eq(one(tx, "SHOW transaction_isolation").transaction_isolation, "serializable")
    raises("(SQLSTATE 25006)", db.execute, tx, "CREATE TABLE refused (a int)")
  end, { isolation = "serializable", read_only = true })
  raises("db.transaction: isolation must be one of", db.transaction, c, print, { isolation = "chaos" })
end))

test("a transaction is of no use after its end", connected(function(c)
  local kept
  db.transaction(c, function(tx) kept = tx end)
  raises("db.query: the transaction has ended", db.query, kept, "SELECT 1")
  raises("db.close: first argument must be a db connection", db.close, kept)
end))

test("each reads rows as they are wanted, and ends early", connected(function(c)
  local sum, count = 0, 0
  for row in db.each(c, "SELECT i FROM generate_series(1, $1) i", { 2500 }) do
    sum, count = sum + row.i, count + 1
  end
  assert.eq(count, 2500)
  assert.eq(sum, 2500 * 2501 // 2)
  -- A table that would not fit into memory: only some of it is read
  local seen = 0
  for row in db.each(c, "SELECT generate_series(1, 100000000) AS i") do
    seen = seen + 1
    if row.i == 1000 then break end
  end
  assert.eq(seen, 1000)
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("leaving a loop over each gives its connection back", connected(function(_)
  if engine.name == "fengari" then skip("Lua 5.3 closes nothing when a loop is left") end
  local c = db.connect(URL, { max_connections = 1, acquire_timeout = 5 })
  for i = 1, 3 do
    for _ in db.each(c, "SELECT generate_series(1, 100000) AS i") do break end
    pcall(function()
      for _ in db.each(c, "SELECT generate_series(1, 100000) AS i") do error("left") end
    end)
    assert.eq(one(c, "SELECT 1 AS x").x, 1)
  end
  db.close(c)
end))

test("each tells errors, at once and amid the rows", connected(function(c)
  raises("db.each: relation \"none\" does not exist (SQLSTATE 42P01)", db.each, c, "SELECT * FROM none")
  local seen = 0
  raises("db.each: division by zero (SQLSTATE 22012)", function()
    for _ in db.each(c, "SELECT 1 / (1300 - i) FROM generate_series(1, 2000) i") do seen = seen + 1 end
  end)
  assert.eq(seen, 1000)
  raises("(SQLSTATE 22012)", db.query, c, "SELECT 1 / (10 - i) FROM generate_series(1, 20) i")
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("each within a transaction keeps others out until it ends", connected(function(c)
  db.transaction(c, function(tx)
    local seen = 0
    for _ in db.each(tx, "SELECT i FROM generate_series(1, 1200) i") do
      seen = seen + 1
      if seen == 1 then
        raises("db.query: the transaction is busy with the rows of db.each", db.query, tx, "SELECT 1")
      end
    end
    assert.eq(seen, 1200)
    assert.eq(one(tx, "SELECT 1 AS x").x, 1)
  end)
end))

test("tasks share the connections of a pool", connected(function(_)
  local c = db.connect(URL, { max_connections = 2 })
  local handles, pids = {}, {}
  for i = 1, 6 do
    handles[i] = async.spawn(function()
      return db.query(c, "SELECT pg_backend_pid() AS pid, pg_sleep(0.02)")[1].pid
    end)
  end
  local different = 0
  for i = 1, 6 do
    local pid = handles[i]:await()
    if not pids[pid] then different = different + 1 end
    pids[pid] = true
  end
  assert.eq(different, 2)
  db.close(c)
end))

test("one after the other keeps to one session", connected(function(c)
  db.execute(c, "SET application_name = 'kept'")
  assert.eq(one(c, "SHOW application_name").application_name, "kept")
end))

test("waiting for a connection that others use ends with advice", connected(function(_)
  local c = db.connect(URL, { max_connections = 1, acquire_timeout = 0.05 })
  db.transaction(c, function(tx)
    raises("db.query: no connection has become free within 0.05 s: the only connection is in use", db.query, c, "SELECT 1")
    assert.eq(one(tx, "SELECT 1 AS x").x, 1)
  end)
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
  db.close(c)
end))

test("close waits for those who use the connection", connected(function(_)
  local c = db.connect(URL)
  local handle = async.spawn(function() return #db.query(c, "SELECT pg_sleep(0.05)") end)
  sleep(0.01)
  db.close(c)
  assert.eq(handle:await(), 1)
  raises("db.query: the connection is closed", db.query, c, "SELECT 1")
  db.close(c)
end))

test("close ends loops over rows", connected(function(_)
  local c = db.connect(URL)
  local next_row = db.each(c, "SELECT generate_series(1, 100000) AS i")
  assert.eq(next_row().i, 1)
  db.close(c)
  raises("db.each: the connection is closed", next_row)
end))

test("a statement may take so long", connected(function(_)
  local c = db.connect(URL, { statement_timeout = 0.05 })
  raises("db.query: canceling statement due to statement timeout (SQLSTATE 57014)", db.query, c, "SELECT pg_sleep(10)")
  db.close(c)
end))

test("a task that is cancelled within a transaction rolls it back", connected(function(c)
  db.execute(c, "DROP TABLE IF EXISTS cancelled; CREATE TABLE cancelled (id int)")
  local handle = async.spawn(function()
    db.transaction(c, function(tx)
      db.execute(tx, "INSERT INTO cancelled VALUES (1)")
      sleep(60)
    end)
  end)
  while #db.query(c, "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'") == 0 do end
  handle:cancel()
  while #db.query(c, "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'") > 0 do end
  assert.eq(#db.query(c, "SELECT * FROM cancelled"), 0)
end))

test("a result that is larger than allowed is given up, but can be read row by row", connected(function(_)
  local c = db.connect(URL, { max_result = 100000 })
  local sql = "SELECT repeat('x', 1000) AS t FROM generate_series(1, 1000)"
  raises("db.query: the result is larger than 100000 bytes: read it with db.each, or raise max_result", db.query, c, sql)
  local count = 0
  for row in db.each(c, sql) do count = count + #row.t end
  assert.eq(count, 1000000)
  assert.eq(#db.query(c, "SELECT 1"), 1)
  db.close(c)
end))
