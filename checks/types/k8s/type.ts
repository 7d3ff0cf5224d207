/** `type: k8s`: looks at an object of a Kubernetes cluster, and whether it is ready. */
import { expression } from "../../schema/expression.ts";
import { duration, flag, integer, text, textMap } from "../../schema/scalars.ts";
import { list, optional, required } from "../../schema/schema.ts";
import { hostOf, httpUrl } from "../../schema/url.ts";
import type { Grants } from "../../../runtime/permissions.ts";
import { defineCheckType, type Part, type SettingsOf } from "../type.ts";
import { nodeParts } from "../http/exchange_kind.ts";
import { LISTS_ROOTS } from "../http/connection.ts";
import { type Cluster, findCluster } from "./cluster.ts";

const keys = {
  kind: required(text(), "The kind, such as Deployment"),
  object: optional(text(), "The name of the object; or else 'selector'"),
  selector: optional(text(), "Labels of objects that must all be so, such as app=web"),
  namespace: optional(text(), "The namespace. Default: that of the context or of the pod, or else default"),
  api_version: optional(text(), "Such as argoproj.io/v1alpha1; kinds of Kubernetes itself need none"),
  kubeconfig: optional(
    text(),
    "The kubeconfig file. Default: KUBECONFIG, the pod's own account, ~/.kube/config",
  ),
  context: optional(text(), "The context in the kubeconfig. Default: its current one"),
  server: optional(httpUrl(), "The URL of the API, such as that of kubectl proxy, in place of the above"),
  within: optional(duration(), "How long to look again until it is so. Default: once"),
};

const expect = {
  ready: optional(flag(), "Whether it must be ready, as its kind understands it. Default: true"),
  exists: optional(flag(), "Whether it must exist at all. Default: true"),
  conditions: optional(textMap(), 'Conditions of its status, such as {Available: "True"}'),
  count: optional(integer(0), "How many objects 'selector' must find. Default: one or more"),
  json: optional(list(expression()), 'Expressions about the object, such as .status.phase == "Bound"'),
};

/** What the probe gets. */
export type K8sSettings = SettingsOf<typeof keys, typeof expect, { readonly cluster: Cluster }>;

type Given = Parameters<typeof findCluster>[0];

function needs(settings: Given): Partial<Grants> {
  const cluster = findCluster(settings);
  if ("problem" in cluster) return {};
  return {
    net: [hostOf(cluster.server)],
    ...(cluster.insecure ? LISTS_ROOTS : {}),
    // Tokens of pods are renewed: the file is read for each attempt
    ...(cluster.tokenFile === undefined ? {} : { read: [cluster.tokenFile] }),
  };
}

function secrets(settings: Given): string[] {
  const cluster = findCluster(settings);
  if ("problem" in cluster) return [];
  const { token, basic, key } = cluster;
  return [token, basic?.password, key].filter((secret) => secret !== undefined);
}

function parts(settings: Given & { expect?: { json?: readonly string[] } }): Part[] {
  const cluster = findCluster(settings);
  return [
    ...("problem" in cluster ? [] : nodeParts(cluster.insecure ?? false, cluster.server)),
    ...(settings.expect?.json?.some((text) => text.includes("matches")) ? ["regex"] satisfies Part[] : []),
  ];
}

/** The check type `k8s`. */
export const k8s = defineCheckType({
  name: "k8s",
  doc: "Looks at an object of a Kubernetes cluster, and whether it is ready",
  keys,
  expect,
  needs,
  secrets,
  parts,
  load: (settings) => ({ cluster: findCluster(settings) }),
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
