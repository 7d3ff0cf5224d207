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
  // A bundle is two folders below what configures it
  const config = decodeURIComponent(
    new URL(main.endsWith(".ts") ? "deno.json" : "../../deno.json", main).pathname,
  );
  return { program, args: ["run", "-A", "--no-prompt", "--quiet", `--config=${config}`, main, ...args] };
}
