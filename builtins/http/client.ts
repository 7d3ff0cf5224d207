/** The client functions: a request with its redirects, and what a script gets of the response. */
import { describeError, LuaError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes } from "../../runtime/seam/text.ts";
import type { LuaFunction, LuaTable } from "../../runtime/seam/value.ts";
import { readBody } from "./body.ts";
import { Deadline } from "./deadline.ts";
import { EventParser, type ServerEvent } from "./event_parser.ts";
import { exchange } from "./exchange.ts";
import { headerTable } from "./headers.ts";
import type { HttpRequest } from "./request.ts";
import { describeTransportError } from "./transport_error.ts";
import type { Connection, Reply } from "./wire.ts";

/**
 * Makes a request and reads its response: `{status, body, headers}`, or `{status, headers}` once a stream of
 * events that `on_event` was given has ended.
 *
 * @throws {ScriptError} When no whole response comes in time. Any status is a response
 * @throws {LuaError} What `on_event` raises
 */
export async function perform(host: Host, request: HttpRequest, connection: Connection): Promise<LuaTable> {
  const deadline = new Deadline(request.timeout, host.signal);
  try {
    const reply = await exchange(request, connection, deadline);
    const { onEvent } = request;
    if (onEvent !== undefined && /\btext\/event-stream\b/i.test(reply.headers.get("content-type") ?? "")) {
      deadline.disarm();
      await readEvents(host, request, reply, onEvent);
      return resultTable(host, reply, undefined);
    }
    return resultTable(host, reply, await readWhole(request, reply, deadline));
  } finally {
    deadline.close();
  }
}

function resultTable(host: Host, reply: Reply, body: string | undefined): LuaTable {
  return host.vm.newRecord({ status: reply.status, body, headers: headerTable(host, reply.headers) });
}

async function readWhole(request: HttpRequest, reply: Reply, deadline: Deadline): Promise<string> {
  try {
    return await readBody(reply, request.maxBody);
  } catch (error) {
    throw new ScriptError(
      `${request.functionName}: reading body failed: ${bodyFailure(error, request, deadline)}`,
      { cause: error },
    );
  }
}

/** Why a body could not be read to its end. */
export function bodyFailure(error: unknown, { url }: HttpRequest, deadline: Deadline): string {
  if (deadline.expired) return deadline.message;
  return error instanceof ScriptError ? describeError(error) : describeTransportError(error, url);
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
