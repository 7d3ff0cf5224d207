/**
 * The embedded modules. Each is a text import, so that a compiled executable carries it, and is loaded when it is
 * required; a test fails when a file of this folder is not in the map.
 */

/** An embedded module. In a bundle of the program its file has more, such as the code that an engine has generated. */
export interface EmbeddedModule {
  /** The Lua source, text. */
  readonly default: string;
  readonly mentions?: EmbeddedMentions;
}

/** What the source of an embedded module mentions. */
export interface EmbeddedMentions {
  /** The paths of the embedded modules that it requires at once. */
  readonly modules: readonly string[];
  /** Words that ask for builtins. */
  readonly words: readonly string[];
}

export type ModuleLoader = () => Promise<EmbeddedModule>;

/** Name below `assay.`, dots as slashes → its source. */
export const MODULES: ReadonlyMap<string, ModuleLoader> = new Map<string, ModuleLoader>([
  ["alertmanager", () => import("./alertmanager.lua", { with: { type: "text" } })],
  ["argocd", () => import("./argocd.lua", { with: { type: "text" } })],
  ["certmanager", () => import("./certmanager.lua", { with: { type: "text" } })],
  ["crossplane", () => import("./crossplane.lua", { with: { type: "text" } })],
  ["dex", () => import("./dex.lua", { with: { type: "text" } })],
  ["email_triage", () => import("./email_triage.lua", { with: { type: "text" } })],
  ["eso", () => import("./eso.lua", { with: { type: "text" } })],
  ["flux", () => import("./flux.lua", { with: { type: "text" } })],
  ["gcal", () => import("./gcal.lua", { with: { type: "text" } })],
  ["github", () => import("./github.lua", { with: { type: "text" } })],
  ["gitlab", () => import("./gitlab.lua", { with: { type: "text" } })],
  ["gmail", () => import("./gmail.lua", { with: { type: "text" } })],
  ["grafana", () => import("./grafana.lua", { with: { type: "text" } })],
  ["harbor", () => import("./harbor.lua", { with: { type: "text" } })],
  ["healthcheck", () => import("./healthcheck.lua", { with: { type: "text" } })],
  ["hydra", () => import("./hydra.lua", { with: { type: "text" } })],
  ["internal/client", () => import("./internal/client.lua", { with: { type: "text" } })],
  ["internal/google", () => import("./internal/google.lua", { with: { type: "text" } })],
  ["internal/kube", () => import("./internal/kube.lua", { with: { type: "text" } })],
  ["internal/kube_access", () => import("./internal/kube_access.lua", { with: { type: "text" } })],
  ["internal/kube_kinds", () => import("./internal/kube_kinds.lua", { with: { type: "text" } })],
  ["internal/kube_socket", () => import("./internal/kube_socket.lua", { with: { type: "text" } })],
  ["internal/kubeconfig", () => import("./internal/kubeconfig.lua", { with: { type: "text" } })],
  ["internal/loki_tail", () => import("./internal/loki_tail.lua", { with: { type: "text" } })],
  ["internal/ory", () => import("./internal/ory.lua", { with: { type: "text" } })],
  ["internal/pages", () => import("./internal/pages.lua", { with: { type: "text" } })],
  ["internal/sigv4", () => import("./internal/sigv4.lua", { with: { type: "text" } })],
  ["k8s", () => import("./k8s.lua", { with: { type: "text" } })],
  ["kargo", () => import("./kargo.lua", { with: { type: "text" } })],
  ["keto", () => import("./keto.lua", { with: { type: "text" } })],
  ["kratos", () => import("./kratos.lua", { with: { type: "text" } })],
  ["loki", () => import("./loki.lua", { with: { type: "text" } })],
  ["oauth2", () => import("./oauth2.lua", { with: { type: "text" } })],
  ["openbao", () => import("./openbao.lua", { with: { type: "text" } })],
  ["openclaw", () => import("./openclaw.lua", { with: { type: "text" } })],
  ["ory", () => import("./ory.lua", { with: { type: "text" } })],
  ["ory/hydra", () => import("./ory/hydra.lua", { with: { type: "text" } })],
  ["ory/keto", () => import("./ory/keto.lua", { with: { type: "text" } })],
  ["ory/kratos", () => import("./ory/kratos.lua", { with: { type: "text" } })],
  ["ory/rbac", () => import("./ory/rbac.lua", { with: { type: "text" } })],
  ["postgres", () => import("./postgres.lua", { with: { type: "text" } })],
  ["prometheus", () => import("./prometheus.lua", { with: { type: "text" } })],
  ["s3", () => import("./s3.lua", { with: { type: "text" } })],
  ["temporal", () => import("./temporal.lua", { with: { type: "text" } })],
  ["traefik", () => import("./traefik.lua", { with: { type: "text" } })],
  ["unleash", () => import("./unleash.lua", { with: { type: "text" } })],
  ["vault", () => import("./vault.lua", { with: { type: "text" } })],
  ["velero", () => import("./velero.lua", { with: { type: "text" } })],
  ["zitadel", () => import("./zitadel.lua", { with: { type: "text" } })],
]);

/** Every module with its source. */
export async function allModules(): Promise<ReadonlyMap<string, string>> {
  const loaded = [...MODULES].map(async ([name, load]) => [name, (await load()).default] as const);
  return new Map(await Promise.all(loaded));
}
