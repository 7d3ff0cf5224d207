/** `assay.email_triage`, alone and with `assay.openclaw`. */
import { moduleTests } from "./support/module.ts";

const SETUP = 'local triage = require("assay.email_triage")';

/** An email, as Lua, and where the rules put it. */
const RULES: readonly [email: string, bucket: string][] = [
  ["{ from = 'alice@company.com', subject = 'Review PR #42' }", "needs_reply"],
  ["{ from = 'boss@company.com', subject = 'ACTION Required: report' }", "needs_action"],
  ["{ from = 'a@b.c', subject = 'This is Urgent!' }", "needs_action"],
  ["{ from = 'a@b.c', subject = 'Deadline tomorrow' }", "needs_action"],
  ["{ from = 'NoReply@github.com', subject = 'CI build passed' }", "fyi"],
  ["{ from = 'no-reply@x.y', subject = 'x' }", "fyi"],
  ["{ from = 'Newsletter@x.y', subject = 'x' }", "fyi"],
  ["{ from = 'a@b.c', subject = 'Our Newsletter' }", "fyi"],
  ["{ from = 'a@b.c', subject = 'Automated report' }", "fyi"],
  ["{ from = 'a@b.c', subject = 'x', automated = true }", "fyi"],
  ["{ from = 'a@b.c', subject = 'x', automated = 'yes' }", "needs_reply"],
  ["{ from = 'noreply@x.y', subject = 'Urgent: disk full' }", "needs_action"],
  ["{}", "needs_reply"],
];

moduleTests("email_triage", SETUP, [
  ...RULES.map(([email, bucket]) => ({
    name: `${email} is ${bucket}`,
    call: `(function()
      for name, emails in pairs(triage.categorize({ ${email} })) do
        if #emails == 1 then return name end
      end
    end)()`,
    replies: [],
    result: bucket,
  })),
  {
    name: "emails keep their order and their fields, and buckets without any are empty arrays",
    call: "triage.categorize({ { id = 1, from = 'a' }, { id = 2, from = 'b' } }, {})",
    replies: [],
    result: {
      needs_reply: [{ id: 1, from: "a" }, { id: 2, from: "b" }],
      needs_action: [],
      fyi: [],
    },
  },
  {
    name: "no emails are three empty buckets",
    call: "triage.categorize({})",
    replies: [],
    result: { needs_reply: [], needs_action: [], fyi: [] },
  },
]);

const CLIENT = 'local client = require("assay.openclaw").client(url, { token = "t" })';
const buckets = { needs_reply: [{ id: 1 }], fyi: [{ id: 2 }] };
const full = { ...buckets, needs_action: [] };

moduleTests("email_triage", `${SETUP} ${CLIENT}`, [
  ...([
    ["alone", buckets],
    ["in `categories`", { categories: buckets }],
    ["in `result`", { result: buckets }],
    [
      "in both",
      { ok: true, result: { categories: buckets } },
    ],
  ] as const).map(([where, body]) => ({
    name: `the LLM's buckets may stand ${where}`,
    call: "triage.categorize_llm({ { id = 1 }, { id = 2 } }, client)",
    replies: [{ body }],
    result: full,
  })),
  {
    name: "the prompt and the schema may be others",
    call:
      "triage.categorize_llm({ { id = 1 } }, client, { prompt = 'Sort', output_schema = { type = 'object' } })",
    replies: [{ body: {} }],
    expected: {
      method: "POST",
      path: "/tools/invoke",
      json: {
        tool: "llm-task",
        action: "invoke",
        args: { prompt: "Sort", artifacts: [{ id: 1 }], output_schema: { type: "object" } },
      },
    },
    result: { needs_reply: [], needs_action: [], fyi: [] },
  },
  ...["42", '"text"', '{"result":"text"}', '{"fyi":"text"}', "null"].map((body) => ({
    name: `an answer of ${body} is an error`,
    call: "triage.categorize_llm({}, client)",
    replies: [{ body }],
    error: "email_triage: invalid LLM response",
  })),
  ...["nil", "{}"].map((client) => ({
    name: `${client} is no client`,
    call: `triage.categorize_llm({}, ${client})`,
    replies: [],
    error: "email_triage: openclaw_client with llm_task is required",
  })),
]);
