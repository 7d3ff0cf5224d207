/** `assay check --dry-run`: what would be run. */
import { describePlan, renderPlan } from "../checks/reports/plan.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { writeText } from "../runtime/output.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { type CheckCommand, UsageError } from "./arguments.ts";
import { loadPlan } from "./check_session.ts";

/** Prints the plan of a run: for people, or as JSON with `--report json`. @returns the exit status */
export function showPlan(line: CheckCommand): number {
  const [report, other] = line.reports ?? [{ name: "pretty" }];
  if (
    other !== undefined || report?.file !== undefined ||
    !(report?.name === "json" || report?.name === "pretty")
  ) {
    throw new UsageError("--dry-run prints what would be run: of reports only json and pretty go with it");
  }
  const secrets = new Secrets();
  const plan = loadPlan(line, secrets);
  restrictTo(NOTHING);
  if (report.name === "pretty") writeText(renderPlan(plan, secrets));
  else writeText(`${JSON.stringify({ checks: describePlan(plan, secrets) }, null, 2)}\n`);
  return 0;
}
