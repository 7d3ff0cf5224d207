/** `assay.openclaw` against a mock of OpenClaw's gateway. */
import assert from "node:assert/strict";
import { withFolder } from "./support/assay.ts";
import { callModule, moduleTests } from "./support/module.ts";
import { methodTests } from "./support/module_methods.ts";

const SETUP =
  'local openclaw = require("assay.openclaw") local c = openclaw.client(url .. "/", { token = "s3cr3t" })';
const headers = { authorization: "Bearer s3cr3t", "content-type": "application/json" };
const reply = { ok: true, result: { id: "x" } };

/** A call in its names, and the tool that it invokes. */
const TOOLS: readonly [calls: string[], tool: string, action: string, args: unknown][] = [
  [
    [
      "c.tools:invoke('message', 'send', { target = '#ü' })",
      "c:invoke('message', 'send', { target = '#ü' })",
    ],
    "message",
    "send",
    { target: "#ü" },
  ],
  [["c.tools:invoke('t', 'a')", "c:invoke('t', 'a')", "c:invoke('t', 'a', {})"], "t", "a", {}],
  [
    ["c.messaging:send('discord', '#alerts', 'Down!')", "c:send('discord', '#alerts', 'Down!')"],
    "message",
    "send",
    { channel: "discord", target: "#alerts", message: "Down!" },
  ],
  [
    ["c.messaging:notify('ops', 'Done')", "c:notify('ops', 'Done')"],
    "message",
    "send",
    { target: "ops", message: "Done" },
  ],
  [
    [
      "c.cron:add({ schedule = '0 9 * * *', task = 'r' })",
      "c:cron_add({ schedule = '0 9 * * *', task = 'r' })",
    ],
    "cron",
    "add",
    { job: { schedule: "0 9 * * *", task: "r" } },
  ],
  [["c.cron:list()", "c:cron_list()"], "cron", "list", {}],
  [
    [
      "c.sessions:spawn('Fix it', { model = 'm', timeout = 60 })",
      "c:spawn('Fix it', { model = 'm', timeout = 60 })",
    ],
    "sessions_spawn",
    "invoke",
    { task: "Fix it", model: "m", timeout: 60 },
  ],
  [["c.sessions:spawn('Fix it')", "c:spawn('Fix it')"], "sessions_spawn", "invoke", { task: "Fix it" }],
  [
    [
      "c.llm:task('Sum up', { model = 'm', artifacts = { 1 }, output_schema = { type = 'object' }, temperature = 0.5, " +
      "max_output_tokens = 100 })",
      "c:llm_task('Sum up', { model = 'm', artifacts = { 1 }, output_schema = { type = 'object' }, temperature = 0.5, " +
      "max_output_tokens = 100 })",
    ],
    "llm-task",
    "invoke",
    {
      prompt: "Sum up",
      model: "m",
      artifacts: [1],
      output_schema: { type: "object" },
      temperature: 0.5,
      max_output_tokens: 100,
    },
  ],
];

methodTests(
  "openclaw",
  SETUP,
  TOOLS.map(([calls, tool, action, args], index) => ({
    calls,
    method: "POST",
    path: "/tools/invoke",
    json: { tool, action, args },
    status: index % 2 === 0 ? 200 : 201,
    reply,
  })),
  headers,
);

moduleTests("openclaw", SETUP, [
  ...[404, 401, 500].map((status) => ({
    name: `${status} is raised, without the token`,
    call:
      "(function() local _, err = pcall(c.cron.list, c.cron) return (err:gsub('^test.lua:%d+: ', '')) end)()",
    replies: [{ status, body: "no tool" }],
    result: `openclaw: POST /tools/invoke HTTP ${status}: no tool`,
  })),
  {
    name: "a page of HTML is a clear error",
    call: "c:cron_list()",
    replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
    error: "openclaw: POST /tools/invoke: the response is not JSON (text/html, 6 bytes): ",
  },
  { name: "an empty answer is nil", call: "c:cron_list()", replies: [{ body: "" }], result: null },
]);

moduleTests("openclaw", 'local openclaw = require("assay.openclaw")', [
  ...[["OPENCLAW_URL", "OPENCLAW_TOKEN"], ["CLAWD_URL", "CLAWD_TOKEN"]].map(([address, token]) => ({
    name: `${address} and ${token} are where the gateway is`,
    call:
      `(function() env.set("${address}", url) env.set("${token}", "tok") return openclaw.client():cron_list() end)()`,
    replies: [{ body: {} }],
    expected: { method: "POST", path: "/tools/invoke", headers: { authorization: "Bearer tok" } },
  })),
  {
    name: "without a token none is sent",
    call: "openclaw.client(url):cron_list()",
    replies: [{ body: {} }],
    expected: { method: "POST", path: "/tools/invoke", headers: { authorization: undefined } },
  },
  {
    name: "a client needs a URL",
    call: "openclaw.client()",
    replies: [],
    error: "openclaw: url required (set $OPENCLAW_URL or $CLAWD_URL)",
  },
]);

