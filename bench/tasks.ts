/** Awaits: Lua tasks beside JavaScript's async functions. */
import { type Measurement, median } from "./measurement.ts";
import { loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { createLogger } from "../runtime/log.ts";
import { Session } from "../runtime/session.ts";

const TASKS = 20_000;
const ROUNDS = 11;
const WARM_UP = 4;

/** A wait as programs have it: for something that comes from outside. */
function timer(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), 0));
}

async function session(pause: () => Promise<undefined>): Promise<Session> {
  const made = new Session({
    engine: await loadEngine(),
    log: createLogger({ level: "error", colour: false, now: () => 0, write() {} }),
    output: { write() {}, flush() {} },
    environment: new FixedEnvironment({}),
  });
  made.vm.globals.set("pause", made.vm.newFunction("pause", pause));
  return made;
}

/** 20,000 tasks at a time, each with two awaits of timers, over as many async functions. */
export async function tasksBench(): Promise<Measurement> {
  const host = await session(timer);
  const body = host.vm.load("pause() pause()", "task");
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const lua = await timed(() => Array.from({ length: TASKS }, () => host.spawn(body).result));
    const js = await timed(() => Array.from({ length: TASKS }, () => asyncFunction()));
    if (round < WARM_UP) continue;
    ours.push(lua);
    theirs.push(js);
  }
  return {
    name: `${TASKS.toLocaleString("en")} tasks at a time with two awaits of timers each ÷ async functions`,
    ratio: median(ours) / median(theirs),
    target: "≤ 2",
    detail: `${median(ours).toFixed(1)} ms ÷ ${
      median(theirs).toFixed(1)
    } ms, medians of ${ROUNDS} rounds in turn`,
  };
}

async function asyncFunction(): Promise<void> {
  await timer();
  await timer();
}

async function timed(start: () => Promise<unknown>[]): Promise<number> {
  const began = performance.now();
  await Promise.all(start());
  return performance.now() - began;
}

const AWAITS = 200_000;

/** One task that waits for a builtin whose promise has settled, over a JavaScript loop that does. */
export async function awaitBench(): Promise<Measurement> {
  const host = await session(() => Promise.resolve(undefined));
  const body = host.vm.load(`for _ = 1, ${AWAITS} do pause() end`, "loop");
  const times: number[] = [];
  const loops: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const lua = await timed(() => [host.spawn(body).result]);
    const js = await timed(() => [loop()]);
    if (round < WARM_UP) continue;
    times.push(lua);
    loops.push(js);
  }
  const microseconds = median(times) * 1000 / AWAITS;
  return {
    name: "await of a resolved builtin ÷ 0.2 µs",
    ratio: microseconds / 0.2,
    target: "≤ 1",
    detail: `${microseconds.toFixed(3)} µs; in JavaScript ${(median(loops) * 1000 / AWAITS).toFixed(3)} µs`,
  };
}

async function loop(): Promise<void> {
  for (let i = 0; i < AWAITS; i++) await Promise.resolve();
}
