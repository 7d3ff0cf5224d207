/** `assay.prometheus` and `assay.alertmanager` against the real servers, in both engines. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";
import { monitoringTest } from "./support/prometheus.ts";

const FILE = new URL("./lua/monitoring/servers.lua", import.meta.url);

for (const engine of ENGINES) {
  await monitoringTest(`lua/monitoring/servers.lua in ${engine}`, async (t, { prometheus, alertmanager }) => {
    const environment = { PROMETHEUS_URL: prometheus, ALERTMANAGER_URL: alertmanager };
    await luaTests(t, FILE, { engine, environment });
  });
}
