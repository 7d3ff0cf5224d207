/**
 * `docker run` for tests: notes its arguments in the file that is named first, and runs assay with the variables that
 * a container would see.
 */
import { assayCommand } from "./assay.ts";

const FLAGS = new Set(["--rm", "--read-only"]);

const [notes = "", verb, ...args] = Deno.args;
if (verb !== "run") throw new Error(`unexpected 'docker ${verb}'`);
Deno.writeTextFileSync(notes, JSON.stringify(args));

const env: Record<string, string> = {};
let cwd = ".";
let i = 0;
for (; args[i]?.startsWith("--"); i++) {
  const option = args[i] ?? "";
  if (FLAGS.has(option)) continue;
  const value = args[++i] ?? "";
  if (option === "--workdir") cwd = value;
  if (option === "--env") env[value] = Deno.env.get(value) ?? "";
}
const child = assayCommand(args.slice(i + 1), {
  cwd,
  clearEnv: true,
  env: { ...env, HOME: Deno.env.get("HOME") ?? "", DENO_DIR: Deno.env.get("DENO_DIR") ?? "" },
  stdout: "inherit",
  stderr: "inherit",
}).spawn();
Deno.exit((await child.status).code);
