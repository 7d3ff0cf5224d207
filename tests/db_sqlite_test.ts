/** `db` on files of SQLite. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ROOT, withFolder } from "./support/assay.ts";
import { luaError, runLua } from "./support/lua.ts";

const quoted = (text: string) => JSON.stringify(text);

Deno.test("a SQLite file is made with mode=rwc, and then there for others", () =>
  withFolder(async (folder) => {
    await runLua(`
      local c = db.connect(${quoted(`sqlite://${folder}/a b.db?mode=rwc`)})
      db.execute(c, "CREATE TABLE t (x)")
      db.execute(c, "INSERT INTO t VALUES (?)", { "kept" })
      db.close(c)`);
    const [x] = await runLua(
      `return db.query(db.connect(${quoted(`sqlite://${folder}/a%20b.db`)}), "SELECT x FROM t")[1].x`,
    );
    assert.equal(x, "kept");
  }));

Deno.test("a SQLite file opened with mode=ro is not written to", () =>
  withFolder(async (folder) => {
    const url = `sqlite://${folder}/a.db`;
    await runLua(`db.execute(db.connect(${quoted(`${url}?mode=rwc`)}), "CREATE TABLE t (x)")`);
    const code = `local c = db.connect(${
      quoted(`${url}?mode=ro`)
    }) assert(#db.query(c, "SELECT * FROM t") == 0) `;
    assert.match(
      await luaError(`${code} db.execute(c, "INSERT INTO t VALUES (1)")`),
      /db\.execute: attempt to write a readonly database \(SQLITE_READONLY\)/,
    );
    await runLua(`${code} db.transaction(c, function(tx) db.query(tx, "SELECT * FROM t") end)`);
    const missing = await luaError(`db.connect(${quoted(`sqlite://${folder}/none.db?mode=ro`)})`);
    assert.match(missing, /there is no such file/);
  }));

Deno.test("a file that is no database is told", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.db`, "not a database, whatever its name says: ".repeat(50));
    const message = await luaError(
      `db.connect(${quoted(`sqlite://${folder}/a.db`)})`,
    );
    assert.match(message, /db\.connect: cannot open ".*": file is not a database/);
  }));

Deno.test("who finds a SQLite file locked waits, while other tasks go on", () =>
  withFolder(async (folder) => {
    const url = quoted(`sqlite://${folder}/a.db?mode=rwc`);
    const [ticks, count] = await runLua(`
      local a, b = db.connect(${url}), db.connect(${url})
      db.execute(a, "CREATE TABLE t (x)")
      local ticks, done = 0, false
      local ticking = async.spawn(function() while not done do sleep(0.001) ticks = ticks + 1 end end)
      local holding = async.spawn(function()
        db.transaction(a, function(tx)
          db.execute(tx, "INSERT INTO t VALUES (1)")
          while ticks < 20 do sleep(0.001) end
        end)
      end)
      sleep(0.001)
      db.execute(b, "INSERT INTO t VALUES (2)")
      done = true
      holding:await()
      return ticks, db.query(b, "SELECT COUNT(*) AS n FROM t")[1].n`);
    assert.ok(Number(ticks) >= 20);
    assert.equal(count, 2);
  }));

Deno.test("who connects to a SQLite file locked against readers waits, too", () =>
  withFolder(async (folder) => {
    const url = quoted(`sqlite://${folder}/a.db?mode=rwc`);
    const [first, second] = await runLua(`
      local a = db.connect(${url})
      db.execute(a, "CREATE TABLE t (x); INSERT INTO t VALUES (1)")
      db.execute(a, "BEGIN EXCLUSIVE")
      local reading = async.spawn(function() return db.query(db.connect(${url}), "SELECT x FROM t")[1].x end)
      local looping = async.spawn(function() for row in db.each(db.connect(${url}), "SELECT x FROM t") do return row.x end end)
      sleep(0.03)
      db.execute(a, "COMMIT")
      return reading:await(), looping:await()`);
    assert.deepEqual([first, second], [1, 1]);
  }));

Deno.test("a SQLite file that stays locked is given up", () =>
  withFolder(async (folder) => {
    const url = quoted(`sqlite://${folder}/a.db?mode=rwc&busy_timeout=0.05`);
    const message = await luaError(`
      local a, b = db.connect(${url}), db.connect(${url})
      db.execute(a, "CREATE TABLE t (x)")
      db.transaction(a, function() db.execute(b, "INSERT INTO t VALUES (2)") end)`);
    assert.match(message, /db\.execute: database is locked for 0\.05 s \(busy_timeout\) \(SQLITE_BUSY\)/);
  }));

Deno.test("rows of a SQLite file that is closed meanwhile end with an error", () =>
  withFolder(async (folder) => {
    const message = await luaError(`
      local c = db.connect(${quoted(`sqlite://${folder}/a.db?mode=rwc`)})
      db.execute(c, "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)")
      for _ in db.each(c, "SELECT x FROM t") do db.close(c) end`);
    assert.match(message, /db\.each: /);
  }));

Deno.test("without the permission for a SQLite file it is not opened", () =>
  withFolder(async (folder) => {
    const program = fileURLToPath(new URL("./support/restricted_db.ts", import.meta.url));
    const attempt = async (...permissions: string[]) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...[
            "run",
            "--no-prompt",
            "--quiet",
            `--config=${ROOT}deno.json`,
            "--allow-env",
            ...permissions,
            program,
          ],
          `sqlite://${folder}/a.db?mode=rwc`,
        ],
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    assert.match(await attempt(`--allow-read=${ROOT}`), /cannot open ".*": permission denied/);
    assert.match(await attempt(`--allow-read`), /cannot open ".*": permission denied: write/);
    assert.match(await attempt("--allow-read", `--allow-write=${folder}`), /opened/);
  }));
