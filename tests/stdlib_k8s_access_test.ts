/** How clients of the Kubernetes API find it and sign in: service account, kubeconfig, certificates, plugins. */
import assert from "node:assert/strict";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { chosenEngine, ENGINES, loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { toText } from "../runtime/seam/text.ts";
import { type Authority, makeAuthority } from "./support/certificates.ts";
import { luaError, runLua } from "./support/lua.ts";

interface Api extends AsyncDisposable {
  port: number;
  url: string;
}

/** What the API saw of a request. */
interface Seen {
  path: string;
  authorization?: string;
  user?: string;
  groups?: string;
}

/** An API over TLS that answers with what it was asked. */
async function startApi(authority: Authority, mutual = false): Promise<Api> {
  const options: ServerOptions = {
    ...await authority.issue("IP:127.0.0.1", 1),
    ...(mutual ? { ca: authority.pem, requestCert: true, rejectUnauthorized: true } : {}),
  };
  const server = createServer(options, (request, response) => {
    const seen: Seen = { path: request.url ?? "" };
    const { authorization, "impersonate-user": user, "impersonate-group": groups } = request.headers;
    if (authorization !== undefined) seen.authorization = authorization;
    if (user !== undefined) seen.user = String(user);
    if (groups !== undefined) seen.groups = String(groups);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Place {
  folder: string;
  authority: Authority;
  /** Writes a file of the folder and gives its path. */
  write(name: string, text: string): Promise<string>;
}

async function withPlace(fn: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await fn({
      folder,
      authority: await makeAuthority(folder),
      async write(name, text) {
        await Deno.writeTextFile(`${folder}/${name}`, text);
        return `${folder}/${name}`;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The value of a Lua expression, in which `k8s` is the module. */
async function evaluate(
  expression: string,
  variables: Record<string, string> = {},
  first = "",
  engine = chosenEngine(),
): Promise<unknown> {
  const code = `local k8s = require("assay.k8s") ${first}\nreturn json.encode(${expression})`;
  const environment = new FixedEnvironment(variables);
  const [result] = await runLua(code, { environment, engine: await loadEngine(engine) });
  return JSON.parse(toText(String(result)));
}

async function failure(expression: string, variables: Record<string, string> = {}): Promise<string> {
  const code = `local k8s = require("assay.k8s")\nlocal _ = ${expression}`;
  return await luaError(code, { environment: new FixedEnvironment(variables) });
}

/** A kubeconfig as kubectl writes it. */
function kubeconfig(cluster: object, user: object, context: object = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "dev",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "dev", context: { cluster: "c", user: "u", ...context } }],
  });
}

Deno.test("in a pod the service account's token and authority are used, read anew for each request", async () => {
  await withPlace(async ({ folder, authority, write }) => {
    await using api = await startApi(authority);
    await write("token", "first\n");
    await write("ca.crt", authority.pem);
    const seen = await evaluate(
      `{ k8s.get("/a"), (function() fs.write("${folder}/token", "second\\n") return k8s.get("/b") end)(),
         require("assay.flux").client():list_nothing() }`,
      { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(api.port) },
      `require("assay.internal.kube_access").service_account = "${folder}"
       local flux = require("assay.flux")
       local client = flux.client
       function flux.client(...)
         local c = client(...)
         function c:list_nothing() return c.helm_charts:list("x") end
         return c
       end`,
    );
    assert.deepEqual(seen, [
      { path: "/a", authorization: "Bearer first" },
      { path: "/b", authorization: "Bearer second" },
      {
        path: "/apis/source.toolkit.fluxcd.io/v1/namespaces/x/helmcharts",
        authorization: "Bearer second",
      },
    ]);
  });
});

Deno.test("a base URL without a token is sent the service account's; a token of the call wins", async () => {
  await withPlace(async ({ folder, authority, write }) => {
    await using api = await startApi(authority);
    await write("token", "account");
    await write("ca.crt", authority.pem);
    const seen = await evaluate(
      `{ k8s.get("/a", { base_url = "${api.url}" }), k8s.get("/b", { base_url = "${api.url}", token = "own" }) }`,
      {},
      `require("assay.internal.kube_access").service_account = "${folder}"`,
    );
    assert.deepEqual(seen, [
      { path: "/a", authorization: "Bearer account" },
      { path: "/b", authorization: "Bearer own" },
    ]);
  });
});

Deno.test("without a cluster's authority its certificate is not trusted", async () => {
  await withPlace(async ({ authority }) => {
    await using api = await startApi(authority);
    assert.match(
      await failure(`k8s.get("/a", { base_url = "${api.url}" })`),
      /k8s: GET \/a: .*is not trusted/,
    );
    assert.deepEqual(await evaluate(`k8s.get("/a", { base_url = "${api.url}", insecure = true })`), {
      path: "/a",
    });
  });
});

Deno.test("Argo CD's own certificate can be trusted, or not be looked at", async () => {
  await withPlace(async ({ authority }) => {
    await using api = await startApi(authority);
    const version = (opts: string) => `require("assay.argocd").client("${api.url}", { ${opts} }):version()`;
    assert.match(await failure(version("")), /argocd: GET \/api\/version: .*is not trusted/);
    for (const opts of [`ca_cert_file = "${authority.file}"`, "insecure = true"]) {
      assert.deepEqual(await evaluate(version(opts)), { path: "/api/version" });
    }
  });
});

Deno.test("outside of a pod and without a kubeconfig, the error says what to give", async () => {
  const raised = await failure(`k8s.get("/a")`);
  assert.equal(
    raised,
    "test.lua:2: k8s: not running in a Kubernetes pod (KUBERNETES_SERVICE_HOST not set), and there is no " +
      "kubeconfig: give base_url and token, or set KUBECONFIG",
  );
  assert.match(await failure(`k8s.get("/a")`, { HOME: "/nonexistent" }), /there is no kubeconfig/);
});

Deno.test("the current context of $KUBECONFIG is used, or the one that is named", async () => {
  await withPlace(async ({ folder, authority, write }) => {
    await using api = await startApi(authority);
    const config = await write(
      "config",
      `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: one, cluster: {server: "${api.url}/one/", certificate-authority: ca.pem}}
- {name: two, cluster: {server: "${api.url}/two", certificate-authority-data: ${btoa(authority.pem)}}}
users:
- {name: ann, user: {token: ann-token}}
- {name: bob, user: {tokenFile: bob.token, token: ignored}}
- {name: cid, user: {username: cid, password: "pass word"}}
- {name: dee, user: {token: t, as: eve, as-groups: [x, y]}}
contexts:
- {name: dev, context: {cluster: one, user: ann, namespace: n}}
- {name: test, context: {cluster: two, user: bob}}
- {name: prod, context: {cluster: two, user: cid}}
- {name: other, context: {cluster: two, user: dee}}
- {name: nobody, context: {cluster: two}}
`,
    );
    await write("bob.token", "bob-token\n");
    const environment = { KUBECONFIG: `${folder}/missing:${config}` };
    assert.deepEqual(
      await evaluate(
        `{ k8s.get("/a"), k8s.get("/a", { context = "test" }), k8s.client(nil, { context = "prod" }):get("/a"),
           k8s.get("/a", { context = "other" }), k8s.get("/a", { context = "nobody" }),
           require("assay.velero").client({ context = "test", namespace = "ops" }).restores:list() }`,
        environment,
      ),
      [
        { path: "/one/a", authorization: "Bearer ann-token" },
        { path: "/two/a", authorization: "Bearer bob-token" },
        { path: "/two/a", authorization: `Basic ${btoa("cid:pass word")}` },
        { path: "/two/a", authorization: "Bearer t", user: "eve", groups: "x, y" },
        { path: "/two/a" },
        [],
      ],
    );
    assert.deepEqual(
      await evaluate(`k8s.get("/a", { kubeconfig = "${config}", token = "own" })`),
      { path: "/one/a", authorization: "Bearer own" },
    );
    await Deno.mkdir(`${folder}/.kube`);
    await Deno.rename(config, `${folder}/.kube/config`);
    await Deno.rename(`${folder}/ca.pem`, `${folder}/.kube/ca.pem`);
    assert.deepEqual(
      await evaluate(`k8s.get("/a")`, { HOME: folder }),
      { path: "/one/a", authorization: "Bearer ann-token" },
    );
  });
});

Deno.test("of several kubeconfigs the first that has a name wins, as with kubectl", async () => {
  await withPlace(async ({ authority, write }) => {
    await using api = await startApi(authority);
    const cluster = { server: api.url, "insecure-skip-tls-verify": true };
    const first = await write("first", JSON.stringify({ users: [{ name: "u", user: { token: "first" } }] }));
    const second = await write("second", kubeconfig(cluster, { token: "second" }));
    const seen = await evaluate(`k8s.get("/a")`, { KUBECONFIG: `${first}:${second}` });
    assert.deepEqual(seen, { path: "/a", authorization: "Bearer first" });
  });
});

Deno.test("a context's client certificate lets in, from data and from files", async () => {
  await withPlace(async ({ authority, write }) => {
    await using api = await startApi(authority, true);
    const { cert, key } = await authority.issue("DNS:client", 1);
    await write("own.pem", cert);
    await write("own.key", key);
    const cluster = { server: api.url, "certificate-authority": "ca.pem" };
    const users: object[] = [
      { "client-certificate": "own.pem", "client-key": "own.key" },
      { "client-certificate-data": btoa(cert), "client-key-data": btoa(key) },
    ];
    for (const user of users) {
      const config = await write("config", kubeconfig(cluster, user));
      assert.deepEqual(await evaluate(`k8s.get("/a")`, { KUBECONFIG: config }), { path: "/a" });
    }
    const config = await write("config", kubeconfig(cluster, {}));
    assert.match(
      await failure(`k8s.get("/a")`, { KUBECONFIG: config }),
      /k8s: GET \/a: .*wants a client certificate/,
    );
  });
});

Deno.test("a credential plugin is run once until its token ends", async () => {
  await withPlace(async ({ folder, authority, write }) => {
    await using api = await startApi(authority);
    const cluster = { server: api.url, "certificate-authority": "ca.pem" };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin.sh",
      args: ["it's", "$HOME"],
      env: [{ name: "EXPIRES", value: "2000-03-01T00:00:00Z" }],
    };
    await write(
      "plugin.sh",
      `#!/bin/sh
echo x >> ${folder}/runs
echo "$1 $2 $KUBERNETES_EXEC_INFO" > ${folder}/seen
echo '{"kind":"ExecCredential","status":{"token":"t'$(wc -l < ${folder}/runs | tr -d " ")'","expirationTimestamp":"'$EXPIRES'"}}'
`,
    );
    await Deno.chmod(`${folder}/plugin.sh`, 0o755);
    const calls = `{ k8s.get("/a").authorization, k8s.get("/a").authorization }`;
    const expired = await write("config", kubeconfig(cluster, { exec }));
    assert.deepEqual(await evaluate(calls, { KUBECONFIG: expired }), ["Bearer t1", "Bearer t2"]);
    assert.equal(
      await Deno.readTextFile(`${folder}/seen`),
      `it's $HOME {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}\n`,
    );
    for (const value of ["2999-01-01T00:00:00Z", "2999-01-01T00:00:00.5+02:00"]) {
      const env = [{ name: "EXPIRES", value }];
      const KUBECONFIG = await write("config", kubeconfig(cluster, { exec: { ...exec, env } }));
      for (const engine of ENGINES) {
        await Deno.remove(`${folder}/runs`);
        assert.deepEqual(await evaluate(calls, { KUBECONFIG }, "", engine), ["Bearer t1", "Bearer t1"]);
      }
    }
  });
});

Deno.test("what is wrong with a kubeconfig is told, without its secrets", async () => {
  await withPlace(async ({ write }) => {
    const cluster = { server: "https://127.0.0.1:1" };
    const plugin = (command: string, args: string[] = []) => ({
      exec: { command, args, installHint: "apt install it" },
    });
    const cases: [config: string, opts: string, expected: RegExp][] = [
      ["{", "", /k8s: the kubeconfig \S+ cannot be read: /],
      ["just text", "", /cannot be read: it holds no mapping/],
      ["{}", "", /k8s: the kubeconfig sets no current-context: give a context$/],
      [kubeconfig(cluster, {}), "context = 'prod'", /has no context 'prod'; it has: dev$/],
      [kubeconfig(cluster, {}, { user: "x" }), "", /has no user 'x'; it has: u$/],
      [kubeconfig({}, {}), "", /the kubeconfig's cluster 'c' has no server$/],
      [kubeconfig({ ...cluster, "tls-server-name": "x" }, {}), "", /tls-server-name is not supported/],
      [kubeconfig(cluster, { "auth-provider": { name: "gcp" } }), "", /auth-provider is not supported/],
      [
        kubeconfig(cluster, plugin("sh", ["-c", "echo secret; echo why >&2; exit 3"])),
        "",
        /k8s: the kubeconfig's command 'sh' failed with status 3: why \(apt install it\)$/,
      ],
      [
        kubeconfig(cluster, plugin("echo", ["secret"])),
        "",
        /'echo' gave no ExecCredential with a token or certificate$/,
      ],
    ];
    for (const [config, opts, expected] of cases) {
      const path = await write("config", config);
      const raised = await failure(`k8s.get("/a", { ${opts} })`, { KUBECONFIG: path });
      assert.match(raised, expected);
      assert.doesNotMatch(raised, /secret/);
    }
    assert.match(
      await failure(`k8s.get("/a", { kubeconfig = "/nonexistent/k" })`),
      /no kubeconfig can be read at \/nonexistent\/k$/,
    );
  });
});

/** What kubectl has the API answer for a context, or what it complains of. */
async function kubectl(folder: string, KUBECONFIG: string, context: string): Promise<unknown> {
  const { stdout, stderr, success } = await new Deno.Command("kubectl", {
    args: ["--context", context, "get", "--raw", "/a"],
    env: { HOME: folder, KUBECONFIG, PATH: Deno.env.get("PATH") ?? "" },
    clearEnv: true,
  }).output();
  if (!success) return new TextDecoder().decode(stderr);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const hasKubectl = await new Deno.Command("kubectl", {
  args: ["version", "--client"],
  stdout: "null",
  stderr: "null",
})
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: `kubectl signs in the same way${hasKubectl ? "" : ": skipped, kubectl is not installed"}`,
  ignore: !hasKubectl,
  async fn() {
    await withPlace(async ({ folder, authority, write }) => {
      await using api = await startApi(authority);
      await write("token", "from-file\n");
      const users: Record<string, object> = {
        token: { token: "given" },
        file: { tokenFile: "token" },
        both: { token: "given", tokenFile: "token" },
        basic: { username: "ann", password: "pass: wörd" },
        impersonating: { token: "given", as: "eve", "as-groups": ["x", "y"] },
        plugin: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            interactiveMode: "Never",
            command: "sh",
            args: [
              "-c",
              `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"it'"'"'s"}}'`,
            ],
          },
        },
      };
      const clusters: Record<string, object> = {
        file: { server: api.url, "certificate-authority": "ca.pem" },
        data: { server: api.url, "certificate-authority-data": btoa(authority.pem) },
        insecure: { server: api.url, "insecure-skip-tls-verify": true },
      };
      const pairs = [
        ...Object.keys(users).map((user) => ["data", user]),
        ...Object.keys(clusters).filter((name) => name !== "data").map((cluster) => [cluster, "token"]),
      ];
      const config = await write(
        "config",
        JSON.stringify({
          apiVersion: "v1",
          kind: "Config",
          clusters: Object.entries(clusters).map(([name, cluster]) => ({ name, cluster })),
          users: Object.entries(users).map(([name, user]) => ({ name, user })),
          contexts: pairs.map(([cluster, user]) => ({
            name: `${cluster}-${user}`,
            context: { cluster, user },
          })),
        }),
      );
      for (const [cluster, user] of pairs) {
        const context = `${cluster}-${user}`;
        const ours = await evaluate(`k8s.get("/a", { context = "${context}" })`, { KUBECONFIG: config });
        assert.deepEqual(ours, await kubectl(folder, config, context), context);
      }
    });
  },
});
