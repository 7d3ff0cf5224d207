/** What the tests of modules for the Kubernetes API have in common. */
import type { ExpectedRequest, ModuleCase } from "./module.ts";
import type { MockReply } from "./mock.ts";

/** A call in its old and its new form, which must do the same. */
export interface Method {
  /** Lua expressions; without an old form, only the new one. */
  old?: string;
  new: string;
  /** Of the only request, or of each. */
  path: string | readonly string[];
  query?: string;
  method?: string;
  json?: unknown;
  /** Of the only request, or of each. */
  reply: MockReply["body"] | readonly object[];
  result: unknown;
}

/** The headers of a client with the token `tok`. */
export const bearer = { authorization: "Bearer tok" };

/** The tests of each method in both forms. */
export function methodCases(methods: readonly Method[]): ModuleCase[] {
  return methods.flatMap((method) => {
    const calls = method.old === undefined ? [method.new] : [method.old, method.new];
    const { path, query = "", method: verb = "GET", json, result } = method;
    const replies = Array.isArray(path) ? method.reply as readonly object[] : [method.reply as object];
    const expected: ExpectedRequest[] = [path].flat().map((one) => ({
      method: verb,
      path: one,
      query,
      headers: bearer,
      ...(json === undefined ? {} : { json }),
    }));
    return calls.map((call) => ({
      name: `${call.length > 70 ? `${call.slice(0, 70)}...` : call} gives ${brief(result)}`,
      call,
      replies: replies.map((body) => ({ body })),
      expected,
      result,
    }));
  });
}

function brief(result: unknown): string {
  const text = JSON.stringify(result);
  return text.length > 50 ? `${text.slice(0, 50)}...` : text;
}

/** A module's list and what it gives one of: calls with `NAME` where a name is. */
export interface Kind {
  module: string;
  list: string;
  listPath: string;
  /** @default Calls that give the whole list */
  itemsOnly?: boolean;
  /** What `list` gives for a 404. @default an error */
  listMissing?: unknown;
  get: string;
  /** Whether a 404 is an error and not nil. */
  getMissingRaises?: boolean;
}

/** What holds for the lists and resources of every such module. */
export function kindCases(kind: Kind): ModuleCase[] {
  const { module, list, listPath, itemsOnly = false } = kind;
  const get = kind.get.replace("NAME", "x");
  const notFound = {
    status: 404,
    body: { kind: "Status", status: "Failure", reason: "NotFound", message: 'x "x" not found', code: 404 },
  };
  const encodedGet = kind.get.replace("NAME", "a b/ü");
  const whole = (result: unknown[]) =>
    itemsOnly ? result : { metadata: { resourceVersion: "9" }, items: result };
  return [
    kind.getMissingRaises
      ? {
        name: "404 of one is raised",
        call: get,
        replies: [notFound],
        error: `${module}: GET ${listPath}/x HTTP 404: `,
      }
      : { name: "404 of one is nil", call: get, replies: [notFound], result: null },
    kind.listMissing === undefined
      ? {
        name: "404 of a list is raised",
        call: list,
        replies: [{ status: 404, body: "404 page not found\n" }],
        error: `${module}: LIST ${listPath} HTTP 404: 404 page not found`,
      }
      : {
        name: "404 of a list, of a cluster without the product, is an empty one",
        call: list,
        replies: [{ status: 404, body: "404 page not found\n" }],
        result: kind.listMissing,
      },
    {
      name: "401 is raised, without the token",
      call: `(function() local _, err = pcall(function() return ${get} end) ` +
        `return { err:find('GET ${listPath}/x HTTP 401: {"kind":"Status"', 1, true) ~= nil, ` +
        "err:find('tok', 1, true) == nil } end)()",
      replies: [{ status: 401, body: { kind: "Status", reason: "Unauthorized", code: 401 } }],
      result: [true, true],
    },
    {
      name: "500 with text is raised, at the script's line",
      call: list,
      replies: [{ status: 500, body: "etcd is away" }],
      error: `test.lua:3: ${module}: LIST ${listPath} HTTP 500: etcd is away`,
    },
    {
      name: "a page instead of JSON is a clear error",
      call: get,
      replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
      error: `${module}: GET ${listPath}/x: the response is not JSON (text/html, 6 bytes): `,
    },
    {
      name: "an empty body is a clear error",
      call: list,
      replies: [{ body: "" }],
      error: `${module}: LIST ${listPath}: the response is not JSON (no content type, 0 bytes): `,
    },
    {
      name: "names are encoded",
      call: encodedGet,
      replies: [{ body: { kind: "X" } }],
      expected: { path: `${listPath}/a%20b%2F%C3%BC` },
      result: { kind: "X" },
    },
    {
      name: "a name that would be another path is refused",
      call: kind.get.replace("NAME", ".."),
      replies: [],
      error: "a value for the path /%s is '..'",
      expected: [],
    },
    {
      name: "a list is all its pages",
      call: list,
      replies: [
        {
          body: {
            metadata: { continue: "a=b", remainingItemCount: 1 },
            items: [{ metadata: { name: "1" } }],
          },
        },
        { body: { metadata: { resourceVersion: "9" }, items: [{ metadata: { name: "2" } }] } },
      ],
      expected: [{ path: listPath }, { path: listPath, query: "continue=a%3Db" }],
      result: whole([{ metadata: { name: "1" } }, { metadata: { name: "2" } }]),
    },
    {
      name: "wide integers and empty collections survive",
      call: `json.encode(${get})`,
      replies: [{
        body: '{"a":9223372036854775807,"b":{},"c":[],"d":-9007199254740993}',
        headers: { "content-type": "application/json" },
      }],
      result: '{"a":9223372036854775807,"b":{},"c":[],"d":-9007199254740993}',
    },
  ];
}

/** A resource with conditions: `resource("x", { Ready: "True" })`. */
export function resource(
  name: string,
  conditions: Record<string, string>,
  status: Record<string, unknown> = {},
): { metadata: { name: string }; status: Record<string, unknown> } {
  const list = Object.entries(conditions).map(([type, value]) => ({ type, status: value }));
  return { metadata: { name }, status: { ...status, conditions: list } };
}
