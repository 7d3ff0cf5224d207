/** `assay-llms-v0.11.md`. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { Answer } from "../support/internet.ts";
import { PASSWORD, withPostgres } from "../support/postgres.ts";
import { type Document, NO_POSTGRES, type OtherExample, type ScriptExample } from "./example.ts";
import { CLUSTER, KUBERNETES, vaultSignIn } from "./llms_v0_11_kubernetes.ts";
import { PLATFORMS } from "./llms_v0_11_platforms.ts";
import { SERVICES } from "./llms_v0_11_services.ts";
import { runScript } from "./run.ts";

const FOLDER = new URL("./llms-v0.11/", import.meta.url);
// The module asks by the name of the domain, whatever the URL
const ZITADEL = "auth.example.com/management/v1/projects";

const OWN: readonly ScriptExample[] = [
  {
    name: "binary-files.lua",
    section: "fs",
    files: { "image.png": "\x89PNG\0", "static/logo.svg": "<svg/>" },
    replace: { "http.serve(8080": "http.serve(0" },
    async ask(url) {
      assert.equal(await (await fetch(`${url}/logo.svg`)).text(), "<svg/>");
      assert.equal((await (await fetch(`${url}/missing.svg`)).text()).includes("<svg/>"), false);
    },
  },
  {
    name: "postgres.lua",
    section: "assay.postgres",
    env: CLUSTER,
    services: {
      ...vaultSignIn(),
      "GET vault:8200/v1/secrets/data/myapp/postgres": {
        data: { data: { username: "assay", password: PASSWORD }, metadata: { version: 1 } },
      },
    },
    async within(run) {
      const started = await withPostgres(({ port }) =>
        run({ replace: { '"postgres.default.svc", 5432': `"127.0.0.1", ${port}` } })
      );
      return started ? undefined : NO_POSTGRES;
    },
  },
  {
    name: "zitadel.lua",
    section: "assay.zitadel",
    replace: { "/secrets/zitadel-key.json": "{folder}/zitadel-key.json" },
    files: {
      "zitadel-key.json": JSON.stringify({
        type: "serviceaccount",
        keyId: "k1",
        userId: "u1",
        key: generateKeyPairSync("rsa", { modulusLength: 2048 })
          .privateKey.export({ type: "pkcs1", format: "pem" }),
      }),
    },
    services: {
      "POST auth.example.com/oauth/v2/token": { access_token: "t0ken", expires_in: 43199 },
      [`POST ${ZITADEL}/_search`]: { result: [] },
      [`POST ${ZITADEL}`]: new Answer(201, { id: "p1" }),
      [`POST ${ZITADEL}/p1/apps/_search`]: { result: [] },
      [`POST ${ZITADEL}/p1/apps/oidc`]: { appId: "a1", clientId: "c1" },
    },
  },
];

/** The example is what a handler returns. */
async function setCookie(): Promise<void> {
  await runScript(new URL("set-cookie.lua", FOLDER), {
    name: "set-cookie.lua",
    section: "http",
    replace: {
      "return {": "http.serve(0, { GET = { ['/'] = function() return {",
      'body = "ok",\n}': 'body = "ok",\n} end } })',
    },
    async ask(url) {
      const response = await fetch(url);
      assert.equal(await response.text(), "ok");
      assert.deepEqual(response.headers.getSetCookie(), [
        "session=abc; Path=/; HttpOnly",
        "csrf=xyz; Path=/",
      ]);
    },
  });
}

const ENGINE = "the workflow engine and assay.workflow are not part of assay yet";
const workflow = (section: string, ...names: string[]): OtherExample[] =>
  names.map((name) => ({ name, section, not: ENGINE }));

const OTHERS: readonly OtherExample[] = [
  { name: "set-cookie.lua", file: "set-cookie.lua", section: "http", run: setCookie },
  ...workflow(
    "assay.workflow",
    "assay serve with its options",
    "assay workflow list, describe, signal, cancel, terminate",
    "assay schedule list, create, pause, resume, delete",
    'the script with "build", "approve" and "deploy"',
    "assay workflow start, signal, describe",
  ),
  ...workflow(
    "approval-pipeline",
    "worker.lua",
    "assay serve, assay run worker.lua",
    "curl of POST /api/v1/workflows",
    "assay workflow signal deploy-prod-001 approve",
    "curl of GET /api/v1/workflows/deploy-prod-001",
    "curl of POST …/signal/approve",
  ),
  ...workflow(
    "hello-workflow",
    "worker.lua",
    "assay serve",
    "assay run worker.lua",
    "curl of POST /api/v1/workflows",
    "curl of GET /api/v1/workflows/hello-1",
  ),
  ...workflow(
    "nightly-report",
    "worker.lua",
    "assay serve, assay run worker.lua",
    "curl of POST /api/v1/schedules",
    "curl of POST …/nightly-report/pause",
  ),
];

export const LLMS: Document = {
  name: "assay-llms-v0.11.md",
  folder: "llms-v0.11",
  scripts: [...SERVICES, ...KUBERNETES, ...PLATFORMS, ...OWN],
  others: OTHERS,
};
