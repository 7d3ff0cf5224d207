import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { any, func, integer, number, optional, options, string, table } from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import { extraOptions } from "../extra_options.ts";
import { CHANNEL, newChannel } from "./channel_object.ts";
import { select } from "./channel_waits.ts";
import { all, race, timeout } from "./group.ts";
import { HANDLE, handle, start } from "./handle.ts";
import { intervalArguments, startInterval } from "./interval.ts";

export default defineGlobal({
  name: "async",
  doc: "Tasks that go on beside each other",
  functions: {
    spawn: fn({
      params: [func("fn"), extraOptions(options("opts", { name: string }))],
      returns: "handle",
      doc: "Start a function as a task of its own; handle:await() gives its results, handle:cancel() ends it",
      run: (host, body, { name }) =>
        handle(host, start(host, body, [], name === undefined ? undefined : toText(name))),
    }),
    spawn_interval: fn({
      params: [any("fn", "function"), any("milliseconds", "number")],
      returns: "handle",
      doc: "Call a function every so many milliseconds; (seconds, fn) is understood too",
      run: (host, first, second) => handle(host, startInterval(host, intervalArguments(first, second))),
    }),
    all: fn({
      params: [table("tasks", "{[any]: function|handle}"), options("opts", { limit: integer })],
      returns: "table",
      doc:
        "Wait for all of some functions and handles, limit functions at a time; their results under the same keys",
      run: (host, tasks, { limit }) => all(host, tasks, limit),
    }),
    race: fn({
      params: [table("tasks", "{[any]: function|handle}")],
      returns: "any...",
      doc: "The results of the first of some functions and handles to end; the other functions are cancelled",
      run: (host, tasks) => race(host, tasks),
    }),
    timeout: fn({
      params: [number("seconds"), func("fn")],
      returns: "any...",
      doc: "Call a function with further arguments; an error when it has not ended after so many seconds",
      variadic: true,
      run: (host, seconds, body, ...args) => timeout(host, seconds, body, args),
    }),
    channel: fn({
      params: [optional(integer("capacity"))],
      returns: "channel",
      doc: "A queue between tasks for capacity values, or any number; with 0 a sender waits for its receiver",
      run: (host, capacity) => newChannel(host, capacity),
    }),
    select: fn({
      params: [table("channels", "{[any]: channel}"), optional(number("timeout"))],
      returns: "any, any",
      doc:
        "Wait for a value of one of some channels: its key, and the value, nil when that channel is closed",
      run: (host, channels, seconds) => select(host, channels, seconds),
    }),
  },
  objects: { handle: HANDLE, channel: CHANNEL },
});
