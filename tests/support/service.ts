/** A Lua service in the test's own process, and a client that hides nothing of what it answers. */
import { fromBytes, fromText, toBytes } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import { type TestSession, testSession } from "./lua.ts";

export interface Service extends TestSession {
  port: number;
  url: string;
}

/**
 * Runs `http.serve(0, {routes})` while `body` runs, and stops it afterwards.
 *
 * @param routes Lua text of the routes table
 * @param options Lua text of the options table
 */
export async function withService(
  routes: string,
  body: (service: Service) => Promise<void>,
  options = "{ host = '127.0.0.1' }",
): Promise<void> {
  const test = await testSession();
  const { session } = test;
  const { promise, resolve, reject } = Promise.withResolvers<LuaValue>();
  session.vm.globals.set("ready", session.vm.newFunction("ready", ([port]) => resolve(port)));
  session.run(
    fromText(`async.spawn(function() ready(_SERVER_PORT) end)
     http.serve(0, ${routes}, ${options})`),
    "service.lua",
  ).catch(reject);
  const port = await promise as number;
  try {
    await body({ ...test, port, url: `http://127.0.0.1:${port}` });
  } finally {
    await session.stop();
  }
}

/** Sends bytes to a port and gives all that comes back until the server closes. */
export async function exchangeBytes(port: number, request: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  await writer.write(toBytes(request));
  writer.releaseLock();
  let answer = "";
  for await (const chunk of connection.readable.values({ preventCancel: true })) answer += fromBytes(chunk);
  return answer;
}

/** A request that ends the connection, with further header lines. */
export function rawRequest(method: string, target: string, lines: readonly string[] = [], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  return [`${method} ${target} HTTP/1.1`, "Host: test", "Connection: close", ...length, ...lines, "", body]
    .join(
      "\r\n",
    );
}

/** The bytes that a handler of `/` is answered with. */
export async function answerOf(handler: string, method = "GET"): Promise<string> {
  let answer = "";
  await withService(`{ ${method} = { ["/"] = ${handler} } }`, async ({ port }) => {
    answer = await exchangeBytes(port, rawRequest(method, "/"));
  });
  return answer;
}
