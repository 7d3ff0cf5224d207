/**
 * The embedded modules. Each is a text import, so that a compiled executable carries it; a test fails when a
 * file of this folder is not in the map.
 */
import alertmanager from "./alertmanager.lua" with { type: "text" };
import argocd from "./argocd.lua" with { type: "text" };
import certmanager from "./certmanager.lua" with { type: "text" };
import crossplane from "./crossplane.lua" with { type: "text" };
import dex from "./dex.lua" with { type: "text" };
import emailTriage from "./email_triage.lua" with { type: "text" };
import eso from "./eso.lua" with { type: "text" };
import flux from "./flux.lua" with { type: "text" };
import gcal from "./gcal.lua" with { type: "text" };
import github from "./github.lua" with { type: "text" };
import gitlab from "./gitlab.lua" with { type: "text" };
import gmail from "./gmail.lua" with { type: "text" };
import grafana from "./grafana.lua" with { type: "text" };
import harbor from "./harbor.lua" with { type: "text" };
import healthcheck from "./healthcheck.lua" with { type: "text" };
import hydra from "./hydra.lua" with { type: "text" };
import internalClient from "./internal/client.lua" with { type: "text" };
import internalGoogle from "./internal/google.lua" with { type: "text" };
import internalKube from "./internal/kube.lua" with { type: "text" };
import internalKubeAccess from "./internal/kube_access.lua" with { type: "text" };
import internalKubeKinds from "./internal/kube_kinds.lua" with { type: "text" };
import internalKubeSocket from "./internal/kube_socket.lua" with { type: "text" };
import internalKubeconfig from "./internal/kubeconfig.lua" with { type: "text" };
import internalLokiTail from "./internal/loki_tail.lua" with { type: "text" };
import internalOry from "./internal/ory.lua" with { type: "text" };
import internalPages from "./internal/pages.lua" with { type: "text" };
import internalSigv4 from "./internal/sigv4.lua" with { type: "text" };
import k8s from "./k8s.lua" with { type: "text" };
import kargo from "./kargo.lua" with { type: "text" };
import keto from "./keto.lua" with { type: "text" };
import kratos from "./kratos.lua" with { type: "text" };
import loki from "./loki.lua" with { type: "text" };
import oauth2 from "./oauth2.lua" with { type: "text" };
import openbao from "./openbao.lua" with { type: "text" };
import openclaw from "./openclaw.lua" with { type: "text" };
import ory from "./ory.lua" with { type: "text" };
import oryHydra from "./ory/hydra.lua" with { type: "text" };
import oryKeto from "./ory/keto.lua" with { type: "text" };
import oryKratos from "./ory/kratos.lua" with { type: "text" };
import oryRbac from "./ory/rbac.lua" with { type: "text" };
import postgres from "./postgres.lua" with { type: "text" };
import prometheus from "./prometheus.lua" with { type: "text" };
import s3 from "./s3.lua" with { type: "text" };
import temporal from "./temporal.lua" with { type: "text" };
import traefik from "./traefik.lua" with { type: "text" };
import unleash from "./unleash.lua" with { type: "text" };
import vault from "./vault.lua" with { type: "text" };
import velero from "./velero.lua" with { type: "text" };
import zitadel from "./zitadel.lua" with { type: "text" };

/** Name below `assay.`, dots as slashes → Lua source (text). */
export const MODULES: ReadonlyMap<string, string> = new Map([
  ["alertmanager", alertmanager],
  ["argocd", argocd],
  ["certmanager", certmanager],
  ["crossplane", crossplane],
  ["dex", dex],
  ["email_triage", emailTriage],
  ["eso", eso],
  ["flux", flux],
  ["gcal", gcal],
  ["github", github],
  ["gitlab", gitlab],
  ["gmail", gmail],
  ["grafana", grafana],
  ["harbor", harbor],
  ["healthcheck", healthcheck],
  ["hydra", hydra],
  ["internal/client", internalClient],
  ["internal/google", internalGoogle],
  ["internal/kube", internalKube],
  ["internal/kube_access", internalKubeAccess],
  ["internal/kube_kinds", internalKubeKinds],
  ["internal/kube_socket", internalKubeSocket],
  ["internal/kubeconfig", internalKubeconfig],
  ["internal/loki_tail", internalLokiTail],
  ["internal/ory", internalOry],
  ["internal/pages", internalPages],
  ["internal/sigv4", internalSigv4],
  ["k8s", k8s],
  ["kargo", kargo],
  ["keto", keto],
  ["kratos", kratos],
  ["loki", loki],
  ["oauth2", oauth2],
  ["openbao", openbao],
  ["openclaw", openclaw],
  ["ory", ory],
  ["ory/hydra", oryHydra],
  ["ory/keto", oryKeto],
  ["ory/kratos", oryKratos],
  ["ory/rbac", oryRbac],
  ["postgres", postgres],
  ["prometheus", prometheus],
  ["s3", s3],
  ["temporal", temporal],
  ["traefik", traefik],
  ["unleash", unleash],
  ["vault", vault],
  ["velero", velero],
  ["zitadel", zitadel],
]);
