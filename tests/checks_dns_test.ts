/** dns checks, against a resolver of the test's own. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { errorOf } from "./support/checks.ts";

type Records = Record<string, { type: number; data: number[] }[]>;

const name = (text: string) =>
  [...text.split(".").filter((label) => label !== ""), ""].flatMap((
    label,
  ) => [label.length, ...new TextEncoder().encode(label)]);

const RECORDS: Records = {
  "a.example.": [{ type: 1, data: [10, 0, 0, 1] }, { type: 1, data: [10, 0, 0, 2] }],
  "mail.example.": [{ type: 15, data: [0, 10, ...name("mx.example.")] }],
  "txt.example.": [{ type: 16, data: [3, ...new TextEncoder().encode("v=1")] }],
  "1.0.0.10.in-addr.arpa.": [{ type: 12, data: name("a.example.") }],
};

/** Answers over UDP: RFC 1035, section 4. @param answers @default all queries */
async function resolver(answers = true): Promise<{ port: number } & AsyncDisposable> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { address, port }) => {
    if (answers) socket.send(answer(query), port, address);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.bind(0, "127.0.0.1", resolve);
  await promise;
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise((closed) => socket.close(() => closed())),
  };
}

function answer(query: Uint8Array): Uint8Array {
  let at = 12;
  let asked = "";
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    asked += `${new TextDecoder().decode(query.subarray(at + 1, at + 1 + length))}.`;
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const type = (query[at + 1] ?? 0) * 256 + (query[at + 2] ?? 0);
  const known = RECORDS[asked.toLowerCase()];
  const records = (known ?? []).filter((record) => record.type === type);
  const code = known === undefined ? 3 : 0;
  const head = [query[0] ?? 0, query[1] ?? 0, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0];
  const answers = records.flatMap((
    { type, data },
  ) => [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]);
  return Uint8Array.from([...head, ...question, ...answers]);
}

async function lookUp(rest: string): Promise<string | undefined> {
  await using server = await resolver();
  return await errorOf(`type: dns, resolver: '127.0.0.1:${server.port}', ${rest}`);
}

Deno.test("addresses, in any order", async () => {
  assert.equal(await lookUp("host: a.example."), undefined);
  assert.equal(await lookUp("host: a.example., expect: {values: [10.0.0.2, 10.0.0.1]}"), undefined);
  assert.equal(await lookUp("host: a.example., expect: {contains: 10.0.0.1, count: 2}"), undefined);
  assert.equal(
    await lookUp("host: a.example., expect: {values: 10.0.0.1}"),
    "DNS A a.example.: expected 10.0.0.1, got 10.0.0.1, 10.0.0.2",
  );
  assert.equal(
    await lookUp("host: a.example., expect: {contains: 10.0.0.9}"),
    "DNS A a.example.: 10.0.0.9 is not among the values: got 10.0.0.1, 10.0.0.2",
  );
});

Deno.test("records of other kinds are written as in zone files", async () => {
  assert.equal(await lookUp("host: mail.example., record: MX, expect: {values: 10 MX.example}"), undefined);
  assert.equal(await lookUp("host: txt.example., record: TXT, expect: {values: 'v=1'}"), undefined);
  assert.equal(await lookUp("host: 10.0.0.1, record: PTR, expect: {values: a.example}"), undefined);
});

Deno.test("names that are not there, and that must not be", async () => {
  assert.match(await lookUp("host: none.example.") ?? "", /^DNS A none\.example\.: there is no such record/);
  assert.equal(await lookUp("host: none.example., expect: {count: 0}"), undefined);
});

Deno.test("a resolver that does not answer", async () => {
  await using silent = await resolver(false);
  const check = `type: dns, host: a.example., resolver: '127.0.0.1:${silent.port}', timeout: 300ms`;
  assert.match(
    await errorOf(check) ?? "",
    /^DNS A a\.example\.: timed out after 0\.3s \(asked 127\.0\.0\.1:\d+\)$/,
  );
});

Deno.test("a resolver is an address", async () => {
  await assert.rejects(
    () => errorOf("type: dns, host: a, resolver: dns.example"),
    /'resolver' must be the IP address of a resolver/,
  );
});
