/** How an activity is to be run: the third argument of `ctx:execute_activity`. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import { integer, number, options, type ParamValues, table } from "../../../runtime/seam/params.ts";
import { toText } from "../../../runtime/seam/text.ts";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { type Duration, duration } from "./protocol.ts";

const retryPolicy = options("retry_policy", {
  initial_interval: number,
  backoff_coefficient: number,
  maximum_interval: number,
  maximum_attempts: integer,
  non_retryable_errors: table,
});

/** All times are seconds. */
export const activityOptions = options("opts", {
  start_to_close_timeout: number,
  schedule_to_close_timeout: number,
  schedule_to_start_timeout: number,
  heartbeat_timeout: number,
  retry_policy: () => retryPolicy,
});

export type ActivityOptions = ParamValues<[typeof activityOptions]>[0];

/** How long one attempt may take unless told otherwise, seconds. */
const START_TO_CLOSE = 300;

/** The attributes of the command that schedules an activity. @throws {ScriptError} When a time is none */
export function scheduleAttributes(given: ActivityOptions): Record<string, unknown> {
  const { retry_policy: retry } = given;
  return {
    startToCloseTimeout: time("start_to_close_timeout", given.start_to_close_timeout ?? START_TO_CLOSE),
    ...field("scheduleToCloseTimeout", time("schedule_to_close_timeout", given.schedule_to_close_timeout)),
    ...field("scheduleToStartTimeout", time("schedule_to_start_timeout", given.schedule_to_start_timeout)),
    ...field("heartbeatTimeout", time("heartbeat_timeout", given.heartbeat_timeout)),
    ...(retry === undefined ? {} : {
      retryPolicy: {
        ...field("initialInterval", time("initial_interval", retry.initial_interval)),
        ...field("backoffCoefficient", retry.backoff_coefficient),
        ...field("maximumInterval", time("maximum_interval", retry.maximum_interval)),
        ...field("maximumAttempts", retry.maximum_attempts),
        ...field(
          "nonRetryableErrorTypes",
          retry.non_retryable_errors && names(retry.non_retryable_errors),
        ),
      },
    }),
  };
}

function field(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function time(name: string, seconds: number | undefined): Duration | undefined {
  if (seconds === undefined) return undefined;
  if (seconds > 0 && seconds < Infinity) return duration(seconds);
  throw new ScriptError(
    `ctx:execute_activity: ${name} must be above 0 seconds and finite: current value is ${seconds}`,
  );
}

function names(list: LuaTable): string[] {
  return Array.from({ length: list.length() }, (_, index) => {
    const name = list.get(index + 1);
    if (typeof name === "string") return toText(name);
    throw new ScriptError("ctx:execute_activity: non_retryable_errors must be a list of strings");
  });
}
