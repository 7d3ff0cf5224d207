/** `assay.temporal` against a mock of Temporal's HTTP API. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = 'local temporal = require("assay.temporal") ' +
  'local c = temporal.client(url .. "/", { namespace = "my ns", api_key = "s3cr3t" })';
const headers = { authorization: "Bearer s3cr3t", "content-type": "application/json" };
const T = "/api/v1/namespaces/my%20ns";

const workflow = (status: string) => ({
  workflowExecutionInfo: {
    execution: { workflowId: "order-1", runId: "r" },
    status: `WORKFLOW_EXECUTION_STATUS_${status}`,
    historyLength: "11",
  },
});
const executions = { executions: [workflow("RUNNING").workflowExecutionInfo], nextPageToken: "" };
const listOptions = "{ query = 'WorkflowType = \"x\"', page_size = 2 }";

methodTests("temporal", SETUP, [
  { calls: ["c:health()"], path: "/health", reply: { status: "SERVING" }, result: true },
  { calls: ["c:health()"], path: "/health", status: 503, reply: "starting", result: false },
  {
    calls: ["c:system_info()"],
    path: "/api/v1/system-info",
    reply: { serverVersion: "1.24.2", capabilities: {} },
  },
  {
    calls: ["c.namespaces:list()", "c:namespaces()"],
    path: "/api/v1/namespaces",
    reply: { namespaces: [], nextPageToken: "" },
  },
  {
    calls: ["c.namespaces:get('a b')", "c:namespace('a b')"],
    path: "/api/v1/namespaces/a%20b",
    reply: { namespaceInfo: { name: "a b" } },
  },
  { calls: ["c.workflows:list()", "c:workflows()"], path: `${T}/workflows`, reply: executions },
  {
    calls: [`c.workflows:list(${listOptions})`, `c:workflows(${listOptions})`],
    path: `${T}/workflows`,
    query: "query=WorkflowType%20%3D%20%22x%22&pageSize=2",
    reply: executions,
  },
  {
    calls: ["c.workflows:list({ namespace = 'other' })", "c:workflows({ namespace = 'other' })"],
    path: "/api/v1/namespaces/other/workflows",
    reply: executions,
  },
  {
    calls: [
      "c.workflows:search('a = \"b\"', { page_size = 5, next_page_token = 'dG9r+/==' })",
      "c:search('a = \"b\"', { page_size = 5, next_page_token = 'dG9r+/==' })",
    ],
    path: `${T}/workflows`,
    query: "query=a%20%3D%20%22b%22&pageSize=5&nextPageToken=dG9r%2B%2F%3D%3D",
    reply: executions,
  },
  {
    calls: ["c.workflows:get('order/1')", "c:workflow('order/1')"],
    path: `${T}/workflows/order%2F1`,
    reply: workflow("RUNNING"),
  },
  {
    calls: ["c.workflows:get('o', 'r1', { namespace = 'n' })", "c:workflow('o', 'r1', { namespace = 'n' })"],
    path: "/api/v1/namespaces/n/workflows/o",
    query: "runId=r1",
    reply: workflow("RUNNING"),
  },
  {
    calls: [
      "c.workflows:history('o', nil, { maximum_page_size = 3 })",
      "c:workflow_history('o', nil, { maximum_page_size = 3 })",
    ],
    path: `${T}/workflows/o/history`,
    query: "maximumPageSize=3",
    reply: { history: { events: [] } },
  },
  {
    calls: ["c.workflows:history('o', 'r1')", "c:workflow_history('o', 'r1')"],
    path: `${T}/workflows/o/history`,
    query: "runId=r1",
    reply: { history: { events: [] } },
  },
  {
    calls: ["c.workflows:signal('o', 'paid', { n = 1 })", "c:signal_workflow('o', 'paid', { n = 1 })"],
    method: "POST",
    path: `${T}/workflows/o/signal`,
    json: { signalName: "paid", input: { n: 1 } },
    reply: {},
  },
  {
    calls: [
      "c.workflows:signal('o', 'paid', nil, { run_id = 'r1' })",
      "c:signal_workflow('o', 'paid', nil, { run_id = 'r1' })",
    ],
    method: "POST",
    path: `${T}/workflows/o/signal`,
    query: "runId=r1",
    json: { signalName: "paid" },
    reply: {},
  },
  {
    calls: ["c.workflows:terminate('o', 'stuck')", "c:terminate_workflow('o', 'stuck')"],
    method: "POST",
    path: `${T}/workflows/o/terminate`,
    json: { reason: "stuck" },
    reply: {},
  },
  {
    calls: ["c.workflows:terminate('o')", "c:terminate_workflow('o')"],
    method: "POST",
    path: `${T}/workflows/o/terminate`,
    body: "{}",
  },
  {
    calls: ["c.workflows:cancel('o')", "c:cancel_workflow('o')"],
    method: "POST",
    path: `${T}/workflows/o/cancel`,
    body: "{}",
    reply: {},
  },
  {
    calls: ["c.workflows:is_running('o')", "c:is_workflow_running('o')"],
    path: `${T}/workflows/o`,
    reply: workflow("RUNNING"),
    result: true,
  },
  {
    calls: ["c.workflows:is_running('o')", "c:is_workflow_running('o')"],
    path: `${T}/workflows/o`,
    reply: workflow("COMPLETED"),
    result: false,
  },
  {
    calls: ["c.workflows:wait_complete('o', 10)", "c:wait_workflow_complete('o', 10)"],
    path: `${T}/workflows/o`,
    reply: workflow("FAILED"),
  },
  {
    calls: [
      "c.task_queues:get('q 1', { task_queue_type = 'TASK_QUEUE_TYPE_ACTIVITY' })",
      "c:task_queue('q 1', { task_queue_type = 'TASK_QUEUE_TYPE_ACTIVITY' })",
    ],
    path: `${T}/task-queues/q%201`,
    query: "taskQueueType=TASK_QUEUE_TYPE_ACTIVITY",
    reply: { pollers: [] },
  },
  {
    calls: ["c.schedules:list({ maximum_page_size = 3 })", "c:schedules({ maximum_page_size = 3 })"],
    path: `${T}/schedules`,
    query: "maximumPageSize=3",
    reply: { schedules: [] },
  },
  {
    calls: ["c.schedules:get('daily')", "c:schedule('daily')"],
    path: `${T}/schedules/daily`,
    reply: { schedule: {} },
  },
], headers);

failureTests("temporal", SETUP, {
  read: "c.workflows:get('x')",
  readPath: `GET ${T}/workflows/x`,
  write: "c.workflows:cancel('x')",
  writePath: `POST ${T}/workflows/x/cancel`,
});

moduleTests("temporal", SETUP, [
  {
    name: "the namespace is 'default' without another, and no key is sent without one",
    call: "require('assay.temporal').client(url):workflows()",
    replies: [{ body: executions }],
    expected: { path: "/api/v1/namespaces/default/workflows", headers: { authorization: undefined } },
  },
  {
    name: "waiting for a workflow that still runs ends with an error",
    call: "c.workflows:wait_complete('order-1', 0)",
    replies: [{ body: workflow("RUNNING") }],
    error: "temporal: timeout waiting for workflow order-1 to complete",
  },
  {
    name: "a workflow is looked at every 5 seconds until it has ended",
    call: `(function()
      local pauses = {}
      sleep = function(seconds) pauses[#pauses + 1] = seconds end
      local ended = c.workflows:wait_complete("o", 60)
      return { ended.workflowExecutionInfo.status, pauses }
    end)()`,
    replies: [{ body: workflow("RUNNING") }, { body: workflow("RUNNING") }, { body: workflow("COMPLETED") }],
    result: ["WORKFLOW_EXECUTION_STATUS_COMPLETED", [5, 5]],
  },
  {
    name: "the next page is asked for with the token of the last",
    call: `(function()
      local first = c.workflows:list({ page_size = 1 })
      local second = c.workflows:list({ page_size = 1, next_page_token = first.nextPageToken })
      return { #first.executions, #second.executions, second.nextPageToken }
    end)()`,
    replies: [{ body: { ...executions, nextPageToken: "A=" } }, { body: executions }],
    expected: [
      { path: `${T}/workflows`, query: "pageSize=1" },
      { path: `${T}/workflows`, query: "pageSize=1&nextPageToken=A%3D" },
    ],
    result: [1, 1, ""],
  },
]);
