/** Waiting at channels: for a value, for room, for the first of several. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toText } from "../../runtime/seam/text.ts";
import { type LuaResult, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";
import { Channel } from "./channel.ts";
import { after } from "./timer.ts";
import { Waits } from "./waits.ts";

const CLOSED: LuaResult = [undefined, "closed"];
const TIMED_OUT: LuaResult = [undefined, "timeout"];

/** Milliseconds. @throws {ScriptError} When it is no length of time */
function limit(functionName: string, seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (seconds >= 0) return seconds * 1000;
  throw new ScriptError(
    `${functionName}: timeout must be zero or more, in seconds: current value is ${seconds}`,
  );
}

/** Sends a value once there is room. @throws {ScriptError} When the channel is closed, or the value is nil */
export function send(
  host: Host,
  channel: Channel,
  value: LuaValue,
  seconds?: number,
): LuaResult | Promise<LuaResult> {
  const milliseconds = limit("channel:send", seconds);
  if (tryInTurn(channel, "channel:send", value)) return true;
  const { promise, resolve, reject } = Promise.withResolvers<LuaResult>();
  const leave = channel.awaitRoom({
    value,
    sent: () => resolve(true),
    refused: () => reject(closedError("channel:send")),
  });
  const release = timer(milliseconds, () => {
    leave();
    resolve([false, "timeout"]);
  });
  return Waits.of(host).note(() => "room in a channel", promise.finally(release), () => {
    leave();
    release();
  });
}

/** Sends where that needs no waiting. @returns whether it did not */
export function tryInTurn(channel: Channel, functionName: string, value: LuaValue): boolean {
  if (value === undefined) {
    throw new ScriptError(
      `${functionName}: nil cannot be sent: receiving nil means that the channel is closed`,
    );
  }
  if (channel.isClosed) throw closedError(functionName);
  return channel.offer(value);
}

function closedError(functionName: string): ScriptError {
  return new ScriptError(`${functionName}: the channel is closed`);
}

/** Gives the next value; nil and "closed" when no further one comes, nil and "timeout" when none has come by then. */
export function receive(host: Host, channel: Channel, seconds?: number): LuaResult | Promise<LuaResult> {
  const milliseconds = limit("channel:recv", seconds);
  const value = channel.take();
  if (value !== undefined) return value;
  if (channel.isClosed) return CLOSED;
  return first(host, [channel], milliseconds, (_, received) => received ?? CLOSED, TIMED_OUT);
}

/**
 * Gives the key of a channel that has a value, and the value, which is nil when that channel is closed. Of several that
 * have one, any is chosen.
 */
export function select(host: Host, channels: LuaTable, seconds?: number): LuaResult | Promise<LuaResult> {
  const milliseconds = limit("async.select", seconds);
  const keys = new Map<Channel, LuaValue>();
  for (const [key, value] of channels.entries()) {
    if (value instanceof Channel) keys.set(value, key);
    else {
      const shown = typeof key === "string" ? `"${toText(key)}"` : String(key);
      throw new ScriptError(
        `async.select: expects channels of async.channel: the value at ${shown} is a ${typeOf(value)}`,
      );
    }
  }
  if (keys.size === 0) {
    throw new ScriptError("async.select: there is nothing to wait for: the table is empty");
  }
  const all = [...keys.keys()];
  // From a different one each time: one that always has a value would keep the others waiting
  const start = Math.floor(Math.random() * all.length);
  const turned = [...all.slice(start), ...all.slice(0, start)];
  const ready = turned.find((channel) => channel.isReady) ?? turned.find((channel) => channel.isClosed);
  if (ready !== undefined) return [keys.get(ready), ready.take()];
  return first(host, all, milliseconds, (channel, value) => [keys.get(channel), value], TIMED_OUT);
}

/** Waits for the first value, or the end, of one of several channels. */
function first(
  host: Host,
  channels: readonly Channel[],
  milliseconds: number | undefined,
  result: (channel: Channel, value: LuaValue) => LuaResult,
  timedOut: LuaResult,
): Promise<LuaResult> {
  const { promise, resolve } = Promise.withResolvers<LuaResult>();
  let delivered: { readonly channel: Channel; readonly value: LuaValue } | undefined;
  const receiver = {
    deliver(channel: Channel, value: LuaValue) {
      end();
      delivered = { channel, value };
      resolve(result(channel, value));
    },
  };
  const leaves = channels.map((channel) => channel.awaitValue(receiver));
  const release = timer(milliseconds, () => {
    end();
    resolve(timedOut);
  });
  const end = () => {
    release();
    for (const leave of leaves) leave();
  };
  const what = () =>
    channels.length === 1 ? "a value of a channel" : `a value of one of ${channels.length} channels`;
  return Waits.of(host).note(what, promise, () => {
    end();
    // On its way to a task that does not go on: another one is to have it
    if (delivered?.value !== undefined) delivered.channel.putBack(delivered.value);
  });
}

function timer(milliseconds: number | undefined, call: () => void): () => void {
  return milliseconds === undefined || milliseconds === Infinity ? () => {} : after(milliseconds, call);
}
