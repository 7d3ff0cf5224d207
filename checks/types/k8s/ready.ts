/** Whether an object of a cluster is ready, as its kind understands it. */

type Json = Readonly<Record<string, unknown>>;

/** Why an object is not ready; undefined when it is. */
export function whyNotReady(kind: string, object: unknown): string | undefined {
  const root = record(object);
  const [spec, status] = [record(root["spec"]), record(root["status"])];
  const generation = number(record(root["metadata"])["generation"]);
  const observed = number(status["observedGeneration"]);
  if (observed !== undefined && generation !== undefined && observed < generation) {
    return "its controller has not seen the newest version of it yet";
  }
  switch (kind.toLowerCase()) {
    case "deployment":
      return replicas(number(spec["replicas"]) ?? 1, status, ["updatedReplicas", "availableReplicas"]);
    case "replicaset":
    case "replicationcontroller":
      return replicas(number(spec["replicas"]) ?? 1, status, ["availableReplicas"]);
    case "statefulset":
      return replicas(number(spec["replicas"]) ?? 1, status, ["updatedReplicas", "readyReplicas"]);
    case "daemonset":
      return replicas(number(status["desiredNumberScheduled"]) ?? 0, status, [
        "updatedNumberScheduled",
        "numberAvailable",
      ]);
    case "pod":
      return status["phase"] === "Succeeded" ? undefined : condition(status, "Ready") ?? undefined;
    case "job":
      return condition(status, "Complete");
    case "persistentvolumeclaim":
    case "persistentvolume":
      return phase(status, ["Bound", "Available"]);
    case "namespace":
      return phase(status, ["Active"]);
    case "customresourcedefinition":
      return condition(status, "Established");
    case "apiservice":
      return condition(status, "Available");
    default:
      return ofConditions(status);
  }
}

/** What most controllers say: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md */
function ofConditions(status: Json): string | undefined {
  const known = conditions(status).map(({ type }) => type);
  const telling = ["Ready", "Available", "Healthy"].find((type) => known.includes(type));
  return telling === undefined ? undefined : condition(status, telling);
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly text: string;
}

/** The conditions of a status. */
export function conditions(status: unknown): Condition[] {
  const list = record(status)["conditions"];
  if (!Array.isArray(list)) return [];
  return list.map(record).map((item) => ({
    type: String(item["type"]),
    status: String(item["status"]),
    text: [item["reason"], item["message"]].filter((part) => typeof part === "string" && part !== "").join(
      ": ",
    ),
  }));
}

function condition(status: Json, type: string): string | undefined {
  const found = conditions(status).find((one) => one.type === type);
  if (found === undefined) {
    const current = typeof status["phase"] === "string" ? ` (phase ${status["phase"]})` : "";
    return `it has no condition ${type} yet${current}`;
  }
  if (found.status === "True") return undefined;
  return `condition ${type} is ${found.status}${found.text === "" ? "" : ` (${found.text.slice(0, 200)})`}`;
}

function replicas(wanted: number, status: Json, counts: readonly string[]): string | undefined {
  for (const name of counts) {
    const count = number(status[name]) ?? 0;
    if (count < wanted) return `${name} is ${count} of ${wanted}`;
  }
  return undefined;
}

function phase(status: Json, good: readonly string[]): string | undefined {
  const current = String(status["phase"] ?? "unknown");
  return good.includes(current) ? undefined : `its phase is ${current}`;
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? value as Json : {};
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
