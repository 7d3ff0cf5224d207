/** What every method of a client module, and every kind of failure, is tested for. */
import { type EngineName, ENGINES } from "../../runtime/engines.ts";
import { type ExpectedRequest, type ModuleCase, moduleTests } from "./module.ts";
import type { MockReply } from "./mock.ts";

/** A method in all its names. */
export interface ModuleMethod extends Omit<ExpectedRequest, "path"> {
  /** Lua expressions that must do the same, such as the new and the old name. */
  calls: readonly string[];
  path: string;
  /** @default 200 */
  status?: number;
  /** What the service answers. @default empty */
  reply?: string | object;
  /** What the call gives. @default What the service answers */
  result?: unknown;
  /** Why the second engine cannot do it, such as "wide integers". */
  onlyFirstEngine?: string;
}

const MAX_NAME = 70;

/** Registers a test for each name of each method, and one of each method in the second engine. */
export function methodTests(
  module: string,
  setup: string,
  methods: readonly ModuleMethod[],
  headers: ExpectedRequest["headers"] = {},
): void {
  const cases = methods.flatMap(({ calls, status = 200, reply = "", ...method }) => {
    const { result = reply === "" ? null : reply, onlyFirstEngine, ...expected } = method;
    const toCase = (call: string, engine: EngineName): ModuleCase => ({
      name: `${shorten(call)} sends ${method.method ?? "GET"} ${method.path} in ${engine}`,
      call,
      engine,
      replies: [{ status, body: reply }],
      expected: { ...expected, headers: { ...headers, ...expected.headers } },
      result,
    });
    const [first, second] = ENGINES;
    const again = onlyFirstEngine === undefined ? calls.slice(0, 1) : [];
    return [...calls.map((call) => toCase(call, first)), ...again.map((call) => toCase(call, second))];
  });
  moduleTests(module, setup, cases);
}

/** Calls that are to fail in the ways in which services fail. */
export interface FailingCalls {
  /** A call that reads with GET, and "GET <path>" as its errors name it. */
  read: string;
  readPath: string;
  /** A call that writes, and "<METHOD> <path>" as its errors name it. */
  write: string;
  writePath: string;
  /** Whether `read` gives nil after 404. @default false */
  missingIsNil?: boolean;
  /** What the error is where 401 is answered to every request. @default As for other answers */
  unauthorized?: string;
  /** What no error may show. */
  secret?: string;
}

/** Registers the tests of what a module does with answers that no script wants. */
export function failureTests(module: string, setup: string, calls: FailingCalls): void {
  const { read, readPath, write, writePath, missingIsNil = false, secret = "s3cr3t" } = calls;
  const { unauthorized = `${module}: ${readPath} HTTP 401: denied` } = calls;
  const failing = (name: string, call: string, reply: MockReply, message: string): ModuleCase => ({
    name,
    call: `(function()
      local ok, err = pcall(function() return ${call} end)
      if ok then return "no error" end
      if err:find("${secret}", 1, true) then return "the secret is shown: " .. err end
      return (err:gsub("^test.lua:%d+: ", ""):sub(1, ${message.length}))
    end)()`,
    replies: [reply],
    result: message,
  });
  const missing = { status: 404, body: "not found" };
  moduleTests(module, setup, [
    missingIsNil
      ? { name: "404 is nil", call: read, replies: [missing], result: null }
      : failing("404 is raised", read, missing, `${module}: ${readPath} HTTP 404: not found`),
    failing(
      "401 is raised",
      read,
      { status: 401, body: "denied" },
      unauthorized,
    ),
    failing(
      "500 with a text body is raised",
      write,
      { status: 500, body: "oops" },
      `${module}: ${writePath} HTTP 500: oops`,
    ),
    failing(
      "a page of HTML is a clear error",
      read,
      { body: "<html>", headers: { "content-type": "text/html" } },
      `${module}: ${readPath}: the response is not JSON (text/html, 6 bytes): `,
    ),
    failing(
      "an empty body where data is due is a clear error",
      read,
      { body: "" },
      `${module}: ${readPath}: the response is not JSON (no content type, 0 bytes): `,
    ),
  ]);
}

function shorten(text: string): string {
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}...` : text;
}
