/** What it costs that Lua strings become bytes before they are hashed. */
import { createHash } from "node:crypto";
import { type Measurement, median } from "./measurement.ts";
import { hash } from "../builtins/crypto/digest.ts";
import { fromBytes } from "../runtime/seam/text.ts";

const MEGABYTES = 16;
const ROUNDS = 11;

/** The time of crypto.hash (SHA-256) divided by that of the platform over bytes, median of several rounds. */
export function hashBench(rounds = ROUNDS, megabytes = MEGABYTES): Promise<Measurement> {
  const bytes = Uint8Array.from({ length: megabytes * 2 ** 20 }, (_, i) => i * 31 + (i >> 8));
  const text = fromBytes(bytes);
  const ours: number[] = [];
  const native: number[] = [];
  for (let round = 0; round < rounds; round++) {
    native.push(time(() => createHash("sha256").update(bytes).digest("hex")));
    ours.push(time(() => hash(text, "sha256")));
  }
  const [own, base] = [median(ours), median(native)];
  const rate = (milliseconds: number) => (megabytes / milliseconds * 1000).toFixed(0);
  return Promise.resolve({
    name: "crypto.hash (SHA-256) ÷ node:crypto over bytes",
    ratio: own / base,
    detail: `${megabytes} MiB: ${own.toFixed(1)} ms / ${base.toFixed(1)} ms, ${rate(own)} MiB/s / ${
      rate(base)
    } MiB/s`,
  });
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
