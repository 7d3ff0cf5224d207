/** Connections that wait for the next request to their server. */
import { PlainConnection } from "./connection.ts";

/** How long a connection waits: servers close theirs after some while, too. Milliseconds. */
const MAX_IDLE = 15_000;
/** How many wait, whatever their servers are. */
const MAX_WAITING = 256;

const waiting = new Map<string, PlainConnection[]>();
let count = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A server: a host as `Deno.connect` takes it, and a port. */
export interface Server {
  readonly hostname: string;
  readonly port: number;
}

/** A connection that waits; the one that has been used last, which is the least likely to be closed. */
export function takeWaiting({ hostname, port }: Server): PlainConnection | undefined {
  const connection = waiting.get(`${hostname} ${port}`)?.pop();
  if (connection !== undefined) count--;
  return connection;
}

/** Keeps a connection for the next request. */
export function keepWaiting({ hostname, port }: Server, connection: PlainConnection): void {
  if (count >= MAX_WAITING) return connection.close();
  connection.idleSince = performance.now();
  const name = `${hostname} ${port}`;
  const list = waiting.get(name);
  if (list === undefined) waiting.set(name, [connection]);
  else list.push(connection);
  count++;
  if (timer !== undefined) return;
  timer = setTimeout(closeOld, MAX_IDLE);
  // The process need not wait for it
  Deno.unrefTimer(timer);
}

/** Opens a connection. */
export async function connect({ hostname, port }: Server, signal: AbortSignal): Promise<PlainConnection> {
  return new PlainConnection(await Deno.connect({ hostname, port, signal }));
}

function closeOld(): void {
  const time = performance.now() - MAX_IDLE;
  timer = undefined;
  for (const [name, list] of waiting) {
    const kept = list.filter(({ idleSince }) => idleSince > time);
    for (const connection of list) if (connection.idleSince <= time) connection.close();
    count -= list.length - kept.length;
    if (kept.length > 0) waiting.set(name, kept);
    else waiting.delete(name);
  }
  if (count === 0) return;
  timer = setTimeout(closeOld, MAX_IDLE);
  Deno.unrefTimer(timer);
}
