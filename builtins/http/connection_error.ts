/** Why a server could not be reached, whatever lies between: a proxy, a socket. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";
import { environmentProxy } from "./environment_proxy.ts";
import type { Proxy, Settings } from "./settings.ts";
import { describeTransportError, innermostText } from "./transport_error.ts";

/** How a server of WebSockets comes to be trusted. */
const SOCKET_CA_HINT = "give its CA to ws.connect with ca_cert_file or ca_cert";

/** The cause of a failed request, for the message behind its URL. @param socketHint How a WebSocket server is trusted */
export function describeConnectionError(
  error: unknown,
  url: URL,
  settings: Settings,
  socketHint = SOCKET_CA_HINT,
): string {
  if (error instanceof ScriptError) return describeError(error);
  const text = innermostText(error);
  const transport = () =>
    url.protocol === "wss:"
      ? describeTransportError(error, url, socketHint)
      : describeTransportError(error, url);
  if (settings.unixSocket !== undefined) {
    const reason = socketFailure(text);
    return reason === undefined
      ? transport()
      : `no connection to the socket "${settings.unixSocket}": ${reason}`;
  }
  const proxy = settings.proxy ?? proxyOfEnvironment(url);
  return (proxy === undefined ? undefined : proxyFailure(error, text, proxy)) ??
    certificateFailure(text) ??
    transport();
}

function socketFailure(text: string): string | undefined {
  if (/ENOENT|No such file/i.test(text)) return "there is no such file";
  if (/ECONNREFUSED|Connection refused/i.test(text)) return "nothing listens on it";
  if (/EACCES|Permission denied/i.test(text)) return "permission denied";
  return /ENOTSOCK|not a socket/i.test(text) ? "it is no socket" : undefined;
}

function proxyFailure(error: unknown, text: string, { url }: Proxy): string | undefined {
  if (/proxy authentication required/i.test(text)) return wantsCredentials(url);
  if (/unsuccessful tunnel/i.test(text)) return `the proxy ${url.host} refused the connection to the server`;
  if (/tcp connect error|dns error|ECONNREFUSED|ENOTFOUND|Connection refused/i.test(text)) {
    return `the proxy ${url.host} cannot be reached: ${describeTransportError(error, url)}`;
  }
  return undefined;
}

/** What to do about a proxy's status 407. */
export function wantsCredentials(proxy: URL): string {
  return `the proxy ${proxy.host} wants other credentials: give them in its URL, ` +
    "as in http://user:password@host:port (status 407)";
}

/** The server's answer to a client certificate, which comes as a TLS alert. */
function certificateFailure(text: string): string | undefined {
  if (/certificate ?required|handshake failure|bad certificate/i.test(text) && /alert/i.test(text)) {
    return `the server wants a client certificate that it trusts: give cert and key to the client (${text})`;
  }
  return undefined;
}

function proxyOfEnvironment(url: URL): Proxy | undefined {
  try {
    return environmentProxy(url);
  } catch {
    // A variable that is no URL is told by whoever needs it
    return undefined;
  }
}
