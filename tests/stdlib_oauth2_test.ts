/** `assay.oauth2` against a mock of Google's token endpoint. */
import assert from "node:assert/strict";
import { CREDENTIALS_FILE, REFRESH, REFRESHED, TOKEN_FILE, WRITE_FILES } from "./support/google.ts";
import { refusedUrl } from "./support/mock.ts";
import { callModule, moduleTests } from "./support/module.ts";

const LOAD =
  `require("assay.oauth2").from_file("${CREDENTIALS_FILE}", "${TOKEN_FILE}", { token_url = url .. "/token" })`;
const SETUP = `${WRITE_FILES} local auth = ${LOAD}`;

moduleTests("oauth2", SETUP, [
  { name: "access_token gives the saved token", call: "auth:access_token()", replies: [], result: "old" },
  {
    name: "headers are those of a request with JSON",
    call: "auth:headers()",
    replies: [],
    result: { Authorization: "Bearer old", "Content-Type": "application/json" },
  },
  {
    name: "refresh sends JSON and gives the new token",
    call: "{ auth:refresh(), auth:access_token(), auth:headers().Authorization }",
    replies: [REFRESHED],
    expected: REFRESH,
    result: ["new", "new", "Bearer new"],
  },
  {
    name: "a refreshed token is on disk only after save, with everything else that stood there",
    call: `(function()
      auth:refresh()
      local before = json.parse(fs.read("${TOKEN_FILE}"))
      return { before.access_token, auth:save(), json.parse(fs.read("${TOKEN_FILE}")) }
    end)()`,
    replies: [REFRESHED],
    result: ["old", true, {
      access_token: "new",
      refresh_token: "r",
      scope: "mail",
      expiry: Number("12345678901234567"),
      expires_in: 3599,
      token_type: "Bearer",
    }],
  },
  {
    name: "numbers of 64 bits in the token file survive",
    call: `(function() auth:save() return fs.read("${TOKEN_FILE}"):match('"expiry":%d+') end)()`,
    replies: [],
    result: '"expiry":12345678901234567',
  },
  {
    name: "a new refresh token takes the old one's place",
    call:
      `(function() auth:refresh() auth:save() return json.parse(fs.read("${TOKEN_FILE}")).refresh_token end)()`,
    replies: [{ body: { access_token: "new", refresh_token: "r2" } }],
    result: "r2",
  },
  {
    name: "the token file is its owner's only, and nothing is left beside it",
    call: `(function()
      auth:save()
      local folder = ("${TOKEN_FILE}"):match("^(.*)/")
      return { fs.stat("${TOKEN_FILE}").permissions, #fs.list(folder) }
    end)()`,
    replies: [],
    result: ["600", 2],
  },
  {
    name: "a refusal is told as Google tells it",
    call: "auth:refresh()",
    replies: [{
      status: 400,
      body: { error: "invalid_grant", error_description: "Token has been revoked." },
    }],
    error:
      'oauth2: token refresh failed HTTP 400: {"error":"invalid_grant","error_description":"Token has been revoked."}',
  },
  {
    name: "a 500 with text is told",
    call: "auth:refresh()",
    replies: [{ status: 500, body: "oops" }],
    error: "oauth2: token refresh failed HTTP 500: oops",
  },
  ...["<html>", "", "[]", '{"id_token":"s3cr3t"}'].map((body) => ({
    name: `an answer of '${body}' is an error that does not show it`,
    call: "auth:refresh()",
    replies: [{ body }],
    error: "oauth2: token refresh failed: the answer has no access_token",
  })),
]);

moduleTests("oauth2", WRITE_FILES, [
  ...["web", undefined].map((key) => ({
    name: `credentials ${key ? `under "${key}"` : "without a key around them"} are found`,
    call: `(function()
      local found = json.object({ client_id = "id", client_secret = "s3cr3t" })
      fs.write("${CREDENTIALS_FILE}", json.encode(${key ? `{ ${key} = found }` : "found"}))
      return ${LOAD}:refresh()
    end)()`,
    replies: [REFRESHED],
    expected: REFRESH,
    result: "new",
  })),
  {
    name: "a file that is missing is named",
    call: 'require("assay.oauth2").from_file("/nowhere/credentials.json", "/nowhere/token.json")',
    replies: [],
    error: "oauth2: the credentials file cannot be read: ",
  },
  {
    name: "a file that is no JSON is named, but not shown",
    call: `(function()
      fs.write("${TOKEN_FILE}", "s3cr3t-token")
      local _, err = pcall(function() return ${LOAD} end)
      return err:gsub("^test.lua:%d+: ", "")
    end)()`,
    replies: [],
    result: `oauth2: the token file ${TOKEN_FILE} is not a JSON object`,
  },
  {
    name: "a token without a refresh token is refused before anything is sent",
    call: `(function() fs.write("${TOKEN_FILE}", '{"access_token":"a"}') return ${LOAD}:refresh() end)()`,
    replies: [],
    error: `oauth2: ${TOKEN_FILE} has no refresh_token`,
  },
]);

Deno.test("oauth2: without paths the files of ~/.config/gog are read, and ~ is the home folder", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${home}/.config/gog`, { recursive: true });
    await Deno.writeTextFile(`${home}/.config/gog/credentials.json`, "{}");
    await Deno.writeTextFile(`${home}/.config/gog/token.json`, '{"access_token":"mine"}');
    await Deno.writeTextFile(`${home}/other.json`, '{"access_token":"other"}');
    const { result } = await callModule(
      `env.set("HOME", "${home}") local oauth2 = require("assay.oauth2")`,
      '{ oauth2.from_file():access_token(), oauth2.from_file(nil, "~/other.json"):access_token() }',
      [],
    );
    assert.deepEqual(result, ["mine", "other"]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("oauth2: an endpoint that does not answer is named", async () => {
  const url = refusedUrl();
  const { error } = await callModule(`${WRITE_FILES} url = "${url}"`, `${LOAD}:refresh()`, [], true);
  assert.ok(error?.includes(`oauth2: token refresh failed: http.post failed: `), error);
  assert.ok(error?.includes(url), error);
});
