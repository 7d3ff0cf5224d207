/** `assay-llms-v0.11.md`: modules for GitHub, GitLab, Google and OpenClaw. */
import { Answer } from "../support/internet.ts";
import type { ScriptExample } from "./example.ts";

const GITHUB = "api.github.com";
const REPOSITORY = `${GITHUB}/repos/owner/repo`;
const GITLAB = "gitlab.example.com/api/v4/projects/42";
const CALENDAR = "www.googleapis.com/calendar/v3/calendars/primary/events";
const MAIL = "gmail.googleapis.com/gmail/v1/users/me";

const PLACES = {
  "/path/to/google-oauth2-credentials.json": "{folder}/credentials.json",
  "/path/to/saved-oauth2-token.json": "{folder}/token.json",
};
const CREDENTIALS = JSON.stringify({ installed: { client_id: "id", client_secret: "s3cr3t" } });
const TOKEN = JSON.stringify({ access_token: "at", refresh_token: "rt" });
const google = {
  replace: PLACES,
  files: { "credentials.json": CREDENTIALS, "token.json": TOKEN },
};

export const PLATFORMS: readonly ScriptExample[] = [
  {
    name: "openclaw.lua",
    section: "assay.openclaw",
    env: { OPENCLAW_URL: "http://openclaw:18789", OPENCLAW_TOKEN: "t0ken", ASSAY_APPROVAL_RESULT: "yes" },
    before: "local new_snapshot, context_data = { open = 3 }, { version = '1.2.3' }",
    services: { "POST openclaw:18789/tools/invoke": { ok: true, result: {} } },
    output: /State changed!/,
  },
  {
    name: "github.lua",
    section: "assay.github",
    env: { GITHUB_TOKEN: "t0ken" },
    services: {
      [`GET ${REPOSITORY}/pulls/123`]: { number: 123 },
      [`GET ${REPOSITORY}/pulls`]: [{ number: 123 }],
      [`GET ${REPOSITORY}/pulls/123/reviews`]: [{ state: "APPROVED" }],
      [`PUT ${REPOSITORY}/pulls/123/merge`]: { merged: true },
      [`GET ${REPOSITORY}/issues`]: [{ number: 42 }],
      [`GET ${REPOSITORY}/issues/42`]: { number: 42 },
      [`POST ${REPOSITORY}/issues`]: new Answer(201, { number: 43 }),
      [`POST ${REPOSITORY}/issues/42/comments`]: new Answer(201, { id: 1 }),
      [`GET ${REPOSITORY}`]: { full_name: "owner/repo" },
      [`GET ${REPOSITORY}/actions/runs`]: { total_count: 1, workflow_runs: [{ id: 12345 }] },
      [`GET ${REPOSITORY}/actions/runs/12345`]: { id: 12345 },
      [`POST ${GITHUB}/graphql`]: { data: { viewer: { login: "ada" } } },
    },
  },
  {
    name: "gmail.lua",
    section: "assay.gmail",
    ...google,
    services: {
      [`GET ${MAIL}/messages`]: { messages: [{ id: "m1", threadId: "t1" }] },
      [`GET ${MAIL}/messages/m1`]: { id: "m1", snippet: "hello" },
      [`GET ${MAIL}/messages/message-id-here`]: { id: "message-id-here", snippet: "hello" },
      [`GET ${MAIL}/messages/message-id`]: {
        id: "message-id",
        threadId: "t1",
        payload: { headers: [{ name: "From", value: "a@example.com" }, { name: "Subject", value: "Hi" }] },
      },
      [`POST ${MAIL}/messages/send`]: { id: "m2" },
      [`GET ${MAIL}/labels`]: { labels: [{ name: "INBOX", messagesTotal: 7 }] },
    },
    output: /Label: INBOX \(7 messages\)/,
  },
  {
    name: "gcal.lua",
    section: "assay.gcal",
    ...google,
    services: {
      [`GET ${CALENDAR}`]: { items: [{ id: "e1" }] },
      [`GET ${CALENDAR}/event-id-from-google`]: { id: "e1" },
      [`POST ${CALENDAR}`]: { id: "e2" },
      [`PUT ${CALENDAR}/event-id`]: { id: "event-id" },
      [`DELETE ${CALENDAR}/event-id`]: new Answer(204),
      "GET www.googleapis.com/calendar/v3/users/me/calendarList": { items: [{ id: "c1", summary: "Work" }] },
    },
    output: /Calendar: Work \(c1\)/,
  },
  {
    name: "oauth2.lua",
    section: "assay.oauth2",
    replace: {
      "/secrets/google-creds.json": "{folder}/credentials.json",
      "/data/google-token.json": "{folder}/token.json",
    },
    files: {
      ".config/gog/credentials.json": CREDENTIALS,
      ".config/gog/token.json": TOKEN,
      ...google.files,
    },
    services: {
      "POST oauth2.googleapis.com/token": { access_token: "new", expires_in: 3599 },
      [`GET ${CALENDAR}`]: ({ headers }) => new Answer(headers.authorization === "Bearer new" ? 200 : 500),
    },
  },
  {
    name: "email-triage.lua",
    section: "assay.email_triage",
    env: { OPENCLAW_URL: "http://openclaw:18789", OPENCLAW_TOKEN: "t0ken" },
    services: {
      "POST openclaw:18789/tools/invoke": { result: { needs_reply: [], needs_action: [], fyi: [] } },
    },
  },
  { name: "gitlab-client.lua", section: "assay.gitlab" },
  {
    name: "gitlab-commit.lua",
    section: "assay.gitlab",
    env: { GITLAB_TOKEN: "t0ken" },
    services: { [`POST ${GITLAB}/repository/commits`]: new Answer(201, { short_id: "ed899a2f" }) },
    output: /Committed: ed899a2f/,
  },
  {
    name: "gitlab-merge-request.lua",
    section: "assay.gitlab",
    env: { GITLAB_TOKEN: "t0ken" },
    services: {
      [`POST ${GITLAB}/repository/branches`]: new Answer(201, { name: "feat/update" }),
      [`POST ${GITLAB}/repository/commits`]: new Answer(201, { short_id: "ed899a2f" }),
      [`POST ${GITLAB}/merge_requests`]: new Answer(201, { iid: 7 }),
      [`POST ${GITLAB}/merge_requests/7/approve`]: new Answer(201, {}),
      [`PUT ${GITLAB}/merge_requests/7/merge`]: { state: "merged" },
    },
  },
];
