/** What the log and the end of a script tell of tasks. */
import assert from "node:assert/strict";
import { type EngineName, ENGINES, loadEngine } from "../runtime/engines.ts";
import { assay } from "./support/assay.ts";
import { testSession } from "./support/lua.ts";

async function logOf(code: string, engine: EngineName): Promise<string> {
  const { session, logged } = await testSession({ engine: await loadEngine(engine) });
  await session.run(code, "tasks.lua");
  return logged();
}

for (const engine of ENGINES) {
  Deno.test(`the error of a task that nobody waits for is logged with its place and traceback (${engine})`, async () => {
    const log = await logOf(
      `local function inner() error("disk full") end
       async.spawn(function()
         inner()
       end)
       sleep(0.001)`,
      engine,
    );
    assert.match(
      log,
      /^ERROR async\.spawn: the task <tasks\.lua:2> failed and nobody waits for it: tasks\.lua:1: disk full\n/m,
    );
    assert.match(log, /stack traceback:\n[\s\S]*tasks\.lua:3: in function <tasks\.lua:2>/);
  });

  Deno.test(`a task is logged by the name that it was given (${engine})`, async () => {
    const log = await logOf(
      `async.spawn(function() error({}) end, { name = "poller" }) sleep(0.001)`,
      engine,
    );
    assert.match(log, /^ERROR async\.spawn: task "poller" <tasks\.lua:1> failed and .*: table: /m);
  });

  Deno.test(`errors that somebody waits for, and ends by cancelling, are not logged (${engine})`, async () => {
    const log = await logOf(
      `local h = async.spawn(function() sleep(0.001) error("x") end)
       pcall(h.await)
       async.spawn(function() sleep(3600) end):cancel()
       pcall(async.all, { function() error("y") end, function() sleep(0.001) error("z") end })
       pcall(async.race, { function() error("y") end, function() sleep(0.001) error("z") end })
       pcall(async.timeout, 0.001, function() pcall(sleep, 3600) error("late") end)
       sleep(0.003)`,
      engine,
    );
    assert.equal(log, "");
  });

  Deno.test(`the error that stops an interval is logged (${engine})`, async () => {
    const log = await logOf(
      `async.spawn_interval(0.001, function() error("tick") end):await()`,
      engine,
    );
    assert.match(
      log,
      /^ERROR async\.spawn_interval: the callback of the task <tasks\.lua:1> failed and will not be called again: tasks\.lua:1: tick/m,
    );
  });

  Deno.test(`a script whose tasks all wait is ended, and told what for (${engine})`, async () => {
    const code = `local c = async.channel(0)
      local jobs = async.spawn(function()
        for job in c do print(job) end
      end)
      async.spawn(function() async.select({ c, async.channel() }) end)
      jobs:await()`;
    const { status, stderr } = await assay(["exec", "--engine", engine, "-e", code]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /ERROR every task waits for something that cannot happen any more: the script has been ended/,
    );
    assert.match(stderr, /\n\t<eval>:3 waits for a value of a channel\n/);
    assert.match(stderr, /\n\t<eval>:5 waits for a value of one of 2 channels\n/);
    assert.match(stderr, /\n\t<eval>:6 waits for the end of the task <<eval>:2>\n/);
  });
}
