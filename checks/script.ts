/** `type: script`: runs a Lua file; the check passes when it ends without an error. */
import { FixedEnvironment } from "../runtime/environment.ts";
import { preload } from "../runtime/preload.ts";
import { describeSystemError, LuaError, ScriptError } from "../runtime/seam/error.ts";
import { fromText } from "../runtime/seam/text.ts";
import type { Engine } from "../runtime/seam/engine.ts";
import { Session } from "../runtime/session.ts";
import { sourceText } from "../runtime/source.ts";
import { describeUncaught } from "../runtime/uncaught.ts";
import type { GlobalEntry } from "../builtins/registry.ts";
import { readFile } from "./file.ts";
import { optional, required, text, textMap } from "./schema.ts";
import { type Attempt, type AttemptContext, defineCheckType, failed, type Outcome, PASSED } from "./type.ts";

/** What of an error is shown: the rest of a longer text says nothing new. Characters. */
const MAX_MESSAGE = 16_384;

interface Script {
  engine: Engine;
  /** As the file of checks has it, relative to the working directory. */
  file: string;
  /** Bytes. */
  source: string;
  environment: Readonly<Record<string, string>>;
}

/** The check type `script`. */
export const script = defineCheckType({
  name: "script",
  keys: {
    file: required(text()),
    env: optional(textMap()),
  },
  expect: {},
  async prepare({ file, env: environment = {} }): Promise<Attempt> {
    const engine = await preload(isVisible);
    let source: string;
    try {
      source = sourceText(readFile(file));
    } catch (error) {
      const outcome = failed(`failed to read Lua script "${file}": ${describeSystemError(error)}`);
      return () => Promise.resolve(outcome);
    }
    return (context) => attempt({ engine, file, source, environment }, context);
  },
});

/** Script checks get the builtins that do no more than the network allows. */
function isVisible(entry: GlobalEntry): boolean {
  return entry.checks;
}

/** Every attempt has a VM of its own: nothing is left of the one before. */
async function attempt(script: Script, context: AttemptContext): Promise<Outcome> {
  const ended = new AbortController();
  const { log, output, deadline, deadlineMessage } = context;
  const session = new Session({
    engine: script.engine,
    log,
    output,
    environment: new FixedEnvironment(script.environment),
    visible: isVisible,
    hidden: ["debug"],
    signal: AbortSignal.any([context.signal, ended.signal]),
    deadline,
    deadlineMessage,
  });
  try {
    await session.run(script.source, fromText(script.file));
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
