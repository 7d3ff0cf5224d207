/** The client functions: a request with its redirects, and what a script gets of the response. */
import { describeError, LuaError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes, fromText } from "../../runtime/seam/text.ts";
import type { LuaFunction, LuaTable } from "../../runtime/seam/value.ts";
import { readBody } from "./body.ts";
import type { Deadline } from "./deadline.ts";
import { EventParser, type ServerEvent } from "./event_parser.ts";
import { exchange } from "./exchange.ts";
import { headerLists, headerTable } from "./headers.ts";
import type { HttpRequest } from "./request.ts";
import { withRetries } from "./retry.ts";
import { describeTransportError } from "./transport_error.ts";
import { RequestFailure } from "./url.ts";
import type { Connection, Reply } from "./wire.ts";

/**
 * Makes a request and reads its response: `{status, body, headers}`, or `{status, headers}` once a stream of
 * events that `on_event` was given has ended.
 *
 * @throws {ScriptError} When no whole response comes in time. Any status is a response
 * @throws {LuaError} What `on_event` raises
 */
export async function perform(host: Host, request: HttpRequest, connection: Connection): Promise<LuaTable> {
  return await withRetries(host, request, async (deadline, judge) => {
    const { reply, url } = await exchange(request, connection, deadline);
    await judge(reply);
    const { onEvent } = request;
    if (onEvent !== undefined && /\btext\/event-stream\b/i.test(reply.headers.get("content-type") ?? "")) {
      deadline.disarm();
      await readEvents(host, request, reply, onEvent);
      return resultTable(host, reply, url, undefined);
    }
    return resultTable(host, reply, url, await readWhole(request, reply, deadline));
  });
}

function resultTable(host: Host, { status, headers }: Reply, url: URL, body: string | undefined): LuaTable {
  return host.vm.newRecord({
    status,
    body,
    headers: headerTable(host, headers),
    header_lists: headerLists(host, headers),
    url: fromText(url.href),
  });
}

async function readWhole(request: HttpRequest, reply: Reply, deadline: Deadline): Promise<string> {
  try {
    return await readBody(reply, request.maxBody);
  } catch (error) {
    throw bodyFailure(error, request, deadline);
  }
}

/** The error of a body that could not be read to its end. */
export function bodyFailure(error: unknown, request: HttpRequest, deadline: Deadline): RequestFailure {
  const ours = error instanceof ScriptError;
  const reason = deadline.expired
    ? deadline.message
    : ours
    ? describeError(error)
    : describeTransportError(error, request.url);
  return new RequestFailure(`${request.functionName}: reading body failed: ${reason}`, !ours, {
    cause: error,
  });
}

async function readEvents(
  host: Host,
  request: HttpRequest,
  reply: Reply,
  onEvent: LuaFunction,
): Promise<void> {
  const parser = new EventParser(request.maxBody);
  try {
    for await (const chunk of reply.body ?? []) {
      for (const event of parser.push(fromBytes(chunk))) {
        const [answer] = await host.call(onEvent, eventTable(host, event));
        if (answer === "close") return;
      }
    }
  } catch (error) {
    if (error instanceof LuaError) throw error;
    throw new ScriptError(
      `${request.functionName}: SSE stream error: ${describeTransportError(error, request.url)}`,
      { cause: error },
    );
  }
}

function eventTable(host: Host, event: ServerEvent): LuaTable {
  const { vm } = host;
  const table = vm.newTable();
  for (const [name, value] of Object.entries(event)) table.set(name, value);
  return table;
}
