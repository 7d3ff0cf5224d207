import type { Environment } from "../runtime/seam/host.ts";

/**
 * A variable that a builtin looks at of its own accord, such as `TMPDIR`: one that the script may not see is as good as
 * one that is not set.
 */
export function visibleVariable(environment: Environment, name: string): string | undefined {
  try {
    return environment.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
