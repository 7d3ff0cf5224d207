/** The modules for Kubernetes products run in every engine. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { ENGINES, loadEngine } from "../runtime/engines.ts";
import { resource } from "./support/kube_module.ts";
import { runLua } from "./support/lua.ts";
import { MockServer } from "./support/mock.ts";

/** A call of each module, which counts the two resources of two pages; `c` is the client. */
const CALLS: Record<string, string> = {
  certmanager: "c.certificates:all_ready('web').total",
  crossplane: "c.providers:all_healthy().total",
  eso: "c:all_secrets_synced('web').total",
  flux: "c:all_kustomizations_ready('web').total",
  kargo: "#c.stages:pipeline_status('web')",
  velero: "#c:backups()",
  k8s: "require('assay.k8s').pods:status('web', { base_url = url }).total",
};

for (const engine of ENGINES) {
  for (const [module, call] of Object.entries(CALLS)) {
    Deno.test(`${module} runs in ${engine}`, async () => {
      await using server = new MockServer(
        { body: { metadata: { continue: "next" }, items: [resource("a", { Ready: "True" })] } },
        { body: { metadata: {}, items: [resource("b", { Ready: "False" })] } },
      );
      const code = `local url = env.get("MOCK_URL") local c = require("assay.${module}").client(url)\n` +
        `return string.format("%d", ${call})`;
      const environment = new FixedEnvironment({ MOCK_URL: server.url });
      assert.deepEqual(await runLua(code, { environment, engine: await loadEngine(engine) }), ["2"]);
    });
  }
  Deno.test(`argocd runs in ${engine}`, async () => {
    await using server = new MockServer({ body: { status: { health: { status: "Healthy" } } } });
    const code = `local c = require("assay.argocd").client(env.get("MOCK_URL"), { token = "t" })\n` +
      "return c:is_healthy('x'), c.apps:wait_healthy('x', 1), c:is_synced('x')";
    const environment = new FixedEnvironment({ MOCK_URL: server.url });
    const results = await runLua(code, { environment, engine: await loadEngine(engine) });
    assert.deepEqual(results, [true, true, false]);
  });
}
