/** `assay check --schema`. */
import { checksSchema } from "../checks/config/json_schema.ts";
import { writeText } from "../runtime/output.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";

/** Prints the JSON Schema of files of checks. @returns the exit status */
export function showSchema(): number {
  restrictTo(NOTHING);
  writeText(`${JSON.stringify(checksSchema(), null, 2)}\n`);
  return 0;
}
