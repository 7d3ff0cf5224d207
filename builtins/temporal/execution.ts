/** What Temporal tells of a workflow execution, as a Lua table. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import { floatFromNumber, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";

/** `WorkflowExecutionStatus` by number; the names of the documents. */
const STATUSES = [
  "UNKNOWN",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
  "TERMINATED",
  "CONTINUED_AS_NEW",
  "TIMED_OUT",
];

/** A 64-bit number of the protocol's library. */
interface Long {
  toNumber(): number;
}

interface Timestamp {
  readonly seconds?: Long | null;
  readonly nanos?: number | null;
}

/** The parts of `WorkflowExecutionInfo` that scripts see. */
export interface ExecutionInfo {
  readonly execution?: { readonly workflowId?: string | null; readonly runId?: string | null } | null;
  readonly type?: { readonly name?: string | null } | null;
  readonly status?: number | null;
  readonly historyLength?: Long | null;
  readonly startTime?: Timestamp | null;
  readonly closeTime?: Timestamp | null;
  readonly taskQueue?: string | null;
}

export function statusName(status: number | null | undefined): string {
  return STATUSES[status ?? 0] ?? "UNKNOWN";
}

/** Seconds since 1970, a float; nil where there is no time. */
function toSeconds(time: Timestamp | null | undefined): LuaValue {
  if (!time) return undefined;
  return floatFromNumber((time.seconds?.toNumber() ?? 0) + (time.nanos ?? 0) / 1e9);
}

export function toTable(host: Host, info: ExecutionInfo | null | undefined): LuaTable {
  return host.vm.newRecord({
    workflow_id: fromText(info?.execution?.workflowId ?? ""),
    run_id: fromText(info?.execution?.runId ?? ""),
    workflow_type: fromText(info?.type?.name ?? ""),
    status: statusName(info?.status),
    history_length: info?.historyLength?.toNumber() ?? 0,
    start_time: toSeconds(info?.startTime),
    close_time: toSeconds(info?.closeTime),
    task_queue: info?.taskQueue ? fromText(info.taskQueue) : undefined,
  });
}
