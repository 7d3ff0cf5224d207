/** k8s checks, against an API of the test's own. */
import assert from "node:assert/strict";
import { findCluster } from "../checks/types/k8s/cluster.ts";
import { whyNotReady } from "../checks/types/k8s/ready.ts";
import { withFolder } from "./support/assay.ts";
import { errorOf } from "./support/checks.ts";
import { type MockReply, MockServer } from "./support/mock.ts";

const deployment = (available: number, generation = 2) => ({
  metadata: { name: "web", generation },
  spec: { replicas: 3 },
  status: {
    observedGeneration: 2,
    updatedReplicas: 3,
    availableReplicas: available,
    conditions: [{ type: "Available", status: available === 3 ? "True" : "False" }],
  },
});

async function against(check: string, ...replies: MockReply[]) {
  await using server = new MockServer(...replies);
  const error = await errorOf(`type: k8s, server: '${server.url}', ${check}`);
  return { error, requests: server.requests };
}

Deno.test("a deployment is ready when all replicas are available", async () => {
  const check = "kind: Deployment, object: web, namespace: prod";
  const good = await against(check, { body: deployment(3) });
  assert.equal(good.error, undefined);
  assert.equal(good.requests[0]?.path, "/apis/apps/v1/namespaces/prod/deployments/web");
  assert.equal(
    (await against(check, { body: deployment(1) })).error,
    "Deployment web: it is not ready: availableReplicas is 1 of 3",
  );
  assert.equal(
    (await against(check, { body: deployment(3, 5) })).error,
    "Deployment web: it is not ready: its controller has not seen the newest version of it yet",
  );
});

Deno.test("within looks again until it is ready", async () => {
  const { error, requests } = await against(
    "kind: deployment, object: web, within: 20s",
    { body: deployment(1) },
    { body: deployment(3) },
  );
  assert.equal(error, undefined);
  assert.equal(requests.length, 2);
});

Deno.test("what is wrong is told when the time is up", async () => {
  const late = await against("kind: deployment, object: web, within: 50ms", { body: deployment(1) });
  assert.equal(late.error, "deployment web: it is not ready: availableReplicas is 1 of 3 after 0.05s");
  const cut = await against("kind: deployment, object: web, within: 1m, timeout: 300ms", {
    body: deployment(1),
  });
  assert.equal(
    cut.error,
    "deployment web: timed out after 0.3s: it is not ready: availableReplicas is 1 of 3",
  );
});

Deno.test("objects that are not there, and that must not be", async () => {
  const gone = { status: 404, body: { kind: "Status", code: 404 } };
  assert.equal((await against("kind: Pod, object: x", gone)).error, "Pod x: there is no such object");
  assert.equal((await against("kind: Pod, object: x, expect: {exists: false}", gone)).error, undefined);
  assert.equal(
    (await against("kind: Service, object: x, expect: {exists: false}", { body: {} })).error,
    "Service x: it exists",
  );
});

Deno.test("a selector finds objects that must all be ready", async () => {
  const pod = (name: string, ready: string) => ({
    metadata: { name },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: ready, reason: "ContainersNotReady" }],
    },
  });
  const list = { body: { items: [pod("a", "True"), pod("b", "False")] } };
  const { error, requests } = await against("kind: Pod, selector: 'app=web,tier!=x'", list);
  assert.equal(
    error,
    "Pod app=web,tier!=x: b: it is not ready: condition Ready is False (ContainersNotReady)",
  );
  assert.equal(requests[0]?.query, "labelSelector=app%3Dweb%2Ctier!%3Dx");
  assert.equal(
    (await against("kind: Pod, selector: a=b", { body: { items: [] } })).error,
    "Pod a=b: the selector finds no objects",
  );
  assert.equal(
    (await against("kind: Pod, selector: a=b, expect: {count: 3, ready: false}", list)).error,
    "Pod a=b: expected 3 objects, got 2",
  );
});

Deno.test("conditions and expressions", async () => {
  const reply = { body: deployment(3) };
  const check = "kind: Deployment, object: web, expect: ";
  assert.equal((await against(`${check}{conditions: {Available: 'True'}}`, reply)).error, undefined);
  assert.equal(
    (await against(`${check}{conditions: {Progressing: 'True'}}`, reply)).error,
    "Deployment web: expected condition Progressing True, it is not there",
  );
  assert.equal(
    (await against(`${check}{json: ['.spec.replicas >= 5']}`, reply)).error,
    "Deployment web: JSON expression failed: .spec.replicas >= 5 (actual value: 3)",
  );
});

