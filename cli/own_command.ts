/** How assay starts itself again. */

/** A program and its arguments. */
export interface OwnCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** What runs this program with these arguments: needs all permissions to find out. */
export function ownCommand(args: readonly string[]): OwnCommand {
  const program = Deno.execPath();
  if (Deno.build.standalone) return { program, args };
  const main = Deno.mainModule;
  const options = main.endsWith(".ts") ? [`--config=${beside("deno.json")}`] : [
    // As bin/assay starts a bundle
    "--no-config",
    `--lock=${beside("deno.lock")}`,
    "--unstable-raw-imports",
    "--unstable-worker-options",
  ];
  return { program, args: ["run", "-A", "--no-prompt", "--quiet", ...options, main, ...args] };
}

/** The script that starts a bundle. */
export function ownLauncher(): string {
  return beside("../../bin/assay");
}

/** The path of a file, from the folder of the first module. */
function beside(path: string): string {
  return decodeURIComponent(new URL(path, Deno.mainModule).pathname);
}
