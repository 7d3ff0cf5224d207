/** `backoff:`: how long a check waits between attempts. */
import { duration, flag, MAX_DURATION, number } from "./scalars.ts";
import { either, optional, type Reader, reader, record } from "./schema.ts";

/** Waits between attempts. Milliseconds. */
export type Backoff =
  /** Attempt k + 1 waits k times as long. */
  | { readonly kind: "linear"; readonly step: number }
  /** Attempt k + 1 waits `initial × factor^(k − 1)`, at most `max`. */
  | {
    readonly kind: "exponential";
    readonly initial: number;
    readonly factor: number;
    readonly max: number;
    /** Whether the wait is a random part of that: "full jitter". */
    readonly jitter: boolean;
  };

const DEFAULT_FACTOR = 2;
const DEFAULT_INITIAL = 1000;
const DEFAULT_MAX = 60_000;

const readExponential = record({
  initial: optional(duration(), "The first wait. Default: 1s"),
  factor: optional(number(), "What each wait is multiplied by. Default: 2"),
  max: optional(duration(), "The longest wait. Default: 1m"),
  jitter: optional(flag(), "Whether to wait a random part of each. Default: false"),
});

/** Reads a duration or `{initial, factor, max, jitter}`. */
export function backoff(): Reader<Backoff> {
  const linear = reader<Backoff>(duration().schema, (node, problems, key) => {
    const step = duration()(node, problems, key);
    return step === undefined ? undefined : { kind: "linear", step };
  });
  const exponential = reader<Backoff>(readExponential.schema, (node, problems, key) => {
    const given = readExponential(node, problems, `'${key}'`);
    if (given === undefined) return undefined;
    const { initial = DEFAULT_INITIAL, factor = DEFAULT_FACTOR, max = DEFAULT_MAX, jitter = false } = given;
    if (factor >= 1) return { kind: "exponential", initial, factor, max, jitter };
    problems.add(node.at, `'${key}.factor' must be at least 1: current value is ${factor}`);
    return undefined;
  });
  return either({ kinds: ["mapping"], read: exponential }, { kinds: [], read: linear });
}

/** The wait before the attempt that follows attempt number `attempt`. @param random In [0, 1) */
export function waitAfter(attempt: number, backoff: Backoff, random: () => number): number {
  if (backoff.kind === "linear") return Math.min(backoff.step * attempt, MAX_DURATION);
  const { initial, factor, max, jitter } = backoff;
  const wait = Math.min(initial * factor ** (attempt - 1), max, MAX_DURATION);
  return jitter ? wait * random() : wait;
}
