/** A program that gives up what checks do not need and then tries to use it: prints a line a try. */
import { MODES, restrictTo } from "../../runtime/permissions.ts";

restrictTo(MODES.checks.grants);

const TRIES: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.readTextFileSync("/etc/hostname"),
  write: () => Deno.writeTextFileSync("/tmp/assay-restricted", "x"),
  run: () => new Deno.Command("true").outputSync(),
  env: () => Deno.env.get("HOME"),
  sys: () => Deno.hostname(),
  ffi: () => Deno.dlopen("libc.so.6", {}),
};

for (const [name, attempt] of Object.entries(TRIES)) {
  try {
    attempt();
    console.log(`${name}: allowed`);
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.name : error}`);
  }
}
