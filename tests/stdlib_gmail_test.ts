/** `assay.gmail` against a mock of Gmail. */
import assert from "node:assert/strict";
import { EXPIRED, googleSetup, REFRESH, REFRESHED } from "./support/google.ts";
import type { MockReply } from "./support/mock.ts";
import { callModule, moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = googleSetup("gmail");
const ME = "/gmail/v1/users/me";
const headers = { authorization: "Bearer old", "content-type": "application/json" };
const sent = { id: "s1", threadId: "t1", labelIds: ["SENT"] };

const message = (fields: Record<string, string>) => ({
  id: "m1",
  threadId: "t1",
  payload: { headers: Object.entries(fields).map(([name, value]) => ({ name, value })) },
});

methodTests("gmail", SETUP, [
  {
    calls: ["c.messages:get('a/b')", "c:get('a/b')"],
    path: `${ME}/messages/a%2Fb`,
    query: "format=full",
    reply: message({}),
  },
  {
    calls: ["c.messages:get('m1', { format = 'metadata' })", "c:get('m1', { format = 'metadata' })"],
    path: `${ME}/messages/m1`,
    query: "format=metadata",
    reply: message({}),
  },
  {
    calls: ["c.labels:list()", "c:labels()"],
    path: `${ME}/labels`,
    reply: { labels: [{ id: "INBOX", name: "INBOX" }] },
    result: [{ id: "INBOX", name: "INBOX" }],
  },
  { calls: ["c.labels:list()", "c:labels()"], path: `${ME}/labels`, reply: {}, result: [] },
], headers);

failureTests("gmail", SETUP, {
  read: "c.messages:get('x')",
  readPath: `GET ${ME}/messages/x?format=full`,
  write: "c.messages:send('a@b', 's', 'b')",
  writePath: `POST ${ME}/messages/send`,
  missingIsNil: true,
  unauthorized: "oauth2: token refresh failed HTTP 401: denied",
});

moduleTests("gmail", SETUP, [
  ...["c.messages:search", "c:search"].map((method) => ({
    name: `${method} gets what it finds in full, and leaves out what is gone`,
    call: `${method}('newer_than:1d is:unread', { max = 20 })`,
    replies: [
      { body: { messages: [{ id: "1" }, { id: "2" }], resultSizeEstimate: 2 } },
      { status: 404, body: "gone" },
      { body: { id: "2" } },
    ],
    expected: [
      { path: `${ME}/messages`, query: "q=newer_than%3A1d%20is%3Aunread&maxResults=20", headers },
      { path: `${ME}/messages/1`, query: "format=full" },
      { path: `${ME}/messages/2`, query: "format=full" },
    ],
    result: [{ id: "2" }],
  })),
  {
    name: "a search finds ten messages at most without another number",
    call: "c.messages:search('x')",
    replies: [{ body: { resultSizeEstimate: 0 } }],
    expected: { path: `${ME}/messages`, query: "q=x&maxResults=10" },
    result: [],
  },
  {
    name: "a search goes on with the next page until it has what was asked for",
    call: "#c.messages:search('x', { max = 2 })",
    replies: [
      { body: { messages: [{ id: "1" }], nextPageToken: "p2" } },
      { body: { messages: [{ id: "2" }], nextPageToken: "p3" } },
      { body: { id: "1" } },
    ],
    expected: [
      { path: `${ME}/messages`, query: "q=x&maxResults=2" },
      { path: `${ME}/messages`, query: "q=x&maxResults=1&pageToken=p2" },
      { path: `${ME}/messages/1`, query: "format=full" },
      { path: `${ME}/messages/2`, query: "format=full" },
    ],
    result: 2,
  },
  {
    name: "a token that has expired is refreshed once",
    call: "c.labels:list()",
    replies: [EXPIRED, REFRESHED, { body: { labels: [] } }],
    expected: [
      { path: `${ME}/labels`, headers: { authorization: "Bearer old" } },
      REFRESH,
      { path: `${ME}/labels`, headers: { authorization: "Bearer new" } },
    ],
    result: [],
  },
  ...["c.messages:reply('m9', { body = 'x' })", "c:reply('m9', { body = 'x' })"].map((call) => ({
    name: `${call} tells that there is no such message`,
    call,
    replies: [{ status: 404, body: "not found" }],
    error: "gmail: message not found: m9",
  })),
  ...["a@b.c\\r\\nBcc: d@e.f", "a@b.c\\nBcc: d@e.f"].map((to) => ({
    name: `an address '${to}' cannot add a header`,
    call: `c.messages:send("${to}", "s", "b")`,
    replies: [],
    expected: [],
    error: "gmail: To must be one line without control characters",
  })),
  {
    name: "a subject cannot add a header",
    call: 'c.messages:send("a@b.c", "s\\r\\nBcc: d@e.f", "b")',
    replies: [],
    expected: [],
    error: "gmail: Subject must be one line without control characters",
  },
]);

/** What a call sends last: the message, decoded, and the thread. */
async function sentBy(call: string, ...replies: MockReply[]): Promise<{ text: string; thread?: string }> {
  const { requests } = await callModule(SETUP, call, [...replies, { body: sent }]);
  const request = requests.at(-1);
  assert.equal(`${request?.method} ${request?.path}`, `POST ${ME}/messages/send`);
  const { raw, threadId } = JSON.parse(request?.body ?? "");
  assert.match(raw, /^[A-Za-z0-9_-]+$/, "base64url without padding");
  return {
    text: new TextDecoder().decode(Uint8Array.fromBase64(raw, { alphabet: "base64url" })),
    thread: threadId,
  };
}

for (const method of ["c.messages:send", "c:send"]) {
  Deno.test(`gmail: ${method} sends a message with headers, CRLF and UTF-8`, async () => {
    const { text, thread } = await sentBy(`${method}("a@b.c", "Hi", "Größe?\\nx\\r\\n")`);
    assert.equal(
      text,
      "To: a@b.c\r\nSubject: Hi\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGröße?\r\nx\r\n",
    );
    assert.equal(thread, undefined);
  });
}

Deno.test("gmail: several addresses are one header, and names in other letters are encoded", async () => {
  const { text } = await sentBy('c:send({ "Ünal <u@b.c>", "d@e.f" }, "Hi", "")');
  assert.equal(text.split("\r\n")[0], `To: =?UTF-8?B?${btoa("\xc3\x9cnal")}?= <u@b.c>, d@e.f`);
});

Deno.test("gmail: a long subject in other letters becomes words of 75 characters that end between letters", async () => {
  const subject = "é".repeat(50) + "日本";
  const { text } = await sentBy(`c:send("a@b.c", "${subject}", "")`);
  const header = /Subject: (.*?)\r\nMIME/s.exec(text)?.[1] ?? "";
  const words = header.split("\r\n ");
  assert.equal(words.length, 3);
  const decoded = words.map((word) => {
    assert.ok(word.length <= 75, word);
    const base64 = /^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? "";
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(base64));
  });
  assert.equal(decoded.join(""), subject);
});

