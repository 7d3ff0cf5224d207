/** The channel object that scripts hold. */
import {
  fn,
  type FunctionDeclaration,
  type ObjectDeclaration,
  objectMetatable,
} from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any, instance, number, optional } from "../../runtime/seam/params.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { Channel } from "./channel.ts";
import { receive, send, tryInTurn } from "./channel_waits.ts";

const channel = instance("channel", "channel", Channel);

/** The methods of a channel. `for value in channel do` receives until it is closed; `#channel` is what waits in it. */
export const CHANNEL: ObjectDeclaration<FunctionDeclaration> = {
  doc: "A queue between tasks: for value in channel do … end receives until it is closed",
  methods: {
    send: fn({
      params: [channel, any("value"), optional(number("timeout"))],
      returns: "boolean, string?",
      doc: 'Send a value, waiting for room; false and "timeout" when there was none for so many seconds',
      effect: "write",
      run: (host, self, value, timeout) => send(host, self, value, timeout),
    }),
    try_send: fn({
      params: [channel, any("value")],
      returns: "boolean",
      doc: "Send a value where that needs no waiting",
      effect: "write",
      run: (_, self, value) => tryInTurn(self, "channel:try_send", value),
    }),
    recv: fn({
      params: [channel, optional(number("timeout"))],
      returns: "any, string?",
      doc: 'Wait for the next value; nil and "closed", or nil and "timeout" after so many seconds',
      run: (host, self, timeout) => receive(host, self, timeout),
    }),
    try_recv: fn({
      params: [channel],
      returns: "any, string?",
      doc: 'The next value where there is one; else nil and "empty" or "closed"',
      run: (_, self) => self.take() ?? [undefined, self.isClosed ? "closed" : "empty"],
    }),
    close: fn({
      params: [channel],
      returns: "nil",
      doc: "Close the channel: values in it can still be received; closing again does nothing",
      effect: "write",
      run: (_, self) => self.close(),
    }),
    is_closed: fn({
      params: [channel],
      returns: "boolean",
      doc: "Whether the channel has been closed",
      run: (_, self) => self.isClosed,
    }),
  },
};

const KEY = Symbol("async.channel");
const METHODS = Symbol("async.channel methods");

/** @param capacity Values that wait for a receiver. @default any number */
export function newChannel(host: Host, capacity = Infinity): Channel {
  if (capacity < 0) {
    throw new ScriptError(`async.channel: capacity must be zero or more: current value is ${capacity}`);
  }
  const made = new Channel(capacity);
  made.metatable = host.metatable(KEY, () => makeMetatable(host));
  return made;
}

function makeMetatable(host: Host): LuaTable {
  const metatable = objectMetatable(host, METHODS, "channel", CHANNEL);
  const self = (value: unknown): Channel => {
    if (value instanceof Channel) return value;
    throw new ScriptError("a channel expected");
  };
  metatable.set("__call", host.vm.newFunction("channel", ([value]) => receive(host, self(value))));
  metatable.set("__len", host.vm.newFunction("channel", ([value]) => self(value).length));
  return metatable;
}
