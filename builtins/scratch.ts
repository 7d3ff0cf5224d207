import type { Host } from "../runtime/seam/host.ts";

/** The folder for temporary files: `TMPDIR`, else `/tmp`. */
export function scratchFolder(host: Host): string {
  return host.environment.get("TMPDIR") || "/tmp";
}
