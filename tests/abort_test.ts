/** Being told of an abort: what many waiting tasks cost. */
import assert from "node:assert/strict";
import { onAbort } from "../runtime/seam/abort.ts";

Deno.test("all who wait for a signal share one listener, so that ten thousand tasks do not slow each other down", () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  let calls = 0;
  const releases = Array.from({ length: 10_000 }, () => onAbort(signal, () => calls++));
  assert.equal(listeners, 1);
  for (const release of releases.slice(1)) release();
  controller.abort();
  assert.equal(calls, 1);
});

Deno.test("an abort that has been is told at once", () => {
  let calls = 0;
  onAbort(AbortSignal.abort(), () => calls++)();
  assert.equal(calls, 1);
});

Deno.test("a callback may take back others and itself", () => {
  const controller = new AbortController();
  const called: string[] = [];
  const releaseFirst = onAbort(controller.signal, () => {
    called.push("first");
    releaseFirst();
    releaseSecond();
  });
  const releaseSecond = onAbort(controller.signal, () => called.push("second"));
  controller.abort();
  assert.deepEqual(called, ["first"]);
});
