/** Narrowed scripts that try to reach what they may not. */
import { deniedNet, deniedRead, type Escape, testEscapes } from "../support/escape.ts";

const NET = ["--allow-net=127.0.0.1:PORT"];
const FORBIDDEN = deniedNet("127.0.0.1:FORBIDDEN");

const reaches = (escapes: readonly Pick<Escape, "name" | "code" | "told">[]): Escape[] =>
  escapes.map((escape) => ({ ...escape, flags: NET }));

/** A name of this machine other than localhost, where it has one: `/etc/hosts` of most systems says so. */
const ownName = await ownNameOfLoopback();

async function ownNameOfLoopback(): Promise<string | undefined> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    (await Deno.connect({ hostname: Deno.hostname(), port: listener.addr.port })).close();
    return Deno.hostname();
  } catch {
    return undefined;
  }
}

const names = (escapes: readonly Pick<Escape, "name" | "code">[]): Escape[] =>
  escapes.map(({ name, code }) => ({
    name,
    flags: [`--allow-net=${ownName}:FORBIDDEN`],
    code: code.replaceAll("NAME", String(ownName)),
    told: FORBIDDEN,
    isName: true,
    ignore: ownName === undefined,
  }));

testEscapes([
  ...reaches([
    { name: "reach another port", code: `return http.get("http://127.0.0.1:FORBIDDEN/")`, told: FORBIDDEN },
    {
      name: "reach the same host by another name",
      code: `return http.get("http://localhost:FORBIDDEN/")`,
      told: deniedNet("localhost:FORBIDDEN"),
    },
    {
      name: "write an address as a number",
      code: `return http.get("http://2130706433:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "write an address in hexadecimal",
      code: `return http.get("http://0x7f.1:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "write an address in octal",
      code: `return http.get("http://0177.0.0.01:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    { name: "write an address short", code: `return http.get("http://127.1:FORBIDDEN/")`, told: FORBIDDEN },
    {
      name: "write an address in wide digits",
      code: `return http.get("http://１２７.0.0.1:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "reach the unspecified address",
      code: `return http.get("http://0.0.0.0:FORBIDDEN/")`,
      told: deniedNet("0.0.0.0:FORBIDDEN"),
    },
    {
      name: "reach the loopback of IPv6",
      code: `return http.get("http://[::1]:FORBIDDEN/")`,
      told: deniedNet("[::1]:FORBIDDEN"),
    },
    {
      name: "put an address of IPv4 into IPv6",
      code: `return http.get("http://[::ffff:127.0.0.1]:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "hide a host behind an allowed user",
      code: `return http.get("http://127.0.0.1:PORT@127.0.0.1:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "end a host with a dot",
      code: `return http.get("http://localhost.:FORBIDDEN/")`,
      told: "permission denied: net to localhost",
    },
    {
      name: "follow a redirect",
      code: `return http.get("http://127.0.0.1:PORT/to/http://127.0.0.1:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "follow a redirect to a file",
      code: `return http.get("http://127.0.0.1:PORT/to/file:%2F%2F%2Fetc%2Fpasswd")`,
      told: "http.get failed",
    },
    { name: "get a file by its URL", code: `return http.get("file://OUTSIDE/secret")`, told: "http.get" },
    {
      name: "go through a proxy",
      code: `return http.client({proxy = "http://127.0.0.1:FORBIDDEN"}):get("http://127.0.0.1:PORT/")`,
      told: FORBIDDEN,
    },
    {
      name: "go through a socks proxy",
      code: `return http.client({proxy = "socks5://127.0.0.1:FORBIDDEN"}):get("http://127.0.0.1:PORT/")`,
      told: FORBIDDEN,
    },
    {
      name: "go round the check of certificates to another host",
      code: `return http.client({insecure = true}):get("https://127.0.0.1:FORBIDDEN/")`,
      told: FORBIDDEN,
    },
    {
      name: "send a body with a method that fetch refuses",
      code: `return http.get("http://127.0.0.1:FORBIDDEN/", {body = "x"})`,
      told: FORBIDDEN,
    },
    {
      name: "use a socket of a service such as Docker",
      code: `return http.client({unix_socket = "OUTSIDE/docker.sock"}):get("http://127.0.0.1:PORT/")`,
      told: deniedRead("OUTSIDE/docker.sock"),
    },
    { name: "open a WebSocket", code: `return ws.connect("ws://127.0.0.1:FORBIDDEN/")`, told: FORBIDDEN },
    {
      name: "connect to PostgreSQL",
      code: `return db.connect("postgres://u:p@127.0.0.1:FORBIDDEN/d")`,
      told: FORBIDDEN,
    },
    {
      name: "connect to MySQL",
      code: `return db.connect("mysql://u:p@127.0.0.1:FORBIDDEN/d")`,
      told: FORBIDDEN,
    },
    {
      name: "connect to Temporal",
      code: `return temporal.connect({url = "127.0.0.1:FORBIDDEN", connect_timeout = 2})`,
      told: FORBIDDEN,
    },
    {
      name: "listen on a port",
      code: `return http.serve(0, {}, {host = "127.0.0.1"})`,
      told: "permission denied: net to 127.0.0.1:0",
    },
    {
      name: "listen on all addresses",
      code: `return http.serve(PORT, {}, {host = "0.0.0.0"})`,
      told: "permission denied: net to 0.0.0.0:PORT",
    },
    {
      name: "do it in another task",
      code: `return async.spawn(function() return http.get("http://127.0.0.1:FORBIDDEN/") end):await()`,
      told: FORBIDDEN,
    },
  ]),
  ...names([
    { name: "be led to this machine by a name", code: `return http.get("http://NAME:FORBIDDEN/")` },
    {
      name: "be led to this machine by a name past fetch",
      code: `return http.client({insecure = true}):get("http://NAME:FORBIDDEN/")`,
    },
    {
      name: "be led to this machine by a name for WebSockets",
      code: `return ws.connect("ws://NAME:FORBIDDEN/")`,
    },
    {
      name: "be led to this machine by a name for PostgreSQL",
      code: `return db.connect("postgres://u:p@NAME:FORBIDDEN/d")`,
    },
    {
      name: "be led to this machine by a name for MySQL",
      code: `return db.connect("mysql://u:p@NAME:FORBIDDEN/d")`,
    },
    {
      name: "be led to this machine by a name for Temporal",
      code: `return temporal.connect({url = "NAME:FORBIDDEN", connect_timeout = 2})`,
    },
  ]),
  {
    name: "reach anything with all of the network denied",
    flags: ["--deny-net"],
    code: `return http.get("http://127.0.0.1:FORBIDDEN/")`,
    told: FORBIDDEN,
  },
]);
