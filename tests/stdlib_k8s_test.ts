/** `assay.k8s` against a mock of the Kubernetes API. */
import { bearer, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local k8s, o = require("assay.k8s"), { base_url = url .. "/", token = "tok" }';

const POD = "/api/v1/namespaces/web/pods/x";
const DEPLOYMENT = "/apis/apps/v1/namespaces/web/deployments/x";

const one = { metadata: { name: "x" } };
const items = { items: [one] };

/** A function of the module in its old and its new form. */
const both = (old: string, name: string, args: string, rest: Omit<Method, "old" | "new">): Method => ({
  old: `k8s.${old}(${args})`,
  new: `k8s.${name}(${args})`,
  ...rest,
});

moduleTests(
  "k8s",
  SETUP,
  methodCases([
    both("get_resource", "resources:get", "'web', 'pod', 'x', o", { path: POD, reply: one, result: one }),
    both("list", "resources:list", "'web', 'pod', o", {
      path: "/api/v1/namespaces/web/pods",
      reply: items,
      result: items,
    }),
    both(
      "list",
      "resources:list",
      "'web', 'pod', { base_url = url, token = 'tok', label_selector = 'app=web,tier in (a,b)', " +
        "field_selector = 'status.phase!=Running', limit = 2, continue = 'abc=' }",
      {
        path: "/api/v1/namespaces/web/pods",
        query: "labelSelector=app%3Dweb%2Ctier%20in%20%28a%2Cb%29&fieldSelector=status.phase%21%3DRunning" +
          "&limit=2&continue=abc%3D",
        reply: { metadata: { continue: "def" }, items: [one] },
        result: { metadata: { continue: "def" }, items: [one] },
      },
    ),
    both("create", "resources:create", "'web', 'configmap', { metadata = { name = 'x' }, data = {} }, o", {
      method: "POST",
      path: "/api/v1/namespaces/web/configmaps",
      json: { metadata: { name: "x" }, data: {} },
      reply: one,
      result: one,
    }),
    both("update", "resources:update", "'web', 'service', 'x', { spec = { ports = json.array() } }, o", {
      method: "PUT",
      path: "/api/v1/namespaces/web/services/x",
      json: { spec: { ports: [] } },
      reply: one,
      result: one,
    }),
    both("patch_resource", "resources:patch", "'web', 'deployment', 'x', { spec = { replicas = 3 } }, o", {
      method: "PATCH",
      path: DEPLOYMENT,
      json: { spec: { replicas: 3 } },
      reply: one,
      result: one,
    }),
    both("delete_resource", "resources:delete", "'web', 'job', 'x', o", {
      method: "DELETE",
      path: "/apis/batch/v1/namespaces/web/jobs/x",
      reply: { kind: "Status", status: "Success" },
      result: null,
    }),
    both("exists", "resources:exists", "'web', 'pod', 'x', o", { path: POD, reply: one, result: true }),
    both("get_secret", "secrets:get", "'web', 'x', o", {
      path: "/api/v1/namespaces/web/secrets/x",
      reply: { data: { password: btoa("p:ss"), empty: "" } },
      result: { password: "p:ss", empty: "" },
    }),
    both("get_secret", "secrets:get", "'web', 'x', o", {
      path: "/api/v1/namespaces/web/secrets/x",
      reply: one,
      result: {},
    }),
    both("get_configmap", "configmaps:get", "'web', 'x', o", {
      path: "/api/v1/namespaces/web/configmaps/x",
      reply: { data: { key: "value" } },
      result: { key: "value" },
    }),
    both("list_pods", "pods:list", "'web', o", {
      path: "/api/v1/namespaces/web/pods",
      reply: items,
      result: items,
    }),
    both("pod_status", "pods:status", "'web', o", {
      path: "/api/v1/namespaces/web/pods",
      reply: {
        items: ["Running", "Running", "Pending", "Succeeded", "Failed", "Unknown", undefined]
          .map((phase) => ({ status: { phase } })),
      },
      result: { running: 2, pending: 1, succeeded: 1, failed: 1, unknown: 2, total: 7 },
    }),
    both("service_endpoints", "services:endpoints", "'web', 'x', o", {
      path: "/api/v1/namespaces/web/endpoints/x",
      reply: {
        subsets: [
          { addresses: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }], notReadyAddresses: [{ ip: "10.0.0.9" }] },
          { notReadyAddresses: [{ ip: "10.0.0.8" }] },
          { addresses: [{ ip: "10.0.0.3" }] },
        ],
      },
      result: ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    }),
    both("service_endpoints", "services:endpoints", "'web', 'x', o", {
      path: "/api/v1/namespaces/web/endpoints/x",
      reply: one,
      result: [],
    }),
    both("rollout_status", "deployments:rollout_status", "'web', 'x', o", {
      path: DEPLOYMENT,
      reply: {
        spec: { replicas: 3 },
        status: { updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 1 },
      },
      result: { desired: 3, updated: 3, ready: 2, available: 2, unavailable: 1, complete: false },
    }),
    both("rollout_status", "deployments:rollout_status", "'web', 'x', o", {
      path: DEPLOYMENT,
      reply: {
        spec: { replicas: 1 },
        status: { updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
      },
      result: { desired: 1, updated: 1, ready: 1, available: 1, unavailable: 0, complete: true },
    }),
    both("node_status", "nodes:status", "o", {
      path: "/api/v1/nodes",
      reply: {
        items: [
          {
            metadata: {
              name: "a",
              labels: {
                "node-role.kubernetes.io/worker": "",
                "node-role.kubernetes.io/control-plane": "",
                "node-role.kubernetes.io/": "",
                "kubernetes.io/os": "linux",
              },
            },
            status: {
              capacity: { cpu: "4" },
              allocatable: { cpu: "3900m" },
              conditions: [{ type: "Ready", status: "True" }],
            },
          },
          resource("b", { Ready: "Unknown" }),
        ],
      },
      result: [
        {
          name: "a",
          ready: true,
          roles: ["control-plane", "worker"],
          capacity: { cpu: "4" },
          allocatable: { cpu: "3900m" },
        },
        { name: "b", ready: false, roles: [], capacity: {}, allocatable: {} },
      ],
    }),
    both("namespace_exists", "namespaces:exists", "'web', o", {
      path: "/api/v1/namespaces/web",
      reply: one,
      result: true,
    }),
    both("list_events", "events:list", "'web', o", {
      path: "/api/v1/namespaces/web/events",
      reply: items,
      result: items,
    }),
    both("events_for", "events:for_resource", "'web', 'Pod', 'x', o", {
      path: "/api/v1/namespaces/web/events",
      query: "fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3Dx",
      reply: items,
      result: items,
    }),
    { new: "k8s.get('/version', o)", path: "/version", reply: { major: "1" }, result: { major: "1" } },
    {
      new: "k8s.post('/api/v1/namespaces', { metadata = {} }, o)",
      method: "POST",
      path: "/api/v1/namespaces",
      json: { metadata: {} },
      reply: one,
      result: one,
    },
    { new: "k8s.put('/x', {}, o)", method: "PUT", path: "/x", json: {}, reply: one, result: one },
    { new: "k8s.patch('/x', {}, o)", method: "PATCH", path: "/x", json: {}, reply: one, result: one },
    { new: "k8s.delete('/x', o)", method: "DELETE", path: "/x", reply: one, result: null },
  ]),
);

