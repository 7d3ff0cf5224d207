/**
 * The embedded modules. Each is a text import, so that a compiled executable carries it; a test fails when a
 * file of this folder is not in the map.
 */
import grafana from "./grafana.lua" with { type: "text" };
import healthcheck from "./healthcheck.lua" with { type: "text" };
import internalClient from "./internal/client.lua" with { type: "text" };
import prometheus from "./prometheus.lua" with { type: "text" };

/** Name below `assay.`, dots as slashes → Lua source (text). */
export const MODULES: ReadonlyMap<string, string> = new Map([
  ["grafana", grafana],
  ["healthcheck", healthcheck],
  ["internal/client", internalClient],
  ["prometheus", prometheus],
]);
