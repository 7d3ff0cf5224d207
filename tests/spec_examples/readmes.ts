/** `assay-agents-v0.5.md`, `assay-readme-v0.6.md` and `assay-readme-v0.8.2.md`. */
import assert from "node:assert/strict";
import { TemporalServer } from "../support/temporal.ts";
import { commandExamples, ORIGINAL } from "./commands.ts";
import type { Document } from "./example.ts";
import { CHECKED } from "./readme_v0_1.ts";
import { runScript, runShell } from "./run.ts";

const GRAFANA = { "GET grafana:3000/api/health": { database: "ok" } };

/** The template of a module is one that works. */
async function moduleTemplate(): Promise<void> {
  const template = await Deno.readTextFile(new URL("./agents-v0.5/module.lua", import.meta.url));
  await runScript(new URL("./agents-v0.5/grafana.lua", import.meta.url), {
    name: "module.lua",
    section: "Adding a New Stdlib Module",
    replace: { "assay.grafana": "assay.template", '{ api_key = "glsa_..." }': '{ token = "t0ken" }' },
    files: { "modules/template.lua": template },
    services: {
      "GET grafana:3000/api/health": ({ headers }) => ({
        database: headers.authorization === "Bearer t0ken" ? "ok" : "no token",
      }),
    },
  });
}

export const AGENTS_0_5: Document = {
  name: "assay-agents-v0.5.md",
  folder: "agents-v0.5",
  scripts: [{ name: "grafana.lua", section: "Client Pattern", services: GRAFANA }],
  others: [
    ...commandExamples("Two Modes", ["assay script.lua", "assay checks.yaml"]),
    { name: "module.lua", file: "module.lua", section: "Adding a New Stdlib Module", run: moduleTemplate },
    {
      name: "the manifest of a Job",
      section: "Using Assay in Kubernetes",
      not: "a manifest for a cluster, and the document has lost its indentation",
    },
    { name: "npx skills add", section: "Skills & Rules", not: "not about assay" },
    { name: "tests/stdlib_<name>.rs", section: "Adding a New Stdlib Module", not: ORIGINAL },
    { name: "cargo check, clippy, test, build", section: "Commands", not: ORIGINAL },
  ],
};

const ELSEWHERE = "the document has only the beginnings of its lines; README 0.1 and 0.8.2 have the whole";

export const README_0_6: Document = {
  name: "assay-readme-v0.6.md",
  others: [
    ...[
      "Lua Script Mode (Direct Execution)",
      "Shebang Support",
      "Stdlib Modules",
      "HTTP Health Check",
      "JWT Authentication to API",
      "Database Query",
      "Web Server",
      "Server-Sent Events (SSE)",
      "Prometheus Verification",
    ].map((section) => ({ name: "the script", section, not: ELSEWHERE })),
    ...["YAML Check Mode (Orchestration)", "YAML Check Mode"].map((section) => ({
      name: "the file of checks",
      section,
      not: "the document has lost its indentation; README 0.1 has the same file",
    })),
    {
      name: "myapi.lua and company.lua",
      section: "Filesystem Module Loading",
      async run() {
        const { status, stdout, stderr } = await runShell(
          `mkdir -p modules .assay/modules
          echo 'return { name = "mine" }' > modules/myapi.lua
          echo 'return { name = "ours" }' > .assay/modules/company.lua
          assay exec -e 'print(require("assay.myapi").name, require("assay.company").name)'
          ASSAY_MODULES_PATH="$PWD/modules" assay exec -e 'print(require("assay.myapi").name)'`,
        );
        assert.equal(status, 0, stderr);
        assert.equal(stdout, "mine\tours\nmine\n");
      },
    },
    ...commandExamples("v0.5.0: Universal API Execution Engine", [
      "assay exec -e 'log.info(\"hello\")'",
      "assay run script.lua",
    ]),
    ...commandExamples("v0.5.0: Universal API Execution Engine", [
      'assay context "grafana"',
      "assay modules",
    ]),
  ],
};

export const README_0_8_2: Document = {
  name: "assay-readme-v0.8.2.md",
  folder: "readme-v0.8.2",
  scripts: [
    {
      name: "k8s-health.lua",
      section: "Kubernetes Health Check",
      replace: { "/var/run/secrets/kubernetes.io/serviceaccount/token": "{folder}/token" },
      files: { token: "t0ken" },
      services: {
        "GET kubernetes.default.svc/apis/apps/v1/namespaces/default/deployments/my-app": {
          metadata: { name: "my-app" },
          spec: { replicas: 2 },
          status: { readyReplicas: 2 },
        },
      },
      output: /Deployment ready: my-app/,
    },
    {
      name: "web-server-sse.lua",
      section: "Web Server with SSE",
      replace: { "http.serve(8080": "http.serve(0", "sleep(1)": "sleep(0)" },
      async ask(url) {
        assert.deepEqual(await (await fetch(`${url}/health`)).json(), { ok: true });
        const login = await fetch(`${url}/login`);
        assert.deepEqual(login.headers.getSetCookie(), [
          "session=abc; Path=/; HttpOnly",
          "csrf=xyz; Path=/",
        ]);
        assert.deepEqual(await login.json(), { ok: true });
        const events = await fetch(`${url}/events`);
        assert.equal(events.headers.get("content-type"), "text/event-stream");
        const [first, second, ...more] = (await events.text()).split("\n\n").filter((event) => event !== "");
        assert.equal(first, "data: connected");
        assert.equal(second, 'event: update\ndata: {"count":1}\nid: 1');
        assert.equal(more.length, 9);
      },
    },
    {
      name: "temporal-workflow.lua",
      section: "Temporal Workflow",
      async within(run) {
        await using server = await TemporalServer.start();
        await run({ replace: { "temporal-frontend:7233": server.address } });
        assert.equal(server.of("StartWorkflowExecution")[0]?.message.workflowId, "promote-prod-v1.2.0");
      },
      output: /Started: \S+\n(.*\n)*.*Status: \w+\n/,
    },
  ],
  checks: [{
    name: "checks.yaml",
    section: "YAML Check Mode",
    services: {
      ...CHECKED,
      "GET prometheus:9090/api/v1/query": {
        status: "success",
        data: { resultType: "vector", result: [{ metric: {}, value: [1, "3"] }] },
      },
    },
    checks: ["api-health passed", "prometheus-targets passed"],
  }],
  others: [
    ...commandExamples("What is Assay?", [
      "assay script.lua     # Run Lua with all builtins",
      "assay checks.yaml    # Structured checks with retry/backoff/JSON output",
      "assay exec -e 'log.info(\"hello\")'   # Inline evaluation",
    ]),
    ...commandExamples("YAML Check Mode", ["assay checks.yaml   # Exit 0 if all pass, 1 if any fail"]),
    ...commandExamples("What is Assay?", [
      'assay context "grafana"              # LLM-ready module docs',
      "assay modules                        # List all 50+ modules",
    ]),
    ...commandExamples("Module Discovery", [
      'assay context "grafana"   # Returns method signatures for LLM prompts',
      'assay context "vault"     # Exact API docs, no hallucination',
      "assay modules             # List all 50+ modules",
    ]),
    {
      name: "assay run --mode tool, assay resume",
      section: "OpenClaw Integration",
      not: "assay has no tool mode yet",
    },
    { name: "curl, docker and cargo", section: "Installation", not: ORIGINAL },
    { name: "cargo and dprint", section: "Development", not: ORIGINAL },
  ],
};
