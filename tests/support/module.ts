/** Calls a Lua client module against a mock of its service. */
import assert from "node:assert/strict";
import { type EngineName, loadEngine } from "../../runtime/engines.ts";
import { FixedEnvironment } from "../../runtime/environment.ts";
import { toText } from "../../runtime/seam/text.ts";
import { luaError, runLua } from "./lua.ts";
import { type MockReply, type MockRequest, MockServer } from "./mock.ts";

/** What a call must have sent. Fields that are left out are not looked at. */
export interface ExpectedRequest {
  method?: string;
  path: string;
  /** @default "" */
  query?: string;
  /** Compared as JSON. */
  json?: unknown;
  body?: string;
  /** A header that is undefined here must not be there. */
  headers?: Record<string, string | undefined>;
}

/** The tests of one module. */
export interface ModuleCase {
  name: string;
  /** A Lua expression; `c` is the client. */
  call: string;
  replies: readonly MockReply[];
  expected?: ExpectedRequest | readonly ExpectedRequest[];
  /** What the call gives, as JSON would show it. */
  result?: unknown;
  /** What the message of the error that the call raises contains. */
  error?: string;
  /** @default The engine that scripts run in without a choice */
  engine?: EngineName;
}

/**
 * Registers a test for each case.
 *
 * @param setup Lua statements that define `c`; `url` is the address of the mock
 */
export function moduleTests(module: string, setup: string, cases: readonly ModuleCase[]): void {
  for (const testCase of cases) {
    Deno.test(`${module}: ${testCase.name}`, async () => {
      const { result, error, requests } = await callModule(
        setup,
        testCase.call,
        testCase.replies,
        "error" in testCase,
        testCase.engine,
      );
      if (testCase.error !== undefined) {
        assert.ok(error?.includes(testCase.error), `unexpected error: ${error}`);
      } else if ("result" in testCase) assert.deepEqual(result, testCase.result);
      const { expected } = testCase;
      if (expected === undefined) return;
      const wanted = [expected].flat() as readonly ExpectedRequest[];
      assert.equal(requests.length, wanted.length, "number of requests");
      wanted.forEach((one, index) => {
        const request = requests[index];
        assert.ok(request);
        checkRequest(request, one);
      });
    });
  }
}

/** Evaluates a Lua expression against a mock. `fails` says whether it is to raise an error. */
export async function callModule(
  setup: string,
  call: string,
  replies: readonly MockReply[],
  fails = false,
  engine?: EngineName,
): Promise<{ result?: unknown; error?: string; requests: MockRequest[] }> {
  await using server = new MockServer(...replies);
  const options = {
    environment: new FixedEnvironment({ MOCK_URL: server.url }),
    engine: await loadEngine(engine),
  };
  const code = `local url = env.get("MOCK_URL")\n${setup}\nlocal result = ${call}\n` +
    "return result == nil and 'null' or json.encode(result)";
  if (fails) return { error: await luaError(code, options), requests: server.requests };
  const [json] = await runLua(code, options);
  return { result: JSON.parse(toText(String(json))), requests: server.requests };
}

function checkRequest(request: MockRequest, expected: ExpectedRequest): void {
  const { method = "GET", path, query = "", json, body, headers = {} } = expected;
  assert.equal(`${request.method} ${request.path}`, `${method} ${path}`);
  assert.equal(request.query, query);
  if (json !== undefined) assert.deepEqual(JSON.parse(request.body), json);
  if (body !== undefined) assert.equal(request.body, body);
  for (const [name, value] of Object.entries(headers)) {
    assert.equal(request.headers[name], value, `header ${name}`);
  }
}
