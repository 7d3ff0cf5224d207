/** `assay FILE.lua`, `assay run`, `assay exec`: one script in a VM with everything allowed. */
import type { ExecCommand, RunCommand } from "./arguments.ts";
import type { KeptCode } from "./code_store.ts";
import { Failure } from "./failure.ts";
import { processLog } from "./log.ts";
import { moduleFolders } from "./module_folders.ts";
import { loadEngine } from "../runtime/engines.ts";
import { ProcessEnvironment } from "../runtime/environment.ts";
import type { ModuleFiles } from "../runtime/loader.ts";
import { StandardOutput } from "../runtime/output.ts";
import type { Engine } from "../runtime/seam/engine.ts";
import type { Grants } from "../runtime/permissions.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { fromText } from "../runtime/seam/text.ts";
import type { Session } from "../runtime/session.ts";
import { sourceText } from "../runtime/source.ts";
import { INLINE_NAME, logStart, runScript, type ScriptTask } from "./script.ts";

/** Shorter scripts are compiled sooner than their code is found. Bytes. */
const LEAST_SIZE = 4096;

/** Runs a script file. @returns the exit status */
export async function runFile(line: RunCommand): Promise<number> {
  const { file } = line;
  if (!line.anyExtension && !file.endsWith(".lua")) {
    const extension = /\.([^./]+)$/.exec(file)?.[1] ?? "";
    throw new Failure(`unsupported file extension "${extension}" (expected .yaml, .yml, or .lua)`);
  }
  return await run(readScript(file), file, line);
}

/** Runs code of the command line. @returns the exit status */
export async function runInline(line: ExecCommand): Promise<number> {
  return await run(fromText(line.code), INLINE_NAME, line);
}

function readScript(file: string): string {
  try {
    return sourceText(Deno.readFileSync(file));
  } catch (error) {
    throw new Failure(`reading ${file}: ${describeSystemError(error)}`, 1, { cause: error });
  }
}

async function run(source: string, name: string, line: RunCommand | ExecCommand): Promise<number> {
  const { args, verbose, timeout, dumpJs, permissions = [] } = line;
  const grants = await grantsFor(source, permissions);
  const task: ScriptTask = {
    source,
    name,
    args,
    verbose,
    files: moduleFiles(),
    ...(timeout === undefined ? {} : { timeout }),
    ...(dumpJs === undefined ? {} : { dumpJs }),
  };
  if (grants !== undefined) return await (await import("./confined_script.ts")).runConfined(task, grants);
  const output = new StandardOutput();
  const log = processLog(verbose, output);
  logStart(log, name);
  const engine = await loadEngine();
  const environment = new ProcessEnvironment();
  const code = await keptCode(task, engine);
  const exit = (status: number): never => {
    code?.save();
    return Deno.exit(status);
  };
  const status = await runScript(
    { ...task, ...(code?.file === undefined ? {} : { code: code.file }) },
    { engine, log, output, environment, exit, watchForHalt },
  );
  code?.save();
  return status;
}

/** The code of scripts that are long enough to be worth it; nothing where the code is to be shown as it is generated. */
async function keptCode({ source, name, dumpJs }: ScriptTask, engine: Engine): Promise<KeptCode | undefined> {
  if (source.length < LEAST_SIZE || name === INLINE_NAME || dumpJs) return undefined;
  return await (await import("./code_store.ts")).findCode(source, name, engine);
}

/** The event loop has nothing left: see main.ts. */
function watchForHalt(_session: Session, report: () => void): () => void {
  globalThis.addEventListener("beforeunload", report);
  return () => globalThis.removeEventListener("beforeunload", report);
}

/** What a script is confined to; nothing where it may do everything. Most scripts say nothing of it. */
async function grantsFor(source: string, permissions: readonly string[]): Promise<Grants | undefined> {
  if (permissions.length === 0 && !source.includes("assay:")) return undefined;
  const { effectiveGrants } = await import("./permission_options.ts");
  return effectiveGrants(source, permissions);
}

/** Where `require` looks on disk: see README, "Modules". */
function moduleFiles(): ModuleFiles {
  const { project, user } = moduleFolders();
  const path = Deno.env.get("LUA_PATH_5_5") ?? Deno.env.get("LUA_PATH") ?? "";
  const standard = "./?.lua;./?/init.lua";
  return {
    path: path === "" ? standard : path.replace(/;;/, `;${standard};`).replace(/^;|;$/g, ""),
    folders: user === undefined ? [project] : [project, user],
  };
}