/** Kinds and where the API has them, for a namespace `web`. */
const PATHS: Record<string, string> = {
  Pod: "/api/v1/namespaces/web/pods",
  pvc: "/api/v1/namespaces/web/persistentvolumeclaims",
  pv: "/api/v1/persistentvolumes",
  endpoints: "/api/v1/namespaces/web/endpoints",
  serviceaccount: "/api/v1/namespaces/web/serviceaccounts",
  limitrange: "/api/v1/namespaces/web/limitranges",
  resourcequota: "/api/v1/namespaces/web/resourcequotas",
  namespace: "/api/v1/namespaces",
  StatefulSet: "/apis/apps/v1/namespaces/web/statefulsets",
  replicaset: "/apis/apps/v1/namespaces/web/replicasets",
  cronjob: "/apis/batch/v1/namespaces/web/cronjobs",
  ingress: "/apis/networking.k8s.io/v1/namespaces/web/ingresses",
  ingressclass: "/apis/networking.k8s.io/v1/ingressclasses",
  networkpolicy: "/apis/networking.k8s.io/v1/namespaces/web/networkpolicies",
  storageclass: "/apis/storage.k8s.io/v1/storageclasses",
  role: "/apis/rbac.authorization.k8s.io/v1/namespaces/web/roles",
  rolebinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/web/rolebindings",
  clusterrole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  hpa: "/apis/autoscaling/v2/namespaces/web/horizontalpodautoscalers",
  pdb: "/apis/policy/v1/namespaces/web/poddisruptionbudgets",
  poddisruptionbudget: "/apis/policy/v1/namespaces/web/poddisruptionbudgets",
  deployments: "/apis/apps/v1/namespaces/web/deployments",
};

