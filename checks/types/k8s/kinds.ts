/** The kinds of Kubernetes itself: where their objects are. */

/** Where objects of a kind are. */
export interface Place {
  readonly apiVersion: string;
  /** The name of the kind in URLs. */
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const NAMESPACED: Readonly<Record<string, string>> = {
  "v1": "ConfigMap Endpoints PersistentVolumeClaim Pod ReplicationController Secret Service ServiceAccount",
  "apps/v1": "DaemonSet Deployment ReplicaSet StatefulSet",
  "batch/v1": "CronJob Job",
  "autoscaling/v2": "HorizontalPodAutoscaler",
  "networking.k8s.io/v1": "Ingress NetworkPolicy",
  "policy/v1": "PodDisruptionBudget",
  "rbac.authorization.k8s.io/v1": "Role RoleBinding",
};
const OF_CLUSTER: Readonly<Record<string, string>> = {
  "v1": "Namespace Node PersistentVolume",
  "apiextensions.k8s.io/v1": "CustomResourceDefinition",
  "apiregistration.k8s.io/v1": "APIService",
  "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
  "storage.k8s.io/v1": "StorageClass",
};

const PLACES: ReadonlyMap<string, Place> = new Map([
  ...placesOf(NAMESPACED, true),
  ...placesOf(OF_CLUSTER, false),
]);

function placesOf(groups: Readonly<Record<string, string>>, isNamespaced: boolean): [string, Place][] {
  return Object.entries(groups).flatMap(([apiVersion, kinds]) =>
    kinds.split(" ").map((kind): [string, Place] => [
      kind.toLowerCase(),
      { apiVersion, plural: pluralOf(kind.toLowerCase()), isNamespaced },
    ])
  );
}

function pluralOf(kind: string): string {
  if (kind === "endpoints") return kind;
  if (kind.endsWith("y")) return `${kind.slice(0, -1)}ies`;
  return kind.endsWith("s") ? `${kind}es` : `${kind}s`;
}

/** Where objects of a kind are; undefined for a kind that a cluster has beyond those of Kubernetes. */
export function placeOf(kind: string): Place | undefined {
  return PLACES.get(kind.toLowerCase());
}

/** The path below which the objects of an API version are. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
