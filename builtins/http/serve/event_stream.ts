/** Server-sent events of a handler: WHATWG HTML, section 9.2. */
import { LuaError, ScriptError } from "../../../runtime/seam/error.ts";
import { formatNumber, toInteger } from "../../../runtime/seam/number.ts";
import { toBytes } from "../../../runtime/seam/text.ts";
import {
  isNumber,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../../runtime/seam/value.ts";
import { describeLuaError } from "../../lua_failure.ts";
import { hasHeader, type HeaderLine } from "../headers.ts";
import type { ResponseContext } from "./context.ts";

/** How many bytes a slow client may leave unread before `send` waits for it. */
const HIGH_WATER = 64 * 1024;

const DEFAULTS: readonly HeaderLine[] = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache"],
  ["connection", "keep-alive"],
];

/**
 * Runs a handler's `sse` function while its events go out. The stream ends when the function does; `send`
 * raises when the client has gone, which the second argument tells too: a function without arguments.
 */
export function eventStream(
  { host, limits, streams }: ResponseContext,
  request: Request,
  produce: LuaFunction,
  status: number,
  lines: HeaderLine[],
): Response {
  for (const line of DEFAULTS) if (!hasHeader(lines, line[0])) lines.push(line);
  if (request.method === "HEAD") return new Response(null, { status, headers: lines });
  const events = new EventOutput(limits.writeTime);
  const end = () => events.close();
  streams.add(end);
  const send = host.vm.newFunction("send", ([event]) => events.send(event));
  const isClosed = host.vm.newFunction("closed", () => events.isClosed);
  const body = events.open(async () => {
    try {
      await host.call(produce, send, isClosed);
    } catch (error) {
      if (!isOfClosing(error)) {
        host.log.error(`http.serve: the sse function failed: ${describeLuaError(host, error)}`);
      }
    } finally {
      streams.delete(end);
      events.close();
    }
  });
  return new Response(body, { status, headers: lines });
}

const CLOSED = "SSE stream closed";

function isOfClosing(error: unknown): boolean {
  return error instanceof LuaError && error.message.endsWith(CLOSED);
}

/** The bytes of a stream of events, with room for what the client has not read yet. */
class EventOutput {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #roomWaiters: (() => void)[] = [];
  readonly #patience: number;

  /** @param patience How long a client may leave everything unread. Milliseconds */
  constructor(patience: number) {
    this.#patience = patience;
  }

  get isClosed(): boolean {
    return this.#controller === undefined;
  }

  /** @param produce Called once the stream can take events */
  open(produce: () => Promise<void>): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
        queueMicrotask(produce);
      },
      pull: () => this.#wake(),
      cancel: () => {
        this.#controller = undefined;
        this.#wake();
      },
    }, { highWaterMark: HIGH_WATER, size: (chunk) => chunk.length });
  }

  /** @throws {ScriptError} For what is no event, or when the client has gone */
  send(event: LuaValue): Promise<undefined> | undefined {
    if (!isTable(event)) {
      throw new ScriptError(`send: expects a table such as {data = "…"}, got ${typeOf(event)}`);
    }
    const bytes = toBytes(formatEvent(event));
    const controller = this.#controller;
    if (controller === undefined) throw new ScriptError(CLOSED);
    controller.enqueue(bytes);
    // Writing to a client that has gone may end the stream before enqueue returns: nobody would make room
    if (this.#controller === undefined) throw new ScriptError(CLOSED);
    return (controller.desiredSize ?? 0) > 0 ? undefined : this.#room();
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
    this.#wake();
  }

  #room(): Promise<undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new ScriptError(CLOSED));
        // Not an error of the stream, which Deno would print
        this.close();
      }, this.#patience);
      this.#roomWaiters.push(() => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }

  #wake(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const wake of waiters) wake();
  }
}

const LINE_END = /\r\n|\r|\n/;

/** The lines of an event in their fixed order, and the blank line that ends it. */
function formatEvent(event: LuaTable): string {
  let lines = "";
  const comment = textOf(event.get("comment"));
  if (comment !== undefined) { for (const line of comment.split(LINE_END)) lines += `: ${line}\n`; }
  const name = textOf(event.get("event"));
  if (name !== undefined) lines += `event: ${oneLine(name, "event name")}\n`;
  const data = textOf(event.get("data"));
  // A CR ends a line for the client too: left in, data could pose as another field
  if (data !== undefined) { for (const line of data.split(LINE_END)) lines += `data: ${line}\n`; }
  const id = textOf(event.get("id"));
  if (id !== undefined) lines += `id: ${oneLine(id, "id")}\n`;
  const retry = event.get("retry");
  const milliseconds = isNumber(retry) ? toInteger(retry) : undefined;
  if (milliseconds !== undefined) lines += `retry: ${milliseconds}\n`;
  return `${lines}\n`;
}

function textOf(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  return isNumber(value) ? formatNumber(value) : undefined;
}

function oneLine(text: string, what: string): string {
  if (/[\r\n]/.test(text)) throw new ScriptError(`SSE ${what} must not contain newlines`);
  return text;
}
