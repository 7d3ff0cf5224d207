-- db on MariaDB and MySQL: URL is the server's, each test has a connection of its own

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

-- Without parameters the text protocol is used, with them the binary one
local function both(c, sql, check)
  check(one(c, sql))
  check(one(c, sql .. " WHERE 1 = ?", { 1 }))
end

test("integers are exact", connected(function(c)
  db.execute(c, [[CREATE OR REPLACE TABLE ints (a TINYINT, b SMALLINT UNSIGNED, c MEDIUMINT, d INT, e BIGINT,
    f BIGINT UNSIGNED, y YEAR)]])
  db.execute(c, [[INSERT INTO ints VALUES (-128, 65535, -8388608, 2147483647, 9007199254740993,
    18446744073709551615, 2024)]])
  both(c, "SELECT * FROM ints", function(row)
    assert.eq(row.a, -128)
    assert.eq(row.b, 65535)
    assert.eq(row.c, -8388608)
    assert.eq(row.d, 2147483647)
    assert.eq(row.y, 2024)
    -- More than a Lua integer holds
    assert.eq(row.f, "18446744073709551615")
    if engine.name ~= "fengari" then assert.eq(row.e, 9007199254740993) end
  end)
end))

test("TINYINT(1) is a boolean where it is 0 or 1", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE flags (t BOOLEAN, f BOOL, n TINYINT(1), u BOOL)")
  db.execute(c, "INSERT INTO flags VALUES (TRUE, FALSE, 7, NULL)")
  both(c, "SELECT * FROM flags", function(row)
    assert.eq(row.t, true)
    assert.eq(row.f, false)
    assert.eq(row.n, 7)
    assert.eq(row.u, nil)
  end)
end))

test("floats are floats, decimals exact strings", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE numbers (f FLOAT, d DOUBLE, w DOUBLE, n DECIMAL(40,10))")
  db.execute(c, "INSERT INTO numbers VALUES (0.1, 0.1, 2, '123456789012345678901234567890.0123456789')")
  both(c, "SELECT * FROM numbers", function(row)
    assert.eq(row.f, 0.1)
    assert.eq(row.d, 0.1)
    assert.eq(math.type(row.w), "float")
    assert.eq(row.n, "123456789012345678901234567890.0123456789")
  end)
end))

test("json is decoded, also where MariaDB keeps it as text", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE documents (j JSON)")
  db.execute(c, "INSERT INTO documents VALUES (?)", { { a = { 1, 2.5, "é" } } })
  both(c, "SELECT * FROM documents", function(row)
    assert.eq(row.j.a[1], 1)
    assert.eq(row.j.a[2], 2.5)
    assert.eq(row.j.a[3], "é")
  end)
end))

test("blobs are strings of bytes, text is UTF-8", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE bytes (b BLOB, v VARBINARY(10), t TEXT, s VARCHAR(20), k CHAR(3), i BIT(9))")
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local every = table.concat(all)
  db.execute(c, "INSERT INTO bytes VALUES (?, ?, ?, ?, ?, b'100000001')", { every, "\0\255", "日本 'q' \\ \"", "🙂", "ä" })
  both(c, "SELECT * FROM bytes", function(row)
    assert(row.b == every)
    assert.eq(row.v, "\0\255")
    assert.eq(row.t, "日本 'q' \\ \"")
    assert.eq(row.s, "🙂")
    assert.eq(row.k, "ä")
    assert.eq(row.i, "\1\1")
  end)
end))

test("dates, times, enums and sets are text", connected(function(c)
  db.execute(c, [[CREATE OR REPLACE TABLE moments (d DATE, t TIME(3), dt DATETIME(6), p DATETIME, e ENUM('a','b'), s SET('x','y'), u UUID)]])
  db.execute(c, "INSERT INTO moments VALUES (?, ?, ?, ?, ?, ?, ?)", {
    "2024-02-29", "-12:34:56.789", "2024-02-29 12:00:00.123456", "2024-02-29 12:00:00", "b", "x,y",
    "11111111-2222-3333-4444-555555555555",
  })
  both(c, "SELECT * FROM moments", function(row)
    assert.eq(row.d, "2024-02-29")
    assert.eq(row.t, "-12:34:56.789")
    assert.eq(row.dt, "2024-02-29 12:00:00.123456")
    assert.eq(row.p, "2024-02-29 12:00:00")
    assert.eq(row.e, "b")
    assert.eq(row.s, "x,y")
    assert.eq(row.u, "11111111-2222-3333-4444-555555555555")
  end)
end))

