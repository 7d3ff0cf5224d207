/** Redirects that the HTTP client follows, and those that it does not. */
import assert from "node:assert/strict";
import { error, field, ok, onlyRequest, run } from "./support/http_client.ts";
import { rawResponse, rawServer } from "./support/wire.ts";

Deno.test("redirects are followed; a POST that moved becomes a GET, 307 repeats it", async () => {
  for (
    const [status, expected] of [[301, "GET"], [302, "GET"], [303, "GET"], [307, "POST"], [
      308,
      "POST",
    ]] as const
  ) {
    await using server = rawServer((request) =>
      request.includes(" /start ")
        ? [rawResponse(`${status} Moved`, ["Location: /end"])]
        : [rawResponse("200 OK", [], "arrived")]
    );
    const result = await run(server.url, `return http.post(url .. "/start", { a = 1 })`);
    assert.equal(field(result, "body"), "arrived");
    const [, second = ""] = server.requests;
    assert.ok(second.startsWith(`${expected} /end `), second);
    assert.equal(second.includes(`{"a":1}`), expected === "POST");
    assert.equal(/content-type/i.test(second), expected === "POST");
  }
});

Deno.test("credentials stay with the host they were given for", async () => {
  await using target = ok("target");
  await using origin = rawServer((request) =>
    request.includes(" /here ")
      ? [rawResponse("302 Found", [`Location: ${target.url}/there`])]
      : [rawResponse("302 Found", ["Location: /here"])]
  );
  const result = await run(
    origin.url,
    `return http.get(url, { headers = { Authorization = "Bearer s", Cookie = "c=1", ["X-Vault-Token"] = "s", ["X-Other"] = "kept" } })`,
  );
  assert.equal(field(result, "body"), "target");
  assert.match(origin.requests[1] ?? "", /authorization: Bearer s/i);
  const { headers } = onlyRequest(target);
  assert.equal(headers.has("authorization"), false);
  assert.equal(headers.has("cookie"), false);
  assert.equal(headers.has("x-vault-token"), false);
  assert.deepEqual(headers.get("x-other"), ["kept"]);
});

Deno.test("an endless redirect is given up after ten", async () => {
  await using server = rawServer(() => [rawResponse("302 Found", ["Location: /again"])]);
  assert.match(
    await error(server.url, "return http.get(url)"),
    /http\.get failed: error sending request for url \(.*\): too many redirects: gave up after 10/,
  );
  assert.equal(server.requests.length, 11);
});

Deno.test("a redirect is left alone when asked, and never leads out of HTTP", async () => {
  await using server = rawServer(() => [rawResponse("302 Found", ["Location: file:///etc/passwd"])]);
  const result = await run(server.url, "return http.get(url, { follow_redirects = false })");
  assert.equal(field(result, "status"), 302);
  assert.match(
    await error(server.url, "return http.get(url)"),
    /redirected \(status 302\) to what is no http/,
  );
  assert.equal(
    field(await run(server.url, "return http.client{ follow_redirects = false }:get(url)"), "status"),
    302,
  );
});
