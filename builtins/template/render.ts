/** Renders templates for scripts. */
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { diagnose } from "./diagnose.ts";
import { EngineError, markedName, type Settings, TemplateEngine } from "./engine.ts";
import { FILTERS } from "./filters.ts";
import { readTemplate, TemplateFolder } from "./folder.ts";
import { TemplateSet } from "./template_set.ts";
import { toVariables } from "./values.ts";

/** One for all VMs. */
const engine = new TemplateEngine(FILTERS);

/** What a script asks for. */
export interface Request {
  /** What errors begin with. */
  readonly functionName: string;
  readonly variables: LuaTable | undefined;
  readonly settings: Settings;
}

/** Renders a file; what it refers to is looked for in its folder. */
export async function renderFile(path: string, request: Request): Promise<string> {
  const slash = path.lastIndexOf("/");
  const folder = new TemplateFolder(slash < 0 ? "." : path.slice(0, slash) || "/");
  let source: string;
  try {
    source = await readTemplate(path);
  } catch (cause) {
    throw new ScriptError(
      `${request.functionName}: failed to read "${path}": ${describeSystemError(cause)}`,
      { cause },
    );
  }
  return await render(path.slice(slash + 1), source, folder, request);
}

/** Renders a text; what it refers to is looked for in a folder. */
export async function renderText(source: string, folder: string, request: Request): Promise<string> {
  return await render("<string>", source, new TemplateFolder(folder), request);
}

/** Renders a template of a folder by its name there. */
export async function renderNamed(folder: string, name: string, request: Request): Promise<string> {
  const templates = new TemplateFolder(folder);
  const found = await templates.find(name);
  if (found.kind === "source") return await render(name, found.source, templates, request);
  const reason = found.kind === "refused"
    ? found.reason
    : `template not found: there is no "${name}" in "${folder}"`;
  throw new ScriptError(`${request.functionName}: ${reason}`);
}

async function render(
  name: string,
  source: string,
  folder: TemplateFolder,
  request: Request,
): Promise<string> {
  const { functionName, settings } = request;
  const variables = toVariables(request.variables, functionName);
  const templates = new TemplateSet(folder, settings);
  await templates.add(name, source);
  const rendering = {
    main: markedName(name, settings),
    templates: templates.rewritten,
    variables,
    settings,
    resolve: (other: string) => templates.resolve(other),
  };
  for (;;) {
    let result: string | EngineError;
    try {
      result = engine.render(rendering);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      result = error;
    }
    // Names that are computed are known only now
    if (await templates.loadWanted()) continue;
    if (typeof result === "string") return result;
    const cause = diagnose(engine, rendering, templates, result);
    throw new ScriptError(`${functionName}: ${cause.message}`, { cause });
  }
}
