/** The files that clients of Google's APIs sign in with. */

/** A folder of the tests' own, removed at their end. */
const folder = Deno.makeTempDirSync({ prefix: "assay-test-google-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

export const CREDENTIALS_FILE = `${folder}/credentials.json`;
export const TOKEN_FILE = `${folder}/token.json`;

/** Lua that writes both files anew, whatever an earlier test has left in them. */
export const WRITE_FILES = `
  fs.write("${CREDENTIALS_FILE}", [[{"installed": {"client_id": "id", "client_secret": "s3cr3t"}}]])
  fs.write("${TOKEN_FILE}", [[{"access_token": "old", "refresh_token": "r", "scope": "mail", "expiry": 12345678901234567}]])
`;

/** Lua that makes the client \`c\` of a module, whose API and token endpoint are the mock. */
export function googleSetup(module: string): string {
  return `${WRITE_FILES} local c = require("assay.${module}").client({ credentials_file = "${CREDENTIALS_FILE}", ` +
    `token_file = "${TOKEN_FILE}", token_url = url .. "/token", api_base = url .. "/" })`;
}

/** What a refresh sends. */
export const REFRESH = {
  method: "POST",
  path: "/token",
  json: { grant_type: "refresh_token", refresh_token: "r", client_id: "id", client_secret: "s3cr3t" },
  headers: { "content-type": "application/json", authorization: undefined },
};

/** What Google answers to a refresh. */
export const REFRESHED = { body: { access_token: "new", expires_in: 3599, token_type: "Bearer" } };

/** What Google's APIs answer to a token that has expired. */
export const EXPIRED = {
  status: 401,
  body: { error: { code: 401, message: "Invalid Credentials", status: "UNAUTHENTICATED" } },
};
