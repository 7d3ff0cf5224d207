import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { writeText } from "../runtime/output.ts";
import { VERSION } from "../runtime/seam/version.ts";

/** Prints the version. @returns the exit status */
export function showVersion(): number {
  restrictTo(NOTHING);
  writeText(`assay ${VERSION}\n`);
  return 0;
}
