/** Handlers that go on as a WebSocket: `{ws = function(conn) … end}`. */
import { LuaError, ScriptError } from "../../../runtime/seam/error.ts";
import { toText } from "../../../runtime/seam/text.ts";
import type { LuaFunction, LuaValue } from "../../../runtime/seam/value.ts";
import { serverConnection, type WebSocketConnection } from "../../ws/connection.ts";
import { describeLuaError } from "../../lua_failure.ts";
import type { HeaderLine } from "../headers.ts";
import { plainResponse, type ResponseContext } from "./context.ts";

/** How a conversation ends whose function has raised: RFC 6455, section 7.4.1. */
const FAILED = 1011;

/** Lines that belong to the handshake itself. */
const HANDSHAKE = /^(?:connection|upgrade|content-type|sec-websocket-.*)$/i;

/**
 * Answers a request for a WebSocket, and runs the function with the connection, which is closed when it returns.
 *
 * @param protocol The subprotocol to agree on, one of those that the client has offered
 * @returns 426 for a request that does not ask for a WebSocket
 * @throws {ScriptError} When the client has not offered the subprotocol
 */
export function webSocket(
  context: ResponseContext,
  request: Request,
  converse: LuaFunction,
  protocol: LuaValue,
  lines: readonly HeaderLine[],
): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return plainResponse(426, "a WebSocket request is expected", [["upgrade", "websocket"]]);
  }
  const agreed = typeof protocol === "string" ? toText(protocol) : undefined;
  const { socket, response } = upgrade(request, agreed);
  for (const [name, value] of lines) if (!HANDSHAKE.test(name)) response.headers.append(name, value);
  const connection = serverConnection(context.host, socket, context.limits.message, agreed);
  socket.addEventListener("open", () => void run(context, connection, converse), { once: true });
  return response;
}

function upgrade(request: Request, protocol: string | undefined): Deno.WebSocketUpgrade {
  if (protocol === undefined) return Deno.upgradeWebSocket(request);
  const offered = request.headers.get("sec-websocket-protocol")?.split(",").map((name) => name.trim()) ?? [];
  if (!offered.includes(protocol)) {
    throw new ScriptError(`http.serve: protocol "${protocol}" is none of those that the client has offered`);
  }
  return Deno.upgradeWebSocket(request, { protocol });
}

/** Where the server is stopped, Deno closes the connection with 1001 by itself. */
async function run(
  { host }: ResponseContext,
  connection: WebSocketConnection,
  converse: LuaFunction,
): Promise<void> {
  try {
    await host.call(converse, connection);
    await connection.close();
  } catch (error) {
    // A client that has gone is the end of many a conversation
    if (connection.closed && error instanceof LuaError && /\bws\.\w+: /.test(error.message)) return;
    host.log.error(`http.serve: the ws function failed: ${describeLuaError(host, error)}`);
    await connection.close(FAILED, "the server has failed").catch(() => {});
  }
}