/** Gives what a call does whose state is in a folder of its own. */
async function withState(call: string, body: (result: unknown, folder: string) => Promise<void> | void) {
  await withFolder(async (folder) => {
    const setup = `local c = require("assay.openclaw").client(url, { state_dir = "${folder}/state" })`;
    await body((await callModule(setup, call, [])).result, folder);
  });
}

Deno.test("openclaw: state is kept in a JSON file a key", async () => {
  const call =
    '{ c:state_get("last"), c:state_set("last", { id = 12345678901234567, list = json.array() }), ' +
    'json.encode(c:state_get("last")), c.state:get("last").list }';
  await withState(
    `(function() local t = ${call} t[1] = t[1] or "nothing" return t end)()`,
    async (result, folder) => {
      assert.deepEqual(result, ["nothing", true, '{"id":12345678901234567,"list":[]}', []]);
      assert.equal(
        await Deno.readTextFile(`${folder}/state/last.json`),
        '{"id":12345678901234567,"list":[]}',
      );
      assert.equal([...Deno.readDirSync(`${folder}/state`)].length, 1);
    },
  );
});

Deno.test("openclaw: a state file that is empty is nil, and one that is broken is named", async () => {
  const call = `(function()
    c:state_set("x", 1)
    local file = FILE
    fs.write(file, "")
    local empty = c:state_get("x") == nil
    fs.write(file, "{")
    local ok, err = pcall(c.state.get, c.state, "x")
    return { empty, ok, err:find("openclaw: the state in " .. file .. " is not JSON", 1, true) ~= nil }
  end)()`;
  await withFolder(async (folder) => {
    const setup = `local FILE = "${folder}/x.json" ` +
      `local c = require("assay.openclaw").client(url, { state_dir = "${folder}" })`;
    assert.deepEqual((await callModule(setup, call, [])).result, [true, false, true]);
  });
});

for (const method of ["c.state:diff", "c:diff"]) {
  Deno.test(`openclaw: ${method} stores a value and tells whether it is another`, async () => {
    const call =
      `{ ${method}("k", { a = 1, b = { 2 } }), ${method}("k", { b = { 2 }, a = 1 }), ${method}("k", "x") }`;
    await withState(call, (result) =>
      assert.deepEqual(result, [
        { changed: true, after: { a: 1, b: [2] } },
        { changed: false, before: { a: 1, b: [2] }, after: { a: 1, b: [2] } },
        { changed: true, before: { a: 1, b: [2] }, after: "x" },
      ]));
  });
}

for (const key of ["../x", "a/b", "", ".hidden", "a\\0b"]) {
  Deno.test(`openclaw: a state key '${key}' does not lead out of the folder`, async () => {
    await withState(`select(2, pcall(c.state_set, c, "${key}", 1))`, (result, folder) => {
      assert.match(String(result), /openclaw: a state key must be a file name/);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    });
  });
}

for (
  const [name, variables, file] of [
    ["ASSAY_STATE_DIR", { ASSAY_STATE_DIR: "a", OPENCLAW_STATE_DIR: "b", HOME: "c" }, "a/k.json"],
    ["OPENCLAW_STATE_DIR", { OPENCLAW_STATE_DIR: "b", HOME: "c" }, "b/k.json"],
    ["the home folder", { HOME: "c" }, "c/.assay/state/k.json"],
  ] as const
) {
  Deno.test(`openclaw: state is in ${name} where nothing comes before it`, async () => {
    await withFolder(async (folder) => {
      const set = Object.entries(variables).map(([key, value]) => `env.set("${key}", "${folder}/${value}")`);
      const setup = `${set.join(" ")} local c = require("assay.openclaw").client(url)`;
      await callModule(setup, 'c:state_set("k", 1)', []);
      assert.equal(await Deno.readTextFile(`${folder}/${file}`), "1");
    });
  });
}

const APPROVE = "(function() local ok, got = pcall(c.gates.approve, c.gates, 'Go\\non?', { n = 1 }) " +
  "return { ok, type(got) == 'string' and got:gsub('^test.lua:%d+: ', '') or got } end)()";

moduleTests("openclaw", SETUP, [
  ...([["yes", true], ["no", false], ["", false], ["YES", false]] as const).map(([answer, approved]) => ({
    name: `the decision '${answer}' is ${approved}`,
    call:
      `(function() env.set("ASSAY_APPROVAL_RESULT", "${answer}") return { c.gates:approve("p"), c:approve("p") } end)()`,
    replies: [],
    result: [approved, approved],
  })),
  {
    name: "in tool mode an approval is asked for in one line",
    call: `(function() env.set("ASSAY_MODE", "tool") return ${APPROVE} end)()`,
    replies: [],
    result: [false, '__assay_approval_request__:{"context":{"n":1},"prompt":"Go\\non?"}'],
  },
  {
    name: "without anybody to ask an approval is an error that holds the request",
    call: APPROVE,
    replies: [],
    result: [
      false,
      'openclaw: approval_required: {"context":{"n":1},"prompt":"Go\\non?","type":"approval_request"}',
    ],
  },
  ...["OPENCLAW_INTERACTIVE", "TTY"].map((name) => ({
    name: `with ${name} nothing is approved`,
    call: `(function() env.set("${name}", "1") return c:approve("p") end)()`,
    replies: [],
    result: false,
  })),
]);
