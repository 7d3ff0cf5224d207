/** Further attempts of requests, when asked for. */
import { wait } from "../../runtime/seam/wait.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { boolean, integer, number, options, type Param, table } from "../../runtime/seam/params.ts";
import { isNumber, type LuaTable, toDouble } from "../../runtime/seam/value.ts";
import { Deadline } from "./deadline.ts";
import { elements } from "./parameters.ts";
import type { HttpRequest } from "./request.ts";
import { RequestFailure } from "./url.ts";
import type { Reply } from "./wire.ts";

/** When to try again, and how often. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly times: number;
  /** Before attempt k + 1: this × 2^(k−1). Milliseconds. */
  readonly backoff: number;
  /** The longest wait. A server that wants a longer one is not asked again. Milliseconds. */
  readonly maxWait: number;
  readonly statuses: ReadonlySet<number>;
  /** Whether methods that may do something twice are repeated too. */
  readonly unsafe: boolean;
}

/** Requests are made once unless something else is said. */
export const NO_RETRY: RetryPolicy = {
  times: 0,
  backoff: 1_000,
  maxWait: 30_000,
  statuses: new Set([429, 502, 503, 504]),
  unsafe: false,
};

/** More would be a loop without a purpose. */
const MAX_TIMES = 100;

/** What scripts give: the number of further attempts, or all of it. */
export interface RetryOptions {
  readonly times?: number;
  /** Seconds. */
  readonly backoff?: number;
  /** Seconds. */
  readonly max_wait?: number;
  readonly statuses?: LuaTable;
  readonly unsafe?: boolean;
}

const fields = options("retry", {
  times: integer,
  backoff: number,
  max_wait: number,
  statuses: table,
  unsafe: boolean,
});

/** The option `retry`: a number, or a table. */
export const retry = (name: string): Param<RetryOptions> => ({
  name,
  type: `integer|${fields.type}`,
  optional: false,
  read: (value, notice) =>
    isNumber(value) ? { times: integer(name).read(value) } : fields.read(value, notice),
});

/** @throws {ScriptError} When a number is out of its range */
export function retryPolicy(functionName: string, given: RetryOptions): RetryPolicy {
  const { times = 0, backoff, max_wait, statuses, unsafe = false } = given;
  if (times < 0 || times > MAX_TIMES) {
    throw new ScriptError(
      `${functionName}: retry.times must be 0 to ${MAX_TIMES}: current value is ${times}`,
    );
  }
  return {
    times,
    backoff: length(functionName, "backoff", backoff, NO_RETRY.backoff),
    maxWait: length(functionName, "max_wait", max_wait, NO_RETRY.maxWait),
    statuses: statuses === undefined ? NO_RETRY.statuses : statusSet(functionName, statuses),
    unsafe,
  };
}

/** Seconds to milliseconds. */
function length(functionName: string, name: string, given: number | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (given >= 0 && given < Infinity) return given * 1000;
  throw new ScriptError(
    `${functionName}: retry.${name} must be zero or more, in seconds: current value is ${given}`,
  );
}

function statusSet(functionName: string, table: LuaTable): Set<number> {
  return new Set(
    elements(table).map((value) => {
      if (isNumber(value)) return toDouble(value);
      throw new ScriptError(`${functionName}: retry.statuses must be an array of numbers, as in {429, 503}`);
    }),
  );
}

/** Methods that do the same when done twice: RFC 9110, section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether a policy lets a method be repeated. */
export function isRepeatable(method: string, { unsafe }: RetryPolicy): boolean {
  return unsafe || IDEMPOTENT.has(method);
}

/** Leaves an attempt whose response asks for another. */
class AnotherAttempt extends Error {
  override readonly name = "AnotherAttempt";

  /** @param wait Milliseconds */
  constructor(readonly wait: number, status: number) {
    super(`the server answered with status ${status}`);
  }
}

/** Looks at the response of an attempt, and leaves the attempt where another is to follow. */
export type Judge = (reply: Reply) => Promise<void>;

/**
 * Makes an attempt, and others as the request's policy says. Each has the whole of the request's timeout.
 *
 * @throws {unknown} What the last attempt threw
 */
export async function withRetries<T>(
  host: Host,
  request: HttpRequest,
  attempt: (deadline: Deadline, judge: Judge) => Promise<T>,
): Promise<T> {
  let cancelled = false;
  let leave = () => {};
  host.onCancel(() => {
    cancelled = true;
    leave();
  });
  for (let count = 1;; count++) {
    const deadline = new Deadline(request.timeout, host.signal);
    leave = () => deadline.abort();
    let failure: unknown;
    try {
      return await attempt(deadline, (reply) => judge(request, count, reply));
    } catch (error) {
      failure = error;
    } finally {
      deadline.close();
    }
    const delay = failure instanceof AnotherAttempt
      ? failure.wait
      : waitAfterFailure(host, request, count, failure);
    if (delay === undefined || cancelled) throw numbered(failure, count);
    host.log.debug(
      `${request.functionName}: attempt ${count} failed, the next one follows in ${delay / 1000}s: ` +
        `${(failure as Error).message}`,
    );
    await wait(delay, host.signal);
    host.signal.throwIfAborted();
  }
}

async function judge(request: HttpRequest, count: number, reply: Reply): Promise<void> {
  const { retry: policy } = request;
  if (!policy.statuses.has(reply.status) || !mayRepeat(request, count)) return;
  const asked = retryAfter(reply.headers.get("retry-after"));
  if (asked > policy.maxWait) return;
  await reply.body?.cancel().catch(() => {});
  throw new AnotherAttempt(Math.max(asked, backoff(policy, count)), reply.status);
}

function waitAfterFailure(
  host: Host,
  request: HttpRequest,
  count: number,
  failure: unknown,
): number | undefined {
  if (!(failure instanceof RequestFailure) || !failure.transient || host.signal.aborted) return undefined;
  return mayRepeat(request, count) ? backoff(request.retry, count) : undefined;
}

function mayRepeat({ method, retry: policy }: HttpRequest, count: number): boolean {
  return count <= policy.times && isRepeatable(method, policy);
}

function backoff({ backoff: first, maxWait }: RetryPolicy, count: number): number {
  return Math.min(first * 2 ** (count - 1), maxWait);
}

/** Milliseconds that a Retry-After header asks for: seconds or a date, RFC 9110, section 10.2.3. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}

function numbered(failure: unknown, count: number): unknown {
  if (count === 1 || !(failure instanceof RequestFailure)) return failure;
  return new RequestFailure(`${failure.message} (after ${count} attempts)`, failure.transient, {
    cause: failure,
  });
}
