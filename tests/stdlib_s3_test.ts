/** `assay.s3` against a mock of an object store, which verifies every signature on its own. */
import assert from "node:assert/strict";
import { luaError, runLua } from "./support/lua.ts";
import { type MockReply, type MockRequest, MockServer, refusedUrl } from "./support/mock.ts";
import { callModule, moduleTests } from "./support/module.ts";
import { signatureProblem } from "./support/sigv4.ts";

const SECRET = "s3cr3t/+key";
const OPTIONS = `endpoint = url .. "/", region = "eu-central-1", access_key = "AK", secret_key = "${SECRET}"`;
const SETUP = `local s3 = require("assay.s3") local c = s3.client({ ${OPTIONS} })`;
const XML = { "content-type": "application/xml" };
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const LISTING = HEAD +
  `<ListBucketResult ${NAMESPACE}><Name>b</Name><Prefix>data/</Prefix><KeyCount>2</KeyCount>` +
  "<MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated>" +
  "<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>" +
  "<Contents><Key>data/a&amp;b &lt;1&gt; &quot;&#252;&#x1F600;&quot;</Key>" +
  "<LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>5368709121</Size></Contents>" +
  "<Contents><Key>data/&amp;lt;</Key><LastModified>2026-01-02T03:04:06.000Z</LastModified><Size>0</Size></Contents>" +
  "</ListBucketResult>";

const BUCKETS = HEAD + `<ListAllMyBucketsResult ${NAMESPACE}><Owner><ID>o</ID></Owner><Buckets>` +
  "<Bucket><Name>one</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>" +
  "<Bucket><Name>two</Name><CreationDate>2026-01-03T03:04:05.000Z</CreationDate></Bucket>" +
  "</Buckets></ListAllMyBucketsResult>";

const error = (code: string) => HEAD + `<Error><Code>${code}</Code><Message>no</Message></Error>`;

interface Operation {
  calls: readonly string[];
  reply?: MockReply;
  method?: string;
  path: string;
  query?: string;
  headers?: Record<string, string | undefined>;
  body?: string;
  result?: unknown;
}

const OPERATIONS: readonly Operation[] = [
  {
    calls: ["c.buckets:create('b')", "c:create_bucket('b')"],
    method: "PUT",
    path: "/b",
    headers: XML,
    body: `<CreateBucketConfiguration ${NAMESPACE}><LocationConstraint>eu-central-1</LocationConstraint>` +
      "</CreateBucketConfiguration>",
  },
  {
    calls: [`s3.client({ ${OPTIONS.replace("eu-central-1", "us-east-1")} }).buckets:create('b')`],
    method: "PUT",
    path: "/b",
    headers: { "content-type": undefined },
    body: "",
  },
  {
    calls: ["c.buckets:delete('b')", "c:delete_bucket('b')"],
    reply: { status: 204 },
    method: "DELETE",
    path: "/b",
  },
  {
    calls: ["c.buckets:list()", "c:list_buckets()"],
    reply: { body: BUCKETS, headers: XML },
    path: "/",
    result: [
      { name: "one", creation_date: "2026-01-02T03:04:05.000Z" },
      { name: "two", creation_date: "2026-01-03T03:04:05.000Z" },
    ],
  },
  {
    calls: ["c.buckets:exists('b')", "c:bucket_exists('b')"],
    path: "/b",
    query: "list-type=2&max-keys=0",
  },
  {
    calls: ["c.objects:put('b', 'data/report.json', '{}')", "c:put_object('b', 'data/report.json', '{}')"],
    method: "PUT",
    path: "/b/data/report.json",
    headers: { "content-type": undefined },
    body: "{}",
  },
  {
    calls: ["c.objects:put('b', 'a', 'ü', { content_type = 'text/plain; charset=utf-8' })"],
    method: "PUT",
    path: "/b/a",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "ü",
  },
  {
    calls: ["c.objects:put('b', 'empty', '')"],
    reply: { status: 204 },
    method: "PUT",
    path: "/b/empty",
    headers: { "content-length": "0" },
    body: "",
  },
  {
    calls: [
      "c.objects:get('b', 'dir/sub dir/ü +&=?#%20~*()!.txt')",
      "c:get_object('b', 'dir/sub dir/ü +&=?#%20~*()!.txt')",
    ],
    reply: { body: "content" },
    path: "/b/dir/sub%20dir/%C3%BC%20%2B%26%3D%3F%23%2520~%2A%28%29%21.txt",
    result: "content",
  },
  { calls: ["c.objects:get('b', '/a//b/')"], reply: { body: "x" }, path: "/b//a//b/", result: "x" },
  {
    calls: ["c.objects:get('b', 'none')", "c:get_object('b', 'none')"],
    reply: { status: 404, body: error("NoSuchKey") },
    path: "/b/none",
    result: null,
  },
  {
    calls: ["c.objects:delete('b', 'a/b')", "c:delete_object('b', 'a/b')"],
    reply: { status: 204 },
    method: "DELETE",
    path: "/b/a/b",
  },
  {
    calls: [
      "c.objects:list('b', { prefix = 'data/ä', max_keys = 2, continuation_token = 'a+/=' })",
      "c:list_objects('b', { prefix = 'data/ä', max_keys = 2, continuation_token = 'a+/=' })",
    ],
    reply: { body: LISTING, headers: XML },
    path: "/b",
    query: "list-type=2&prefix=data%2F%C3%A4&max-keys=2&continuation-token=a%2B%2F%3D",
    result: {
      objects: [
        { key: 'data/a&b <1> "ü😀"', size: 5368709121, last_modified: "2026-01-02T03:04:05.000Z" },
        { key: "data/&lt;", size: 0, last_modified: "2026-01-02T03:04:06.000Z" },
      ],
      is_truncated: true,
      next_continuation_token: "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=",
      key_count: 2,
    },
  },
  {
    calls: ["c.objects:list('b')", "c:list_objects('b')"],
    reply: {
      body: HEAD +
        "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>",
    },
    path: "/b",
    query: "list-type=2",
    result: { objects: [], is_truncated: false, key_count: 0 },
  },
  {
    calls: [
      "c.objects:head('b', 'a').headers['x-amz-meta-x']",
      "c:head_object('b', 'a').headers['x-amz-meta-x']",
    ],
    reply: { body: "content", headers: { "x-amz-meta-x": "y" } },
    path: "/b/a",
    result: "y",
  },
  { calls: ["c.objects:head('b', 'a').status"], reply: { body: "content" }, path: "/b/a", result: 200 },
  {
    calls: ["c.objects:head('b', 'none')", "c:head_object('b', 'none')"],
    reply: { status: 404, body: error("NoSuchKey") },
    path: "/b/none",
    result: null,
  },
  {
    calls: [
      "c.objects:copy('b', 'old dir/ü', 'b2', 'new/x')",
      "c:copy_object('b', 'old dir/ü', 'b2', 'new/x')",
    ],
    reply: { body: HEAD + "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>" },
    method: "PUT",
    path: "/b2/new/x",
    headers: { "x-amz-copy-source": "/b/old%20dir/%C3%BC" },
    body: "",
  },
];

