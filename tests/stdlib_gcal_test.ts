/** `assay.gcal` against a mock of Google Calendar. */
import { CREDENTIALS_FILE, EXPIRED, googleSetup, REFRESH, REFRESHED, TOKEN_FILE } from "./support/google.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = googleSetup("gcal");
const EVENTS = "/calendar/v3/calendars/primary/events";
const headers = { authorization: "Bearer old", "content-type": "application/json" };
const event = { id: "e1", summary: "Stand-up", attendees: [] };
const window =
  "{ maxResults = 10, timeMax = '2026-04-12T00:00:00+02:00', timeMin = '2026-04-05T00:00:00Z', q = 'a&b' }";

methodTests("gcal", SETUP, [
  {
    calls: ["c.events:list()", "c:events()"],
    path: EVENTS,
    reply: { kind: "calendar#events", items: [event] },
    result: [event],
  },
  {
    calls: ["c.events:list({})", "c:events()"],
    path: EVENTS,
    reply: { kind: "calendar#events" },
    result: [],
  },
  {
    calls: [`c.events:list(${window})`, `c:events(${window})`],
    path: EVENTS,
    query: "timeMin=2026-04-05T00%3A00%3A00Z&timeMax=2026-04-12T00%3A00%3A00%2B02%3A00&q=a%26b&maxResults=10",
    reply: { items: [event] },
    result: [event],
  },
  { calls: ["c.events:get('a/b')", "c:event_get('a/b')"], path: `${EVENTS}/a%2Fb`, reply: event },
  {
    calls: ["c.events:create({ summary = 'ü' })", "c:event_create({ summary = 'ü' })"],
    method: "POST",
    path: EVENTS,
    json: { summary: "ü" },
    reply: event,
  },
  {
    calls: ["c.events:update('e1', { summary = 'x' })", "c:event_update('e1', { summary = 'x' })"],
    method: "PUT",
    path: `${EVENTS}/e1`,
    json: { summary: "x" },
    reply: event,
  },
  {
    calls: ["c.events:delete('e1')", "c:event_delete('e1')"],
    method: "DELETE",
    path: `${EVENTS}/e1`,
    status: 204,
    result: true,
  },
  {
    calls: ["c.calendars:list()", "c:calendars()"],
    path: "/calendar/v3/users/me/calendarList",
    reply: { items: [{ id: "primary" }] },
    result: [{ id: "primary" }],
  },
], headers);

failureTests("gcal", SETUP, {
  read: "c.events:get('x')",
  readPath: `GET ${EVENTS}/x`,
  write: "c.events:create({})",
  writePath: `POST ${EVENTS}`,
  missingIsNil: true,
  unauthorized: "oauth2: token refresh failed HTTP 401: denied",
});

moduleTests("gcal", SETUP, [
  {
    name: "an answer that is no object is an error, not a crash",
    call: "c.events:list()",
    replies: [{ body: "42" }],
    error: `gcal: GET ${EVENTS}: unexpected response format`,
  },
  {
    name: "every page of a list is read",
    call: "c.events:list({ q = 'x' })",
    replies: [
      { body: { items: [{ id: 1 }, { id: 2 }], nextPageToken: "p2=" } },
      { body: { items: [{ id: 3 }] } },
    ],
    expected: [
      { path: EVENTS, query: "q=x" },
      { path: EVENTS, query: "q=x&pageToken=p2%3D" },
    ],
    result: [{ id: 1 }, { id: 2 }, { id: 3 }],
  },
  {
    name: "maxResults bounds the whole list",
    call: "c.events:list({ maxResults = 3 })",
    replies: [
      { body: { items: [{ id: 1 }, { id: 2 }], nextPageToken: "p2" } },
      { body: { items: [{ id: 3 }, { id: 4 }], nextPageToken: "p3" } },
    ],
    expected: [
      { path: EVENTS, query: "maxResults=3" },
      { path: EVENTS, query: "maxResults=1&pageToken=p2" },
    ],
    result: [{ id: 1 }, { id: 2 }, { id: 3 }],
  },
  {
    name: "a server that gives the same page again and again is left",
    call: "c.calendars:list()",
    replies: [{ body: { items: [{ id: 1 }], nextPageToken: "same" } }],
    result: [{ id: 1 }, { id: 1 }],
  },
  {
    name: "a token that has expired is refreshed, saved, and the request repeated once",
    call: `{ c.events:create({ summary = "x" }).id, json.parse(fs.read("${TOKEN_FILE}")).access_token }`,
    replies: [EXPIRED, REFRESHED, { body: event }],
    expected: [
      { method: "POST", path: EVENTS, json: { summary: "x" }, headers: { authorization: "Bearer old" } },
      REFRESH,
      { method: "POST", path: EVENTS, json: { summary: "x" }, headers: { authorization: "Bearer new" } },
    ],
    result: ["e1", "new"],
  },
  {
    name: "a token that cannot be saved is used all the same",
    call: `(function() fs.remove("${TOKEN_FILE}") return c.events:get("e1").id end)()`,
    replies: [EXPIRED, REFRESHED, { body: event }],
    result: "e1",
  },
  {
    name: "a second 401 is an error",
    call: "c.events:list()",
    replies: [EXPIRED, REFRESHED, { status: 401, body: "still denied" }],
    error: `gcal: GET ${EVENTS} HTTP 401: still denied`,
  },
  {
    name: "credentials are required",
    call: "require('assay.gcal').client({})",
    replies: [],
    error: "gcal: credentials_file is required",
  },
  {
    name: "a token is required",
    call: `require("assay.gcal").client({ credentials_file = "${CREDENTIALS_FILE}" })`,
    replies: [],
    error: "gcal: token_file is required",
  },
]);
