/** Which requests `fetch` cannot make. */
import type { Part } from "../type.ts";

/** @param insecure Whether any certificate of the server is taken. @default false */
export function needsNode(method: string, hasBody: boolean, insecure = false): boolean {
  return insecure || method === "TRACE" || (hasBody && (method === "GET" || method === "HEAD"));
}

/** The parts for requests that node:http makes. */
export function nodeParts(isNeeded: boolean, url: string): Part[] {
  if (!isNeeded) return [];
  return /^https:/i.test(url) ? ["node:http", "roots"] : ["node:http"];
}
