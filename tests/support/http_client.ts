/** What the tests of the HTTP client share. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../../runtime/environment.ts";
import { isTable, type LuaValue } from "../../runtime/seam/value.ts";
import { luaError, runLua } from "./lua.ts";
import { rawResponse, type RawServer, rawServer } from "./wire.ts";

/** Runs Lua code in which `url` is a server's, and gives its first result. */
export async function run(url: string, code: string): Promise<LuaValue> {
  const [result] = await runLua(`local url = env.get("URL") ${code}`, withUrl(url));
  return result;
}

export async function error(url: string, code: string): Promise<string> {
  return await luaError(`local url = env.get("URL") ${code}`, withUrl(url));
}

export function withUrl(url: string) {
  return { environment: new FixedEnvironment({ URL: url }) };
}

export const ok = (body = "", lines: readonly string[] = []) =>
  rawServer(() => [rawResponse("200 OK", lines, body)]);

export function field(result: LuaValue, name: string): LuaValue {
  assert.ok(isTable(result));
  return result.get(name);
}

/** The request line, and the header lines by lower-case name. */
export function onlyRequest(
  { requests }: RawServer,
): { line: string; headers: Map<string, string[]>; body: string } {
  assert.equal(requests.length, 1);
  const [head = "", body = ""] = (requests[0] ?? "").split("\r\n\r\n");
  const [line = "", ...lines] = head.split("\r\n");
  const headers = new Map<string, string[]>();
  for (const text of lines) {
    const [name = "", value = ""] = text.split(/: (.*)/s);
    headers.set(name.toLowerCase(), [...headers.get(name.toLowerCase()) ?? [], value]);
  }
  return { line, headers, body };
}