for (const operation of OPERATIONS) {
  const { calls, reply = {}, method = "GET", path, query = "", headers = {}, body } = operation;
  for (const call of calls) {
    Deno.test(`s3: ${call} sends ${method} ${path}, signed`, async () => {
      const { result, requests } = await callModule(SETUP, call, [reply]);
      assert.deepEqual(result, "result" in operation ? operation.result : true);
      const [request] = requests;
      assert.ok(request);
      assert.equal(requests.length, 1);
      assert.equal(`${request.method} ${request.path}`, `${method} ${path}`);
      assert.equal(request.query, query);
      for (const [name, value] of Object.entries(headers)) assert.equal(request.headers[name], value, name);
      if (body !== undefined) assert.equal(request.body, body);
      assert.equal(signatureProblem(request, SECRET), undefined);
    });
  }
}

Deno.test("s3: a body of any bytes arrives and is signed as it is", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  let received: Uint8Array | undefined;
  let problem: string | undefined = "no request";
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received = await request.bytes();
    problem = signatureProblem(asMock(request), SECRET, received);
    return new Response(request.method === "PUT" ? null : bytes);
  });
  try {
    const setup = SETUP.replaceAll("url", `"http://127.0.0.1:${server.addr.port}"`);
    await runLua(`${setup} local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end
      c.objects:put("b", "k", table.concat(t))`);
    assert.deepEqual(received, bytes);
    assert.equal(problem, undefined);
    const [same] = await runLua(`${setup} local body = c.objects:get("b", "k")
      for i = 0, 255 do if body:byte(i + 1) ~= i then return i end end
      return #body`);
    assert.equal(same, 256);
  } finally {
    await server.shutdown();
  }
});

Deno.test("s3: without path_style the bucket is a part of the host", async () => {
  await using server = new MockServer({ body: "x" });
  // The bucket 127 of the host 0.0.1 is at 127.0.0.1
  const endpoint = server.url.replace("http://127.0.0.1", "HTTP://0.0.1");
  const [body] = await runLua(`return require("assay.s3").client({ endpoint = "${endpoint}", region = "r",
    access_key = "AK", secret_key = "${SECRET}", path_style = false }).objects:get("127", "a b")`);
  assert.equal(body, "x");
  assert.equal(server.request.path, "/a%20b");
  assert.equal(server.request.headers["host"], new URL(server.url).host);
  assert.equal(signatureProblem(server.request, SECRET), undefined);
});

Deno.test("s3: an endpoint may have a path", async () => {
  await using server = new MockServer({ body: "x" });
  await runLua(`local url = "${server.url}/store" ${SETUP} return c.objects:get("b", "k")`);
  assert.equal(server.request.path, "/store/b/k");
  assert.equal(signatureProblem(server.request, SECRET), undefined);
});

