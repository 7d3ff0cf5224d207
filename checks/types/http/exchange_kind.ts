/** Which requests `fetch` cannot make. */

/** @param insecure Whether any certificate of the server is taken. @default false */
export function needsNode(method: string, hasBody: boolean, insecure = false): boolean {
  return insecure || method === "TRACE" || (hasBody && (method === "GET" || method === "HEAD"));
}
