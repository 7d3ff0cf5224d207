/** Tries a check of type `ws`. */
import { describeConnectionError } from "../../../builtins/http/connection_error.ts";
import { defaultRoots } from "../../../builtins/http/roots.ts";
import { STANDARD_SETTINGS } from "../../../builtins/http/settings.ts";
import { shownUrl } from "../../../builtins/http/shown_url.ts";
import { credentialsOf } from "../../../builtins/http/url.ts";
import { ClientSocket } from "../../../builtins/ws/client_socket.ts";
import { openSocket } from "../../../builtins/ws/handshake.ts";
import { describeEnding } from "../../../builtins/ws/message.ts";
import { describeError } from "../../../runtime/seam/error.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import { VERSION } from "../../../runtime/seam/version.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { judgeText, shorten } from "../common/text.ts";
import { authorization } from "../http/connection.ts";
import { CA_HINT } from "../http/exchange.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import type { WsSettings } from "./type.ts";

/** Bytes of a message. */
const MAX_MESSAGE = 1024 * 1024;

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<WsSettings>> {
  if (parts.has("roots")) defaultRoots();
  const find = await loadPatterns(parts);
  return (settings, context) => attempt(settings, context, find);
}

async function attempt(settings: WsSettings, { signal }: ProbeContext, find: Find): Promise<Outcome> {
  const { url, send, expect = {} } = settings;
  let socket: ClientSocket;
  try {
    socket = await open(settings, signal);
  } catch (error) {
    return failed(`cannot connect to ${shownUrl(url)}: ${describeError(error)}`);
  }
  try {
    if (send !== undefined) await socket.send({ data: fromText(send), binary: false });
    if (expect.message === undefined) return PASSED;
    let problem = "no message has come";
    for (;;) {
      const message = await socket.inbox.take(undefined, signal, () => {});
      if (message === undefined) break;
      const text = toText(message.data);
      const wrong = judgeText("the message", text, expect.message, find);
      if (wrong === undefined) return PASSED;
      problem = `${wrong} (last message: "${shorten(text)}")`;
    }
    const { ending } = socket.inbox;
    return failed(`${ending === undefined ? "connection closed" : describeEnding(ending)}: ${problem}`);
  } catch (error) {
    if (signal.aborted) return failed(`${describeError(signal.reason)}: the message did not come`);
    return failed(describeError(error));
  } finally {
    socket.destroy();
  }
}

async function open(
  { url: text, headers = {}, auth, tls = {}, insecure = false, subprotocols = [] }: WsSettings,
  signal: AbortSignal,
): Promise<ClientSocket> {
  if ("problem" in tls) throw new Error(tls.problem);
  const url = new URL(text);
  url.hash = "";
  const credentials = auth === undefined ? credentialsOf(url) : authorization(auth);
  const { ca, cert, key } = tls;
  const settings = {
    ...STANDARD_SETTINGS,
    caCerts: ca === undefined ? [] : [ca],
    ...(cert === undefined || key === undefined ? {} : { identity: { cert, key } }),
    verify: !insecure,
  };
  const lines: [string, string][] = [
    ...Object.entries(headers),
    ...(credentials === undefined ? [] : [["authorization", credentials] satisfies [string, string]]),
    ["user-agent", `assay/${VERSION}`],
  ];
  try {
    const opened = await openSocket({ url, lines, subprotocols }, settings, signal);
    return new ClientSocket(opened.socket, opened.head, opened.protocol, MAX_MESSAGE);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new Error(describeConnectionError(error, url, settings, CA_HINT), { cause: error });
  }
}
