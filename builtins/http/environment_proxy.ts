/** The proxies that the environment names, for requests that do not go through `fetch`, which knows them itself. */
import { parseProxy, type Proxy } from "./settings.ts";

const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  "http:": ["HTTP_PROXY", "http_proxy"],
  "https:": ["HTTPS_PROXY", "https_proxy"],
  "ws:": ["HTTP_PROXY", "http_proxy"],
  "wss:": ["HTTPS_PROXY", "https_proxy"],
};

/**
 * The proxy for a URL, from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case.
 *
 * @throws {ScriptError} When the variable holds no URL of a proxy
 */
export function environmentProxy(url: URL): Proxy | undefined {
  const [name, text] = firstVariable([...SCHEMES[url.protocol] ?? [], "ALL_PROXY", "all_proxy"]);
  if (text === undefined || isExcluded(url.hostname, firstVariable(["NO_PROXY", "no_proxy"])[1] ?? "")) {
    return undefined;
  }
  return parseProxy(`the environment variable ${name}`, text);
}

function firstVariable(names: readonly string[]): [name: string, value: string | undefined] {
  for (const name of names) {
    const value = variable(name);
    if (value !== undefined && value !== "") return [name, value];
  }
  return ["", undefined];
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    // A mode without the environment has no proxies
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** Names match themselves and what is below them; addresses only themselves; `*` everything. */
function isExcluded(hostname: string, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return list.toLowerCase().split(",").map((entry) => entry.trim().replace(/^\*?\./, "")).some((entry) =>
    entry !== "" && (entry === "*" || entry === host || host.endsWith(`.${entry}`))
  );
}