/** What `is_ready` says of the status of a kind. */
const READY: readonly [kind: string, status: object, ready: boolean][] = [
  ["deployment", { replicas: 2, readyReplicas: 2 }, true],
  ["deployment", { replicas: 2, readyReplicas: 1 }, false],
  ["deployment", {}, false],
  ["StatefulSet", { replicas: 1, readyReplicas: 1 }, true],
  ["daemonset", { desiredNumberScheduled: 3, numberReady: 3 }, true],
  ["daemonset", { desiredNumberScheduled: 0, numberReady: 0 }, false],
  ["job", { succeeded: 1 }, true],
  ["job", { failed: 1 }, false],
  ["node", { conditions: [{ type: "Ready", status: "True" }] }, true],
  ["node", { conditions: [{ type: "Ready", status: "Unknown" }] }, false],
  ["pod", { phase: "Running", conditions: [{ type: "Ready", status: "False" }] }, false],
  ["pod", { phase: "Running" }, true],
  ["pod", { phase: "Succeeded" }, false],
  ["pvc", { phase: "Bound" }, true],
  ["namespace", { phase: "Active" }, true],
  ["configmap", {}, false],
];

moduleTests("k8s", SETUP, [
  ...Object.entries(PATHS).map(([kind, path]) => ({
    name: `${kind} is at ${path}`,
    call: `{ k8s._list_path('web', '${kind}'), k8s._resource_path('web', '${kind}', 'x') }`,
    replies: [],
    result: [path, `${path}/x`],
  })),
  ...READY.flatMap(([kind, status, ready]) =>
    ["k8s.is_ready", "k8s.resources:is_ready"].map((call) => ({
      name: `${call} says ${ready} of a ${kind} with ${JSON.stringify(status)}`,
      call: `${call}('web', '${kind}', 'x', o)`,
      replies: [{ body: { status } }],
      result: ready,
    }))
  ),
  {
    name: "a list without a namespace is the whole cluster's",
    call: "k8s.list(nil, 'pod', o)",
    replies: [{ body: items }],
    expected: { path: "/api/v1/pods" },
    result: items,
  },
  {
    name: "a list is all its pages",
    call: "k8s.resources:list('web', 'pod', o)",
    replies: [
      { body: { metadata: { continue: "a=b" }, items: [{ metadata: { name: "1" } }] } },
      { body: { metadata: {}, items: [{ metadata: { name: "2" } }] } },
    ],
    expected: [
      { path: "/api/v1/namespaces/web/pods" },
      { path: "/api/v1/namespaces/web/pods", query: "continue=a%3Db" },
    ],
    result: { metadata: {}, items: [{ metadata: { name: "1" } }, { metadata: { name: "2" } }] },
  },
  {
    name: "a custom resource can be made known",
    call: "(function() k8s.register_crd('Widget', 'acme.io', 'v1', 'widgets') " +
      "k8s.register_crd('Zone', 'acme.io', 'v2', 'zones', true) " +
      "return { k8s.get_resource('web', 'widget', 'x', o).kind, k8s.get_resource(nil, 'zone', 'y', o).kind } end)()",
    replies: [{ body: { kind: "Widget" } }, { body: { kind: "Zone" } }],
    expected: [{ path: "/apis/acme.io/v1/namespaces/web/widgets/x" }, { path: "/apis/acme.io/v2/zones/y" }],
    result: ["Widget", "Zone"],
  },
  {
    name: "an unknown kind is told, with what to do",
    call: "k8s.get_resource('web', 'widget', 'x', o)",
    replies: [],
    expected: [],
    error:
      "test.lua:3: k8s: unknown resource kind 'widget'. Make a custom resource known by k8s.register_crd(",
  },
  {
    name: "a patch is a merge patch unless another type is given",
    call: "{ k8s.patch('/a', { x = 1 }, o).n, k8s.resources:patch('web', 'pod', 'x', " +
      '\'[{"op":"remove","path":"/spec"}]\', { base_url = url, content_type = \'application/json-patch+json\' }).n }',
    replies: [{ body: { n: 1 } }, { body: { n: 2 } }],
    expected: [
      {
        method: "PATCH",
        path: "/a",
        headers: { "content-type": "application/merge-patch+json" },
        json: { x: 1 },
      },
      {
        method: "PATCH",
        path: POD,
        headers: { "content-type": "application/json-patch+json" },
        body: '[{"op":"remove","path":"/spec"}]',
      },
    ],
    result: [1, 2],
  },
  {
    name: "apply names who owns the fields",
    call: "k8s.resources:apply('web', 'pod', 'x', { kind = 'Pod' }, { base_url = url, force = true })",
    replies: [{ status: 201, body: one }],
    expected: {
      method: "PATCH",
      path: POD,
      query: "fieldManager=assay&force=true",
      headers: { "content-type": "application/apply-patch+yaml" },
      json: { kind: "Pod" },
    },
    result: one,
  },
  ...["k8s.logs", "k8s.pods:logs"].map((call) => ({
    name: `${call} gives text`,
    call:
      `${call}('web', 'x', { base_url = url, tail = 10, container = 'main', previous = true, since = 60 })`,
    replies: [{ body: "line ü\n", headers: { "content-type": "text/plain" } }],
    expected: { path: `${POD}/log`, query: "tailLines=10&container=main&previous=true&sinceSeconds=60" },
    result: "line ü\n",
  })),
  {
    name: "the logs of a pod without any are empty",
    call: "k8s.logs('web', 'x', o)",
    replies: [{ body: "" }],
    expected: { path: `${POD}/log`, headers: bearer },
    result: "",
  },
  ...[404, 403, 500].map((status) => ({
    name: `whether something exists is false for ${status}`,
    call: "k8s.exists('web', 'pod', 'x', o)",
    replies: [{ status, body: "no" }],
    result: false,
  })),
  ...Object.entries({
    "get": "k8s.resources:get('web', 'pod', 'x', o)",
    "post": "k8s.create('web', 'pod', {}, o)",
    "put": "k8s.update('web', 'pod', 'x', {}, o)",
    "patch": "k8s.resources:patch('web', 'pod', 'x', {}, o)",
    "delete": "k8s.delete_resource('web', 'pod', 'x', o)",
    "logs": "k8s.pods:logs('web', 'x', o)",
  }).map(([verb, call]) => ({
    name: `what fails is told as k8s.${verb}`,
    call,
    replies: [{ status: 403, body: "forbidden" }],
    error: `test.lua:3: k8s.${verb}: HTTP 403 ${
      verb === "post" ? "/api/v1/namespaces/web/pods" : verb === "logs" ? `${POD}/log` : POD
    }: forbidden`,
  })),
  {
    name: "401 does not show the token",
    call: "(function() local _, err = pcall(k8s.get, '/x', o) " +
      "return { err:find('k8s.get: HTTP 401 /x: ', 1, true) ~= nil, err:find('tok', 1, true) == nil } end)()",
    replies: [{ status: 401, body: { kind: "Status", code: 401 } }],
    result: [true, true],
  },
  {
    name: "a page instead of JSON is a clear error",
    call: "k8s.get('/x', o)",
    replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
    error: "test.lua:3: k8s: GET /x: the response is not JSON (text/html, 6 bytes): ",
  },
  {
    name: "an empty body is a clear error",
    call: "k8s.resources:list('web', 'pod', o)",
    replies: [{ body: "" }],
    error: "the response is not JSON (no content type, 0 bytes): ",
  },
  {
    name: "wide integers and empty collections survive being read and written",
    call:
      "(function() k8s.update('web', 'pod', 'x', k8s.resources:get('web', 'pod', 'x', o), o) return true end)()",
    replies: [{
      body: '{"a":9223372036854775807,"b":{},"c":[],"d":[{}]}',
      headers: { "content-type": "application/json" },
    }],
    expected: [{ path: POD }, {
      method: "PUT",
      path: POD,
      body: '{"a":9223372036854775807,"b":{},"c":[],"d":[{}]}',
    }],
    result: true,
  },
  {
    name: "names are encoded",
    call: "k8s.secrets:get('a b', 'ü/x', o)",
    replies: [{ body: {} }],
    expected: { path: "/api/v1/namespaces/a%20b/secrets/%C3%BC%2Fx" },
    result: {},
  },
  {
    name: "a resource without a namespace is refused",
    call: "k8s.get_resource(nil, 'pod', 'x', o)",
    replies: [],
    expected: [],
    error: "test.lua:3: k8s: a namespace is required for pod 'x'",
  },
  ...["k8s.wait_ready", "k8s.resources:wait_ready"].map((call) => ({
    name: `${call} waits through errors and failure`,
    call: `${call}('web', 'deployment', 'x', 5, { base_url = url, interval = 0.01 })`,
    replies: [
      { status: 404, body: "gone" },
      { body: { status: { replicas: 1 } } },
      { body: { status: { replicas: 1, readyReplicas: 1 } } },
    ],
    expected: [1, 2, 3].map(() => ({ path: DEPLOYMENT })),
    result: true,
  })),
  {
    name: "waiting ends with what was waited for",
    call: "k8s.wait_ready('web', 'deployment', 'x', 0, o)",
    replies: [{ body: {} }],
    error: "test.lua:3: k8s.wait_ready: deployment/x not ready after 0s",
  },
  {
    name: "waiting for an unknown kind ends at once",
    call: "k8s.wait_ready('web', 'widgets', 'x', 60, o)",
    replies: [],
    error: "k8s: unknown resource kind 'widgets'",
  },
  {
    name: "the sub-object of a new form may be anything",
    call: "select(2, pcall(k8s.resources.get, nil, 'web', 'pod', 'x', o)).metadata.name",
    replies: [{ body: one }],
    result: "x",
  },
]);

moduleTests(
  "k8s client",
  'local k8s = require("assay.k8s") local c = k8s.client(url, { token = "tok\\n" })',
  [
    ...Object.entries({
      "c:deployment('web', 'x')": DEPLOYMENT,
      "c:node('x')": "/api/v1/nodes/x",
      "c:node(nil, 'x')": "/api/v1/nodes/x",
      "c:get_resource('web', 'pod', 'x')": POD,
      "c.resources:get('web', 'pod', 'x')": POD,
      "c:get('/version')": "/version",
    }).map(([call, path]) => ({
      name: `${call} gets ${path}`,
      call,
      replies: [{ body: one }],
      expected: { path, headers: bearer },
      result: one,
    })),
    {
      name: "options of a call win over the client's",
      call: "c:get('/version', { token = 'other' })",
      replies: [{ body: one }],
      expected: { path: "/version", headers: { authorization: "Bearer other" } },
    },
    { name: "an unknown kind is no method", call: "c.widget == nil", replies: [], result: true },
  ],
);
