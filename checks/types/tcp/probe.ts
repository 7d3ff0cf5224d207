/** Tries a check of type `tcp`. */
import { describeError } from "../../../runtime/seam/error.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { addressOf, closeQuietly, ConnectError, connectTcp } from "../common/socket.ts";
import { judgeText } from "../common/text.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import type { TcpSettings } from "./type.ts";

/** A banner or an answer is short. Bytes. */
const MAX_RESPONSE = 64 * 1024;

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<TcpSettings>> {
  const find = await loadPatterns(parts);
  return (settings, context) => attempt(settings, context, find);
}

async function attempt(
  { host, port, send, expect = {} }: TcpSettings,
  { signal }: ProbeContext,
  find: Find,
): Promise<Outcome> {
  let connection: Deno.TcpConn;
  try {
    connection = await connectTcp(host, port, signal);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return failed(error.message);
  }
  const where = addressOf(host, port);
  let received = "";
  try {
    if (send !== undefined) await writeAll(connection, new TextEncoder().encode(send));
    const { response } = expect;
    if (response === undefined) return PASSED;
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(8192);
    let size = 0;
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      size += count;
      received += decoder.decode(buffer.subarray(0, count), { stream: true });
      if (judgeText("the response", received, response, find) === undefined) return PASSED;
      if (size > MAX_RESPONSE) {
        return failed(`${where} sent more than ${MAX_RESPONSE} bytes without what is expected`);
      }
    }
    const problem = judgeText("the response", received, response, find);
    return failed(received === "" ? `${where} closed the connection without an answer` : problem ?? "");
  } catch (error) {
    return failed(`${where}: ${describe(error, signal, received)}`);
  } finally {
    closeQuietly(connection);
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

function describe(error: unknown, signal: AbortSignal, received: string): string {
  if (!signal.aborted) return describeError(error);
  const sofar = received === ""
    ? "nothing was sent back"
    : `so far came ${JSON.stringify(received.slice(0, 100))}`;
  return `${describeError(signal.reason)}: ${sofar}`;
}
