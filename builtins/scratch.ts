import type { Host } from "../runtime/seam/host.ts";
import { visibleVariable } from "./visible_variable.ts";

/** The folder for temporary files: `TMPDIR`, else `/tmp`. */
export function scratchFolder(host: Host): string {
  return visibleVariable(host.environment, "TMPDIR") || "/tmp";
}
