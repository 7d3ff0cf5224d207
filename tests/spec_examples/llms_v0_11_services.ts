/** `assay-llms-v0.11.md`: modules for monitoring, identity, storage and other services. */
import { Answer, inTurn } from "../support/internet.ts";
import type { ScriptExample } from "./example.ts";

const HARBOR = "harbor.example.com/api/v2.0";
const ARTIFACT = `${HARBOR}/projects/myproject/repositories/myapp/artifacts/latest`;

const openid = {
  issuer: "http://dex:5556",
  authorization_endpoint: "http://dex:5556/auth",
  token_endpoint: "http://dex:5556/token",
  jwks_uri: "http://dex:5556/keys",
  userinfo_endpoint: "http://dex:5556/userinfo",
  scopes_supported: ["openid", "email"],
  response_types_supported: ["code"],
  grant_types_supported: ["authorization_code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
};

const tuple = { namespace: "apps", object: "cc", relation: "admin", subject_id: "user:alice" };
const role = {
  namespace: "Role",
  object: "command-center:approver",
  relation: "members",
  subject_id: "user:alice",
};

export const SERVICES: readonly ScriptExample[] = [
  {
    name: "alertmanager.lua",
    section: "assay.alertmanager",
    services: {
      "GET alertmanager:9093/api/v2/alerts": [{
        labels: { alertname: "HighCPU" },
        status: { state: "active" },
      }],
      "POST alertmanager:9093/api/v2/silences": { silenceID: "s1" },
    },
  },
  {
    name: "dex.lua",
    section: "assay.dex",
    services: {
      "GET dex:5556/healthz": "OK",
      "GET dex:5556/.well-known/openid-configuration": openid,
    },
  },
  {
    name: "grafana.lua",
    section: "assay.grafana",
    services: { "GET grafana:3000/api/health": { database: "ok", version: "12.0.0", commit: "c" } },
  },
  {
    name: "harbor.lua",
    section: "assay.harbor",
    env: { HARBOR_PASS: "s3cr3t" },
    replace: { "sleep(30)": "sleep(0)" },
    services: {
      [`GET ${HARBOR}/health`]: { status: "healthy", components: [{ name: "core", status: "healthy" }] },
      [`POST ${ARTIFACT}/scan`]: new Answer(202),
      [`GET ${ARTIFACT}`]: {
        digest: "sha256:a1",
        scan_overview: {
          "application/vnd.security.vulnerability.report; version=1.1": {
            scan_status: "Success",
            summary: { total: 2, fixable: 1, summary: { Low: 2 } },
          },
        },
      },
    },
  },
  {
    name: "healthcheck.lua",
    section: "assay.healthcheck",
    // How fast the machine of a test is does not matter
    replace: { "max_latency_ms = 500": "max_latency_ms = 60000" },
    services: { "GET api:8080/health": { database: "ok" } },
  },
  {
    name: "loki.lua",
    section: "assay.loki",
    services: {
      "POST loki:3100/loki/api/v1/push": new Answer(204),
      "GET loki:3100/loki/api/v1/query": { status: "success", data: { resultType: "streams", result: [] } },
    },
  },
  {
    name: "prometheus.lua",
    section: "assay.prometheus",
    services: {
      "GET prometheus:9090/api/v1/query": {
        status: "success",
        data: { resultType: "vector", result: [{ metric: {}, value: [1, "3"] }] },
      },
    },
  },
  {
    name: "traefik.lua",
    section: "assay.traefik",
    services: {
      "GET traefik:8080/api/http/routers": [{ name: "web@docker", status: "enabled" }],
    },
  },
  {
    name: "unleash.lua",
    section: "assay.unleash",
    env: { UNLEASH_ADMIN_TOKEN: "t0ken" },
    services: {
      "GET unleash:4242/health": { health: "GOOD" },
      "GET unleash:4242/api/admin/projects/my-project": new Answer(404, "no such project"),
      "POST unleash:4242/api/admin/projects": new Answer(201, { id: "my-project" }),
      "POST unleash:4242/api/admin/projects/my-project/environments": new Answer(200),
      "POST unleash:4242/api/admin/projects/my-project/features": new Answer(201, { name: "dark-mode" }),
      "POST unleash:4242/api/admin/projects/my-project/features/dark-mode/environments/production/on":
        new Answer(200),
    },
  },
  {
    name: "s3.lua",
    section: "assay.s3",
    env: { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "s3cr3t" },
    services: {
      "PUT s3.us-east-1.amazonaws.com/my-bucket/data/report.json": new Answer(200),
      "GET s3.us-east-1.amazonaws.com/my-bucket/data/report.json": '{"status":"complete"}',
    },
  },
  {
    name: "kratos.lua",
    section: "assay.ory.kratos",
    before: 'local cookie = "ory_kratos_session=s3cr3t"',
    services: {
      "GET kratos-public:4433/sessions/whoami": {
        id: "s1",
        identity: { id: "a1", traits: { email: "alice@example.com" } },
      },
    },
    output: /Logged in as: alice@example\.com/,
  },
  {
    name: "hydra.lua",
    section: "assay.ory.hydra",
    services: { "POST hydra-admin:4445/admin/clients": new Answer(201, { client_id: "c1" }) },
  },
  {
    name: "keto.lua",
    section: "assay.ory.keto",
    services: {
      "PUT keto-write:4467/admin/relation-tuples": new Answer(201, tuple),
      "GET keto-read:4466/relation-tuples/check": { allowed: true },
    },
  },
  {
    name: "rbac.lua",
    section: "assay.ory.rbac",
    services: {
      // Before the role is given, and after
      "GET keto-read:4466/relation-tuples": inTurn({ relation_tuples: [] }, { relation_tuples: [role] }),
      "PUT keto-write:4467/admin/relation-tuples": new Answer(201, role),
    },
  },
  {
    name: "ory.lua",
    section: "assay.ory",
    services: { "GET keto-read:4466/relation-tuples/check": new Answer(403, { allowed: false }) },
  },
];
