/** How tasks that compute for long take turns: in an event loop whose turns and time the test moves. */
import assert from "node:assert/strict";
import { Turns } from "../runtime/turns.ts";
import { runLua, testSession } from "./support/lua.ts";

class ManualLoop {
  time = 1000;
  #work: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  next(work: () => void): void {
    this.#work.push(work);
  }

  /** One turn, and what becomes ready in it. */
  async turn(): Promise<void> {
    for (const work of this.#work.splice(0)) work();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  get isIdle(): boolean {
    return this.#work.length === 0;
  }
}

/** Turns until somebody goes on. */
async function turnsUntil(loop: ManualLoop, log: readonly string[]): Promise<number> {
  const before = log.length;
  let count = 0;
  while (log.length === before) {
    assert.ok(count++ < 1000, "nobody goes on");
    await loop.turn();
  }
  return count;
}

function resting(turns: Turns, log: string[], name: string, rests: number): void {
  void turns.rest(rests).then(() => log.push(name));
}

Deno.test("of tasks that compute, one goes on in a turn of the event loop, and others have turns between", async () => {
  const loop = new ManualLoop();
  const turns = new Turns(loop);
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) resting(turns, log, name, 0);
  for (const expected of [["a"], ["a", "b"], ["a", "b", "c"]]) {
    assert.ok(await turnsUntil(loop, log) > 2, "input and output have turns of their own");
    assert.deepEqual(log, expected);
  }
});

Deno.test("a task that has computed for long comes after those that have not, but is not left out", async () => {
  const loop = new ManualLoop();
  const turns = new Turns(loop);
  const log: string[] = [];
  resting(turns, log, "long", 1000);
  for (let i = 0; i < 10; i++) resting(turns, log, "short", i % 3);
  for (let i = 0; i < 11; i++) await turnsUntil(loop, log);
  assert.equal(log[0], "short");
  assert.ok(log.indexOf("long") > 0 && log.indexOf("long") < 10, log.join(" "));
});

Deno.test("nobody is waited for when nobody rests any more", async () => {
  const loop = new ManualLoop();
  const turns = new Turns(loop);
  const log: string[] = [];
  resting(turns, log, "a", 0);
  await turnsUntil(loop, log);
  for (let i = 0; i < 1000 && !loop.isIdle; i++) await loop.turn();
  assert.ok(loop.isIdle);
});

Deno.test("the more tasks rest, the shorter is a slice; tasks of one turn of the event loop share it", async () => {
  const loop = new ManualLoop();
  const turns = new Turns(loop);
  const alone = turns.sliceEnd(loop.time) - loop.time;
  const log: string[] = [];
  for (let i = 0; i < 10; i++) resting(turns, log, "some", 0);
  assert.ok(turns.sliceEnd(loop.time) <= loop.time, "this turn's slice is used up");
  await turnsUntil(loop, log);
  const end = turns.sliceEnd(loop.time);
  assert.ok(end > loop.time && end - loop.time < alone);
  loop.time += 1;
  assert.equal(turns.sliceEnd(loop.time), end);
});

Deno.test("a task that waits goes on many times while others compute without end", async () => {
  const [counts] = await runLua(`
    local stop, computed, waited = false, 0, 0
    local tasks = {}
    for i = 1, 8 do
      tasks[i] = async.spawn(function()
        while not stop do for j = 1, 1000 do computed = computed + 1 end end
      end)
    end
    for i = 1, 20 do sleep(0) waited = waited + 1 end
    stop = true
    for i = 1, 8 do tasks[i]:await() end
    return waited .. " " .. tostring(computed > 0)`);
  assert.equal(counts, "20 true");
});

Deno.test("what a builtin calls computes in the time of its caller", async () => {
  const { session } = await testSession();
  session.vm.globals.set("nested", session.vm.newFunction("nested", ([fn]) => session.call(fn)));
  await session.run(
    `local done = false
    async.spawn(function() sleep(0) done = true end)
    while not done do nested(function() end) end`,
    "test.lua",
  );
});

Deno.test("a task that comes late still has in hand what it starts before that begins", async () => {
  const { session } = await testSession();
  const { vm } = session;
  const begin: unknown[] = [];
  vm.globals.set("begin", vm.newFunction("begin", ([handle]) => void begin.push(handle)));
  vm.globals.set(
    "start",
    vm.newFunction("start", ([fn]) => {
      session.spawn(fn);
      return "handle";
    }),
  );
  const busy = session.spawn(vm.load("repeat local x = 1 until stop", "busy"));
  const late = vm.load("local handle; handle = start(function() begin(handle) end)", "late");
  await Promise.all(Array.from({ length: 20 }, () => session.spawn(late).result));
  vm.globals.set("stop", true);
  await busy.result;
  assert.deepEqual(begin, Array(20).fill("handle"));
});
