/** All that a run needs before permissions are given up. */
import type { Check } from "../config/check.ts";
import { Conditions } from "./conditions.ts";
import type { Part } from "../types/type.ts";
import type { Diagnostics, Executor } from "./executor.ts";
import type { PlannedCheck, RunPlan } from "./plan.ts";
import { Reaper } from "./process_groups.ts";
import { WorkerExecutor } from "./worker_executor.ts";

/** What makes attempts, what was loaded for checks, and what decides their conditions. */
export interface Prepared {
  readonly conditions: Conditions;
  /** What the `load` of its type gave, by check. */
  readonly loaded: ReadonlyMap<Check, object>;
  executorOf(check: PlannedCheck): Executor;
  close(): void;
}

/**
 * Reads what checks need and starts their workers, one for each set of permissions.
 *
 * @param start Makes an executor for checks like this one. @default a confined worker
 */
export async function prepareRun(
  plan: RunPlan,
  diagnostics: Diagnostics,
  start?: (check: PlannedCheck) => Executor,
): Promise<Prepared> {
  const startsPrograms = start === undefined && plan.checks.some(({ check }) => check.type.name === "exec");
  const reaper = startsPrograms ? new Reaper() : undefined;
  const startExecutor = start ?? (({ grants }) => new WorkerExecutor(grants, diagnostics, reaper));
  const executors = new Map<
    string,
    { readonly executor: Executor; readonly types: Map<string, Set<Part>> }
  >();
  for (const planned of plan.checks) {
    let entry = executors.get(planned.executor);
    if (entry === undefined) {
      entry = { executor: startExecutor(planned), types: new Map() };
      executors.set(planned.executor, entry);
    }
    const { type, settings } = planned.check;
    let parts = entry.types.get(type.name);
    if (parts === undefined) entry.types.set(type.name, parts = new Set());
    for (const part of type.parts?.(settings) ?? []) parts.add(part);
  }
  const ready = [...executors.values()].map(({ executor, types }) => executor.prepare(types));
  const loaded = new Map<Check, object>();
  for (const { check } of plan.checks) {
    const data = await check.type.load?.(check.settings);
    if (data !== undefined) loaded.set(check, data);
  }
  const [conditions] = await Promise.all([Conditions.for(plan), ...ready]);
  return {
    conditions,
    loaded,
    executorOf(planned) {
      const entry = executors.get(planned.executor);
      if (entry === undefined) throw new Error("The check is not part of the plan");
      return entry.executor;
    },
    close() {
      for (const { executor } of executors.values()) executor.close();
      reaper?.close();
    },
  };
}