for (const method of ["c.messages:reply", "c:reply"]) {
  Deno.test(`gmail: ${method} answers the sender in the thread`, async () => {
    const original = message({ FROM: "Ann <a@b.c>", subject: "Plan", "Message-ID": "<1@b.c>" });
    const { text, thread } = await sentBy(`${method}("m1", { body = "Fine" })`, { body: original });
    assert.deepEqual(text.split("\r\n\r\n"), [
      [
        "To: Ann <a@b.c>",
        "Subject: Re: Plan",
        "In-Reply-To: <1@b.c>",
        "References: <1@b.c>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
      ].join("\r\n"),
      "Fine",
    ]);
    assert.equal(thread, "t1");
  });
}

Deno.test("gmail: a reply to a reply keeps one Re: and all references, and folded headers become one line", async () => {
  const original = message({
    From: "a@b.c",
    Subject: "RE: Plan\r\n B",
    "Message-Id": "<2@b.c>",
    References: "<0@b.c>\r\n\t<1@b.c>",
  });
  const { text } = await sentBy('c:reply("m1", { body = "x" })', { body: original });
  assert.deepEqual(text.split("\r\n").slice(1, 4), [
    "Subject: RE: Plan B",
    "In-Reply-To: <2@b.c>",
    "References: <0@b.c> <1@b.c> <2@b.c>",
  ]);
});
