/** `assay-llms-v0.11.md`: modules for what runs in Kubernetes. */
import type { Services } from "../support/internet.ts";
import type { ScriptExample } from "./example.ts";

const API = "k8s-api:6443";
const token = { K8S_TOKEN: "t0ken" };
const object = (name: string, type: string, status = "True") => ({
  metadata: { name, namespace: "default" },
  spec: {},
  status: { conditions: [{ type, status }] },
});
const secret = (data: Record<string, string>) => ({
  kind: "Secret",
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
});

/** Where a pod finds the API, which gives it this token of Vault's. */
export const CLUSTER = {
  KUBERNETES_SERVICE_HOST: "kubernetes.default.svc",
  KUBERNETES_SERVICE_PORT: "443",
};

export const KUBERNETES: readonly ScriptExample[] = [
  {
    name: "argocd.lua",
    section: "assay.argocd",
    env: { ARGOCD_TOKEN: "t0ken" },
    services: {
      "POST argocd.example.com/api/v1/applications/my-app/sync": { metadata: { name: "my-app" } },
      "GET argocd.example.com/api/v1/applications/my-app": {
        metadata: { name: "my-app" },
        status: { health: { status: "Healthy" }, sync: { status: "Synced" } },
      },
    },
  },
  {
    name: "certmanager.lua",
    section: "assay.certmanager",
    env: token,
    services: {
      [`GET ${API}/apis/cert-manager.io/v1/namespaces/default/certificates/my-tls-cert`]: object(
        "my-tls-cert",
        "Ready",
      ),
      [`GET ${API}/apis/cert-manager.io/v1/namespaces/default/certificates`]: {
        items: [object("my-tls-cert", "Ready")],
      },
    },
  },
  {
    name: "crossplane.lua",
    section: "assay.crossplane",
    env: token,
    services: {
      [`GET ${API}/apis/pkg.crossplane.io/v1/providers`]: { items: [object("aws", "Healthy")] },
    },
  },
  {
    name: "eso.lua",
    section: "assay.eso",
    env: token,
    services: {
      [`GET ${API}/apis/external-secrets.io/v1beta1/namespaces/default/externalsecrets/my-external-secret`]:
        object("my-external-secret", "Ready"),
      [`GET ${API}/apis/external-secrets.io/v1beta1/namespaces/default/externalsecrets`]: {
        items: [object("my-external-secret", "Ready")],
      },
    },
  },
  {
    name: "flux.lua",
    section: "assay.flux",
    env: token,
    services: {
      [`GET ${API}/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations`]: {
        items: [object("apps", "Ready")],
      },
    },
  },
  {
    name: "k8s.lua",
    section: "assay.k8s",
    env: CLUSTER,
    services: {
      "GET kubernetes.default.svc/apis/apps/v1/namespaces/default/deployments/my-app": {
        metadata: { name: "my-app" },
        spec: { replicas: 2 },
        status: { replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      },
      "GET kubernetes.default.svc/api/v1/namespaces/default/secrets/my-secret": secret({
        password: "s3cr3t",
      }),
    },
    output: /DB password: s3cr3t/,
  },
  {
    name: "kargo.lua",
    section: "assay.kargo",
    env: { KARGO_TOKEN: "t0ken" },
    services: {
      "POST kargo.example.com/apis/kargo.akuity.io/v1alpha1/namespaces/my-project/promotions": {
        metadata: { name: "staging-1" },
      },
      "GET kargo.example.com/apis/kargo.akuity.io/v1alpha1/namespaces/my-project/stages/staging": {
        metadata: { name: "staging" },
        status: { health: { status: "Healthy" }, conditions: [{ type: "Healthy", status: "True" }] },
      },
    },
  },
  {
    name: "velero.lua",
    section: "assay.velero",
    env: token,
    services: {
      [`GET ${API}/apis/velero.io/v1/namespaces/velero/backups`]: {
        items: ["2026-11-18", "2026-11-19"].map((day) => ({
          metadata: {
            name: `daily-backup-${day}`,
            labels: { "velero.io/schedule-name": "daily-backup" },
            creationTimestamp: `${day}T00:00:00Z`,
          },
          status: { phase: "Completed" },
        })),
      },
      [`GET ${API}/apis/velero.io/v1/namespaces/velero/backups/daily-backup-2026-11-19`]: {
        metadata: { name: "daily-backup-2026-11-19" },
        status: { phase: "Completed" },
      },
    },
  },
  {
    name: "vault.lua",
    section: "assay.vault",
    env: CLUSTER,
    services: {
      ...vaultSignIn(),
      "POST vault:8200/v1/secrets/data/myapp/db": { data: { version: 1 } },
      "GET vault:8200/v1/secrets/data/myapp/db": { data: { data: { username: "admin" }, metadata: {} } },
    },
  },
];

/** What `vault.authenticated_client` asks for. */
export function vaultSignIn(): Services {
  return {
    "GET vault:8200/v1/sys/health": { initialized: true, sealed: false },
    "GET kubernetes.default.svc/api/v1/namespaces/secrets/secrets/openbao-root-token": secret({
      "root-token": "hvs.t0ken",
    }),
  };
}
