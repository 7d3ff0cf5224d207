/** `assay-readme-v0.1.md`. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { Answer, type ServiceReply, type ServiceRequest, type Services } from "../support/internet.ts";
import { postgresUrl, withPostgres } from "../support/postgres.ts";
import { type Document, NO_POSTGRES, type OtherExample, type ScriptExample } from "./example.ts";
import { commandExamples, ORIGINAL } from "./commands.ts";
import { runShell } from "./run.ts";

/** Answers who comes with a token of this algorithm. */
const signedBy = (algorithm: string, reply: ServiceReply) => ({ headers }: ServiceRequest): ServiceReply => {
  const [, header = ""] = /^Bearer ([\w-]+)\.[\w-]+\.[\w-]+$/.exec(String(headers.authorization)) ?? [];
  return header !== "" && JSON.parse(atob(header)).alg === algorithm ? reply : new Answer(401);
};

const series = (value: string) => ({
  status: "success",
  data: { resultType: "vector", result: [{ metric: {}, value: [1, value] }] },
});

/** What the files of checks of this document and others ask. */
export const CHECKED: Services = {
  "GET api.example.com/health": { status: "healthy" },
  "GET prometheus:9090/api/v1/query": series("0.2"),
};

const SCRIPTS: readonly ScriptExample[] = [
  {
    name: "health-with-jwt.lua",
    section: "Lua Script Mode (Direct Execution)",
    env: { JWT_SECRET: "s3cr3t" },
    services: { "GET api.example.com/health": signedBy("HS256", "fine") },
    output: /API healthy: fine/,
  },
  { name: "hello.lua", section: "Shebang Support", output: /Hello from Assay!/ },
  {
    name: "prometheus.lua",
    section: "Stdlib Modules",
    services: { "GET prometheus:9090/api/v1/query": series("1") },
    output: /Targets up: 1\n/,
  },
  {
    name: "grafana-health.lua",
    section: "HTTP Health Check",
    services: { "GET grafana.monitoring/api/health": { database: "ok", version: "12.0.0" } },
    output: /Grafana healthy: version=12\.0\.0/,
  },
  {
    name: "jwt-authentication.lua",
    section: "JWT Authentication to API",
    replace: { "/secrets/jwt-key.pem": "{folder}/jwt-key.pem" },
    files: {
      "jwt-key.pem": String(
        generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
          type: "pkcs8",
          format: "pem",
        }),
      ),
    },
    services: { "GET api.example.com/users": signedBy("RS256", [{ name: "ada" }, { name: "bob" }]) },
    output: /Found 2 users/,
  },
  {
    name: "database-query.lua",
    section: "Database Query",
    async within(run) {
      const started = await withPostgres((server) => {
        const url = postgresUrl(server);
        return run({
          replace: { "postgres://user:pass@postgres:5432/mydb": url },
          before: `do
            local setup = db.connect("${url}")
            db.execute(setup, "CREATE TABLE users (id int, name text, active boolean)")
            db.execute(setup, "INSERT INTO users VALUES (7, 'Ada', true), (8, 'Bob', false)")
            db.close(setup)
          end`,
        });
      });
      return started ? undefined : NO_POSTGRES;
    },
    output: /^(?!.*Bob).*User: Ada \(ID: 7\)/s,
  },
  {
    name: "web-server.lua",
    section: "Web Server",
    replace: { "http.serve(8080": "http.serve(0" },
    async ask(url) {
      assert.equal(await (await fetch(`${url}/health`)).text(), "ok");
      const { timestamp, zone } = await (await fetch(`${url}/api/time`)).json();
      assert.equal(typeof timestamp, "number");
      assert.equal(zone, "UTC");
      const echo = await fetch(`${url}/api/echo`, { method: "POST", body: '{"a":[1,"ü"]}' });
      assert.deepEqual(await echo.json(), { a: [1, "ü"] });
    },
  },
  {
    name: "prometheus-verification.lua",
    section: "Prometheus Verification",
    services: {
      "GET prometheus.monitoring:9090/api/v1/targets": {
        status: "success",
        data: { activeTargets: [{ health: "up" }, { health: "down" }], droppedTargets: [] },
      },
      "GET prometheus.monitoring:9090/api/v1/query": series("1"),
    },
    output: /Prometheus targets up: 1\n(.*\n)*.*Query result: 1\n/,
  },
];

/** The example of a result: one check of three fails. */
async function resultAsShown(): Promise<void> {
  const checks = `retries: 0
checks:
  - { name: api-health, type: http, url: "https://api.example.com/health" }
  - { name: high-cpu, type: prometheus, url: "http://prometheus:9090", query: up, expect: { max: 0.8 } }
  - { name: database-check, type: script, file: verify-db.lua }
`;
  const { status, stdout } = await runShell(
    "assay checks.yaml",
    { "checks.yaml": checks, "verify-db.lua": "assert.eq(1, 1)" },
    { ...CHECKED, "GET prometheus:9090/api/v1/query": series("0.92") },
  );
  assert.equal(status, 1);
  const { passed, failed, total, results } = JSON.parse(stdout);
  assert.deepEqual({ passed, failed, total }, { passed: 2, failed: 1, total: 3 });
  const [first, second] = results;
  assert.deepEqual([first.name, first.status, typeof first.duration_ms], ["api-health", "passed", "number"]);
  assert.equal("error" in first, false);
  assert.deepEqual([second.name, second.status], ["high-cpu", "failed"]);
  assert.match(second.error, /max.*0\.8.*0\.92|0\.92.*max.*0\.8/);
}

const OTHERS: readonly OtherExample[] = [
  ...commandExamples("What is Assay?", ["assay checks.yaml", "assay script.lua"]),
  ...commandExamples("Two Modes", ["assay checks.yaml", "chmod +x script.lua\n./script.lua"]),
  ...commandExamples("Shebang Support", ["chmod +x hello.lua\n./hello.lua"]),
  { name: "the result as JSON", section: "YAML Check Mode", run: resultAsShown },
  ...[
    ["Installation", "curl, docker, cargo and git"],
    ["Development", "cargo build, test, clippy and dprint"],
    ["Run Examples", "cargo run -- tests/e2e/check_json.lua and others"],
    ["Run Examples", "cargo run -- examples/checks.yaml and others"],
  ].map(([section = "", name = ""]) => ({ section, name, not: ORIGINAL })),
];

export const README_0_1: Document = {
  name: "assay-readme-v0.1.md",
  folder: "readme-v0.1",
  scripts: SCRIPTS,
  checks: [
    {
      name: "checks.yaml",
      section: "YAML Check Mode (Orchestration)",
      services: {
        "GET grafana.monitoring/api/health": { database: "ok" },
        "GET prometheus.monitoring:9090/api/v1/query": series("3"),
      },
      files: { "verify.lua": "assert.eq(1 + 1, 2)" },
      checks: ["grafana-healthy passed", "prometheus-targets passed", "custom-check passed"],
    },
    {
      name: "checks-commented.yaml",
      section: "YAML Check Mode",
      services: CHECKED,
      files: {
        "verify-db.lua": 'assert.eq(env.get("DB_URL"), "postgres://user:pass@postgres:5432/mydb")',
      },
      checks: ["api-health passed", "high-cpu passed", "database-check passed"],
    },
  ],
  others: OTHERS,
};
