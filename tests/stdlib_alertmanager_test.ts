/** `assay.alertmanager` against a mock of Alertmanager. */
import assert from "node:assert/strict";
import { runLua } from "./support/lua.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { MockServer } from "./support/mock.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = 'local am = require("assay.alertmanager") local c = am.client(url .. "//")';

const alert = {
  labels: { alertname: "HighCPU" },
  status: { state: "active", silencedBy: [], inhibitedBy: [] },
};
const silence = { id: "6f0c", status: { state: "active" }, matchers: [] };
const options =
  "{ receiver = 'team x', filter = { 'a=\"1\"', 'b=~\"x|y\"' }, active = true, silenced = false, " +
  "inhibited = false, unprocessed = true }";
const filters = "filter=a%3D%221%22&filter=b%3D~%22x%7Cy%22&receiver=team%20x";

methodTests("alertmanager", SETUP, [
  {
    calls: ["c.alerts:list()", "c:alerts()", "am.alerts(url)"],
    path: "/api/v2/alerts",
    reply: [alert],
    headers: { authorization: undefined },
  },
  {
    calls: [`c.alerts:list(${options})`, `am.alerts(url, ${options})`],
    path: "/api/v2/alerts",
    query: `active=true&silenced=false&inhibited=false&unprocessed=true&${filters}`,
    reply: [],
  },
  {
    calls: [`c.alerts:groups(${options})`, `c:alert_groups(${options})`, `am.alert_groups(url, ${options})`],
    path: "/api/v2/alerts/groups",
    query: `active=true&silenced=false&inhibited=false&${filters}`,
    reply: [{ labels: {}, alerts: [alert] }],
  },
  {
    calls: [
      "c.alerts:post({ { labels = { alertname = 'Ü' } } })",
      "c:post_alerts({ { labels = { alertname = 'Ü' } } })",
      "am.post_alerts(url, { { labels = { alertname = 'Ü' } } })",
    ],
    method: "POST",
    path: "/api/v2/alerts",
    json: [{ labels: { alertname: "Ü" } }],
    headers: { "content-type": "application/json" },
    result: true,
  },
  { calls: ["c.alerts:post({})"], method: "POST", path: "/api/v2/alerts", body: "[]", result: true },
  {
    calls: ["c.alerts:is_firing('HighCPU')", "c:is_firing('HighCPU')", "am.is_firing(url, 'HighCPU')"],
    path: "/api/v2/alerts",
    query: "active=true&silenced=false&inhibited=false&filter=alertname%3D%22HighCPU%22",
    reply: [alert],
    result: true,
  },
  {
    calls: ["c.alerts:is_firing('say \"\\\\\"')"],
    path: "/api/v2/alerts",
    query: "active=true&silenced=false&inhibited=false&filter=alertname%3D%22say%20%5C%22%5C%5C%5C%22%22",
    reply: [],
    result: false,
  },
  {
    calls: ["c.alerts:active_count()", "c:active_count()", "am.active_count(url)"],
    path: "/api/v2/alerts",
    query: "active=true&silenced=false&inhibited=false",
    reply: [alert, alert],
    result: 2,
  },
  {
    calls: ["c.silences:list()", "c:silences()", "am.silences(url)"],
    path: "/api/v2/silences",
    reply: [silence],
  },
  {
    calls: ["c.silences:list({ filter = { 'a=\"1\"' } })", "am.silences(url, { filter = { 'a=\"1\"' } })"],
    path: "/api/v2/silences",
    query: "filter=a%3D%221%22",
    reply: [],
  },
  {
    calls: ["c.silences:get('6f0c/x')", "c:silence('6f0c/x')", "am.silence(url, '6f0c/x')"],
    path: "/api/v2/silence/6f0c%2Fx",
    reply: silence,
  },
  {
    calls: ["c.silences:delete('6f0c')", "c:delete_silence('6f0c')", "am.delete_silence(url, '6f0c')"],
    method: "DELETE",
    path: "/api/v2/silence/6f0c",
    result: true,
  },
  {
    calls: ["c.silences:create({ comment = 'x' })", "am.create_silence(url, { comment = 'x' })"],
    method: "POST",
    path: "/api/v2/silences",
    json: { comment: "x" },
    reply: { silenceID: "6f0c" },
  },
  {
    calls: ["c.status:get()", "c:status()", "am.status(url)"],
    path: "/api/v2/status",
    reply: { cluster: { status: "ready" }, config: { original: "route: {}" } },
  },
  {
    calls: ["c.receivers:list()", "c:receivers()", "am.receivers(url)"],
    path: "/api/v2/receivers",
    reply: [{ name: "default" }],
  },
]);

failureTests("alertmanager", SETUP, {
  read: "c.silences:get('x')",
  readPath: "GET /api/v2/silence/x",
  write: "c.silences:create({})",
  writePath: "POST /api/v2/silences",
});

moduleTests("alertmanager", SETUP, [
  {
    name: "an answer without an ID is an error, not a crash",
    call: "c.silences:silence_alert('X', 1)",
    replies: [{ body: "" }],
    error: "alertmanager: POST /api/v2/silences: unexpected response format",
  },
  {
    name: "a silence without a length of time is refused before anything is sent",
    call: "c.silences:silence_alert('X', 0)",
    replies: [],
    expected: [],
    error: "alertmanager: duration_hours must be a number above zero, got 0",
  },
]);

for (
  const [call, createdBy, comment] of [
    ["c.silences:silence_alert('HighCPU', 1.5)", "assay", "Silenced by assay"],
    ["c:silence_alert('HighCPU', 1.5, { created_by = 'me', comment = 'why' })", "me", "why"],
    ["am.silence_alert(url, 'HighCPU', 1.5, { comment = 'why' })", "assay", "why"],
  ] as const
) {
  Deno.test(`alertmanager: ${call} lasts from now on, in RFC 3339`, async () => {
    await using server = new MockServer({ body: { silenceID: "6f0c" } });
    const before = Date.now();
    const [id] = await runLua(`local url = env.get("MOCK_URL") ${SETUP} return ${call}`, {
      environment: new FixedEnvironment({ MOCK_URL: server.url }),
    });
    const after = Date.now();
    assert.equal(id, "6f0c");
    const { startsAt, endsAt, ...rest } = JSON.parse(server.request.body);
    assert.deepEqual(rest, {
      matchers: [{ name: "alertname", value: "HighCPU", isRegex: false, isEqual: true }],
      createdBy,
      comment,
    });
    assert.match(startsAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    // Fractions of a millisecond may be lost
    assert.ok(Date.parse(startsAt) >= before - 2 && Date.parse(startsAt) <= after + 2);
    const length = Date.parse(endsAt) - Date.parse(startsAt);
    assert.ok(Math.abs(length - 5_400_000) <= 1, `${length} ms`);
  });
}