Deno.test("kinds of the cluster's own are looked up", async () => {
  const resources = { resources: [{ kind: "Rollout", name: "rollouts", namespaced: true }] };
  const { error, requests } = await against(
    "kind: Rollout, object: web, api_version: argoproj.io/v1alpha1",
    { body: resources },
    { body: { status: { conditions: [{ type: "Available", status: "True" }] } } },
  );
  assert.equal(error, undefined);
  assert.deepEqual(requests.map(({ path }) => path), [
    "/apis/argoproj.io/v1alpha1",
    "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/web",
  ]);
  assert.match((await against("kind: Rollout, object: web", {})).error ?? "", /give its 'api_version'$/);
});

Deno.test("the API's own words are told", async () => {
  const body = { kind: "Status", message: 'pods "x" is forbidden' };
  assert.equal(
    (await against("kind: Pod, object: x", { status: 403, body })).error,
    'Pod x: the API answered with status 403: pods "x" is forbidden',
  );
});

Deno.test("a kubeconfig names server, namespace and credentials", async () => {
  await using server = new MockServer({ body: deployment(3) });
  await withFolder(async (folder) => {
    const path = `${folder}/config`;
    await Deno.writeTextFile(
      path,
      `
apiVersion: v1
current-context: one
contexts:
  - {name: one, context: {cluster: c, user: u, namespace: team}}
  - {name: two, context: {cluster: c, user: cmd}}
clusters: [{name: c, cluster: {server: '${server.url}/'}}]
users:
  - {name: u, user: {token: tok-1}}
  - {name: cmd, user: {exec: {command: aws}}}`,
    );
    const check = `type: k8s, kubeconfig: '${path}', kind: Deployment, object: web`;
    assert.equal(await errorOf(check), undefined);
    const { path: asked, headers } = server.request;
    assert.equal(asked, "/apis/apps/v1/namespaces/team/deployments/web");
    assert.equal(headers["authorization"], "Bearer tok-1");
    assert.match(await errorOf(`${check}, context: two`) ?? "", /from a command, which checks do not run/);
    assert.match(await errorOf(`${check}, context: three`) ?? "", /has no context 'three'/);
    assert.match(
      await errorOf("type: k8s, kubeconfig: /no, kind: Pod, object: x") ?? "",
      /cannot read "\/no"/,
    );
    assert.deepEqual(findCluster({ server: "http://127.0.0.1:8001/" }), {
      server: "http://127.0.0.1:8001",
      namespace: "default",
    });
  });
});

Deno.test("each kind is ready in its own way", () => {
  const condition = (type: string, status: string) => ({ status: { conditions: [{ type, status }] } });
  const cases: [string, unknown, RegExp | undefined][] = [
    ["StatefulSet", { spec: { replicas: 2 }, status: { updatedReplicas: 2, readyReplicas: 2 } }, undefined],
    ["StatefulSet", { spec: { replicas: 2 }, status: { updatedReplicas: 2 } }, /readyReplicas is 0 of 2/],
    [
      "DaemonSet",
      { status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 } },
      /is 1 of 2/,
    ],
    ["Pod", { status: { phase: "Succeeded" } }, undefined],
    ["Pod", { status: { phase: "Pending" } }, /no condition Ready yet \(phase Pending\)/],
    ["Job", condition("Complete", "True"), undefined],
    ["Job", condition("Failed", "True"), /no condition Complete/],
    ["PersistentVolumeClaim", { status: { phase: "Pending" } }, /its phase is Pending/],
    ["Namespace", { status: { phase: "Active" } }, undefined],
    ["Node", condition("Ready", "Unknown"), /condition Ready is Unknown/],
    ["ConfigMap", { data: {} }, undefined],
    ["Certificate", condition("Ready", "False"), /condition Ready is False/],
  ];
  for (const [kind, object, expected] of cases) {
    const reason = whyNotReady(kind, object);
    if (expected === undefined) assert.equal(reason, undefined, kind);
    else assert.match(reason ?? "", expected, kind);
  }
});