Deno.test("s3: the token of a session is sent and signed", async () => {
  await using server = new MockServer({ body: "x" });
  await runLua(`local url = "${server.url}"
    require("assay.s3").client({ ${OPTIONS}, session_token = "tok/en" }).objects:get("b", "k")`);
  assert.equal(server.request.headers["x-amz-security-token"], "tok/en");
  assert.equal(signatureProblem(server.request, SECRET), undefined);
});

const denied = { status: 403, body: error("SignatureDoesNotMatch"), headers: XML };

moduleTests("s3", SETUP, [
  {
    name: "a bucket that cannot be listed does not exist",
    call: "c.buckets:exists('b')",
    replies: [{ status: 404 }],
    result: false,
  },
  {
    name: "401 is raised",
    call: "c.objects:get('b', 'dir/a b')",
    replies: [{ status: 401, body: "denied" }],
    error: "s3: GET /b/dir/a b HTTP 401: denied",
  },
  {
    name: "the store's own error is shown",
    call: "c.objects:put('b', 'k', 'x')",
    replies: [denied],
    error: `s3: PUT /b/k HTTP 403: ${denied.body}`,
  },
  {
    name: "500 with a text body is raised",
    call: "c.objects:list('b')",
    replies: [{ status: 500, body: "oops" }],
    error: "s3: GET /b HTTP 500: oops",
  },
  {
    name: "a bucket that is missing is raised by lists",
    call: "c.objects:list('b')",
    replies: [{ status: 404, body: error("NoSuchBucket") }],
    error: "s3: GET /b HTTP 404: ",
  },
  {
    name: "buckets that cannot be listed are raised",
    call: "c.buckets:list()",
    replies: [denied],
    error: "s3: GET / HTTP 403: ",
  },
  {
    name: "a failed head is raised",
    call: "c.objects:head('b', 'k')",
    replies: [denied],
    error: "s3: GET /b/k HTTP 403: ",
  },
  {
    name: "a failed copy names both objects",
    call: "c.objects:copy('b', 'k', 'b2', 'k2')",
    replies: [denied],
    error: "s3: COPY /b/k -> /b2/k2 HTTP 403: ",
  },
  {
    name: "a copy that fails after its 200 is raised",
    call: "c.objects:copy('b', 'k', 'b2', 'k2')",
    replies: [{ body: error("SlowDown"), headers: XML }],
    error: "s3: COPY /b/k -> /b2/k2 HTTP 200: ",
  },
  {
    name: "an empty listing body is an empty list",
    call: "c.buckets:list()",
    replies: [{ body: "" }],
    result: [],
  },
  ...["../up", "a/./b", ".."].map((key) => ({
    name: `the key '${key}' is refused, as URLs cannot name it`,
    call: `c.objects:get("b", "${key}")`,
    replies: [],
    expected: [],
    error: `s3: the key '${key}' has a segment '`,
  })),
  {
    name: "a key that is nil is refused",
    call: "c.objects:delete('b', nil)",
    replies: [],
    expected: [],
    error: "s3: a key is required, got nil",
  },
  {
    name: "an empty key does not delete the bucket",
    call: "c.objects:delete('b', '')",
    replies: [],
    expected: [],
    error: "s3: a key is required, got ''",
  },
  {
    name: "a bucket with a slash is refused",
    call: "c.buckets:delete('b/k')",
    replies: [],
    expected: [],
    error: "s3: the bucket 'b/k' has a slash in its name",
  },
  {
    name: "a body that is no string is refused",
    call: "c.objects:put('b', 'k', { a = 1 })",
    replies: [],
    expected: [],
    error: "s3: the body of an object must be a string, got table",
  },
]);

for (const name of ["endpoint", "region", "access_key", "secret_key"]) {
  Deno.test(`s3: a client needs ${name}`, async () => {
    const options = { endpoint: "http://s", region: "r", access_key: "a", secret_key: "s" };
    const given = Object.entries(options).filter(([key]) => key !== name).map(([k, v]) => `${k} = "${v}"`);
    const message = await luaError(`require("assay.s3").client({ ${given.join(", ")} })`);
    assert.equal(message, `test.lua:1: s3.client: ${name} is required`);
  });
}

for (
  const endpoint of [
    "s3.example.com",
    "ftp://s3.example.com",
    "https://user:hidden@s3.example.com",
    "http://s/?a",
  ]
) {
  Deno.test(`s3: the endpoint '${endpoint}' is refused, and not shown`, async () => {
    const message = await luaError(
      `require("assay.s3").client({ endpoint = "${endpoint}", region = "r", access_key = "a", secret_key = "s" })`,
    );
    assert.ok(message.includes("s3.client: endpoint must be a URL"), message);
    assert.ok(!message.includes("hidden"));
  });
}

Deno.test("s3: a store that is not there is a clear error without the keys", async () => {
  const message = await luaError(`local url = "${refusedUrl()}" ${SETUP} c.objects:get("b", "k")`);
  assert.ok(message.includes("s3: GET /b/k: "), message);
  assert.ok(!message.includes(SECRET));
});

function asMock(request: Request): MockRequest {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: Object.fromEntries(request.headers),
    body: "",
  };
}
