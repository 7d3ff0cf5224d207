/** Which builtins a script check sees. */
import type { GlobalEntry } from "../../../builtins/registry.ts";
import { type Grants, isGranted } from "../../../runtime/permissions.ts";

/** Those that need no more than the network; others only where a permission that they make sense of is asked for. */
export function isVisible({ checks }: GlobalEntry, allowed: Grants): boolean {
  if (typeof checks === "boolean") return checks;
  return checks.some((permission) => permission !== "none" && isGranted(allowed, permission));
}