test("parameters of every type", connected(function(c)
  local row = one(c, "SELECT ? AS n, ? AS i, ? AS f, ? AS b, ? AS s, ? + 1 AS p", { nil, 42, 1.5, true, "é", 1, n = 6 })
  assert.eq(row.n, nil)
  assert.eq(row.i, 42)
  assert.eq(row.f, 1.5)
  assert(row.b == true or row.b == 1)
  assert.eq(row.s, "é")
  assert.eq(row.p, 2)
  assert.eq(#db.query(c, "SELECT seq FROM seq_1_to_10 LIMIT ? OFFSET ?", { 3, 2 }), 3)
  assert.eq(#db.query(c, "SELECT 1 WHERE ? = 'it''s' AND ? = 0x27", { "it's", "'" }), 1)
end))

test("integers beyond 2^53 go both ways", connected(function(c)
  if engine.name == "fengari" then skip("fengari has no wide integers") end
  for _, n in ipairs({ 9007199254740993, math.maxinteger, math.mininteger }) do
    assert.eq(one(c, "SELECT CAST(? AS SIGNED) AS n", { n }).n, n)
  end
end))

test("a parameter never becomes SQL, whatever the mode of the server", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE quoted (t TEXT)")
  for _, mode in ipairs({ "", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES" }) do
    db.execute(c, "SET sql_mode = '" .. mode .. "'")
    local evil = [[\'; DROP TABLE quoted; -- "]]
    db.execute(c, "INSERT INTO quoted VALUES (?)", { evil })
    assert.eq(one(c, "SELECT t FROM quoted WHERE t = ? LIMIT 1", { evil }).t, evil)
  end
end))

test("execute gives the number of affected rows", connected(function(c)
  assert.eq(db.execute(c, "CREATE OR REPLACE TABLE counted (id INT PRIMARY KEY)"), 0)
  assert.eq(db.execute(c, "INSERT INTO counted SELECT seq FROM seq_1_to_5"), 5)
  assert.eq(db.execute(c, "UPDATE counted SET id = id + 10 WHERE id > ?", { 3 }), 2)
  -- As in the other databases: what was found counts, though nothing is different afterwards
  assert.eq(db.execute(c, "UPDATE counted SET id = id"), 5)
  assert.eq(db.execute(c, "DELETE FROM counted WHERE id = 99"), 0)
  assert.eq(db.execute(c, "INSERT INTO counted VALUES (50); DELETE FROM counted; -- done"), 1 + 6)
  assert.eq(db.execute(c, "SELECT 1"), 0)
end))

test("of several statements the last rows count, of a procedure its rows", connected(function(c)
  assert.eq(#db.query(c, "SELECT 1 WHERE FALSE"), 0)
  assert.eq(one(c, "SELECT 1 AS a; SELECT 2 AS a; DO 1").a, 2)
  db.execute(c, "CREATE OR REPLACE PROCEDURE answer(IN n INT) SELECT n + 1 AS a")
  assert.eq(one(c, "CALL answer(41)").a, 42)
  assert.eq(one(c, "CALL answer(?)", { 41 }).a, 42)
  assert.eq(one(c, "SELECT 1 AS x, 2 AS x").x, 2)
end))

test("an error tells the SQLSTATE and the number, and the connection goes on", connected(function(c)
  raises("db.query: Table 'assay_test.none' doesn't exist (SQLSTATE 42S02, error 1146)", db.query, c, "SELECT * FROM none")
  raises("(SQLSTATE 42000, error 1064)", db.query, c, "SELEC 1")
  db.execute(c, "CREATE OR REPLACE TABLE u (id INT PRIMARY KEY)")
  db.execute(c, "INSERT INTO u VALUES (?)", { 1 })
  raises("db.execute: Duplicate entry '1' for key 'PRIMARY' (SQLSTATE 23000, error 1062)", db.execute, c,
    "INSERT INTO u VALUES (?)", { 1 })
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("a wrong number of parameters is an error", connected(function(c)
  raises("the SQL has 2 placeholders, but 1 parameter was given", db.query, c, "SELECT ?, ?", { 1 })
  raises("the SQL has 1 placeholder, but 2 parameters were given", db.query, c, "SELECT ?", { 1, 2 })
  assert.eq(#db.query(c, "SELECT ?, ?", { 1, nil, n = 2 }), 1)
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
end))

test("the server cannot ask for files", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE loaded (t TEXT)")
  raises("db.execute: ", db.execute, c, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE loaded")
  assert.eq(#db.query(c, "SELECT * FROM loaded"), 0)
end))

test("a transaction commits, rolls back, and nests", connected(function(c)
  db.execute(c, "CREATE OR REPLACE TABLE accounts (id INT)")
  assert.eq(db.transaction(c, function(tx)
    db.execute(tx, "INSERT INTO accounts VALUES (1)")
    sleep(0.01)
    assert.eq(#db.query(c, "SELECT * FROM accounts"), 0)
    raises("inner", db.transaction, tx, function(inner)
      db.execute(inner, "INSERT INTO accounts VALUES (2)")
      error("inner")
    end)
    return "done"
  end), "done")
  raises("outer", db.transaction, c, function(tx)
    db.execute(tx, "DELETE FROM accounts")
    error("outer")
  end)
  assert.eq(one(c, "SELECT id FROM accounts").id, 1)
end))

test("a transaction has options", connected(function(c)
  db.transaction(c, function(tx)
    raises("(SQLSTATE 25006", db.execute, tx, "INSERT INTO accounts VALUES (9)")
  end, { read_only = true, isolation = "serializable" })
end))

test("each reads rows as they are wanted, and ends early", connected(function(c)
  local sum, count = 0, 0
  for row in db.each(c, "SELECT seq FROM seq_1_to_2500 WHERE seq > ?", { 0 }) do
    sum, count = sum + row.seq, count + 1
  end
  assert.eq(count, 2500)
  assert.eq(sum, 2500 * 2501 // 2)
  local seen = 0
  for row in db.each(c, "SELECT seq FROM seq_1_to_200000") do
    seen = seen + 1
    if row.seq == 1000 then break end
  end
  assert.eq(seen, 1000)
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
  raises("db.each: Table 'assay_test.none' doesn't exist", db.each, c, "SELECT * FROM none")
  raises("db.each: Table 'assay_test.none' doesn't exist", db.each, c, "SELECT * FROM none WHERE id = ?", { 1 })
  for _ in db.each(c, "DO 1") do error("no rows") end
end))

test("leaving a loop over each gives its connection back", connected(function(_)
  if engine.name == "fengari" then skip("Lua 5.3 closes nothing when a loop is left") end
  local c = db.connect(URL, { max_connections = 1, acquire_timeout = 10 })
  for _ in db.each(c, "SELECT seq FROM seq_1_to_100000") do break end
  assert.eq(one(c, "SELECT 1 AS x").x, 1)
  db.close(c)
end))

test("each within a transaction keeps others out until it ends", connected(function(c)
  db.transaction(c, function(tx)
    local seen = 0
    for _ in db.each(tx, "SELECT seq FROM seq_1_to_1200") do
      seen = seen + 1
      if seen == 1 then raises("busy with the rows of db.each", db.query, tx, "SELECT 1") end
    end
    assert.eq(seen, 1200)
    assert.eq(one(tx, "SELECT 1 AS x").x, 1)
  end)
end))

test("a statement may take so long", connected(function(_)
  local c = db.connect(URL, { statement_timeout = 0.05 })
  raises("max_statement_time exceeded", db.query, c, "SELECT SLEEP(10), COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000 b")
  db.close(c)
end))

test("a result that is larger than allowed is given up, but can be read row by row", connected(function(_)
  local c = db.connect(URL, { max_result = 100000 })
  local sql = "SELECT REPEAT('x', 1000) AS t FROM seq_1_to_1000"
  raises("db.query: the result is larger than 100000 bytes: read it with db.each, or raise max_result", db.query, c, sql)
  local count = 0
  for row in db.each(c, sql) do count = count + #row.t end
  assert.eq(count, 1000000)
  assert.eq(#db.query(c, "SELECT 1"), 1)
  db.close(c)
end))
