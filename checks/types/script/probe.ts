/** Tries a check of type `script`. */
import { FixedEnvironment } from "../../../runtime/environment.ts";
import { NOTHING } from "../../../runtime/permissions.ts";
import { preload } from "../../../runtime/preload.ts";
import { LuaError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Engine } from "../../../runtime/seam/engine.ts";
import { fromText } from "../../../runtime/seam/text.ts";
import { Session } from "../../../runtime/session.ts";
import { describeUncaught } from "../../../runtime/uncaught.ts";
import type { ScriptSettings } from "./type.ts";
import { isVisible } from "./visible.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";

/** What of an error is shown: the rest of a longer text says nothing new. Characters. */
const MAX_MESSAGE = 16_384;

/** Imports all that scripts may use. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<ScriptSettings>> {
  const [engine] = await Promise.all([
    preload(({ name, checks }) => checks === true || parts.has(`builtin ${name}`)),
    // As the loader does: in a bundle it is another file than what a static import would bring
    import("../../../stdlib/mod.ts").then(({ allModules }) => allModules()),
  ]);
  return (settings, context) => attempt(engine, settings, context);
}

/** Every attempt has a VM of its own: nothing is left of the one before. */
async function attempt(engine: Engine, settings: ScriptSettings, context: ProbeContext): Promise<Outcome> {
  const { file, script, env = {}, allowed = NOTHING } = settings;
  if ("problem" in script) return failed(script.problem);
  const ended = new AbortController();
  const { log, output, deadline, deadlineMessage } = context;
  const session = new Session({
    engine,
    log,
    output,
    environment: new FixedEnvironment(env),
    visible: (entry) => isVisible(entry, allowed),
    hidden: ["debug"],
    signal: AbortSignal.any([context.signal, ended.signal]),
    deadline,
    deadlineMessage,
  });
  // One script that computes must not keep the other checks waiting
  session.vm.shareTime();
  try {
    await session.run(script.source, fromText(file));
    return PASSED;
  } catch (error) {
    if (!(error instanceof LuaError || error instanceof ScriptError)) throw error;
    return failed(describeUncaught(error, session.vm).slice(0, MAX_MESSAGE));
  } finally {
    // What the script has left running, such as a server
    ended.abort(new ScriptError("the check has ended"));
    await session.stop();
  }
}
