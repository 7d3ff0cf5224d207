/** Runs Lua code in a VM of the test's own process. */
import { type EngineName, loadEngine } from "../../runtime/engines.ts";
import { FixedEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/log.ts";
import { LuaError } from "../../runtime/seam/error.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import { Session, type SessionOptions } from "../../runtime/session.ts";

export interface TestSession {
  session: Session;
  /** What the script has printed, as text. */
  printed(): string;
  /** What the script has logged: lines of `LEVEL message`. */
  logged(): string;
}

/** A VM with every builtin, whose output is kept. */
export async function testSession(options: Partial<SessionOptions> = {}): Promise<TestSession> {
  let printed = "";
  let logged = "";
  const session = new Session({
    engine: await loadEngine(),
    log: createLogger({
      level: "debug",
      colour: false,
      now: () => 0,
      write: (line) => logged += line.replace(/^\S+ +/, ""),
    }),
    output: { write: (bytes) => printed += bytes, flush() {} },
    environment: new FixedEnvironment({}),
    files: { path: "./?.lua;./?/init.lua", folders: ["./modules"] },
    ...options,
  });
  return { session, printed: () => toText(printed), logged: () => logged };
}

/** Runs Lua code (text) and gives its results. */
export async function runLua(
  code: string,
  options: Partial<SessionOptions> = {},
): Promise<readonly LuaValue[]> {
  const { session } = await testSession(options);
  return await session.run(fromText(code), "test.lua");
}

/** The message of the error that Lua code raises. */
export async function luaError(code: string, options: Partial<SessionOptions> = {}): Promise<string> {
  try {
    await runLua(code, options);
  } catch (error) {
    if (error instanceof LuaError) return error.message;
    throw error;
  }
  throw new Error("The code raised no error");
}

/** A test that a Lua file of tests/lua/ has registered with `test(name, fn)`. */
interface LuaTest {
  name: string;
  fn: LuaValue;
}

/** What a file of tests/lua/ is run with. */
export interface LuaTestOptions {
  /** What `env.get` gives the tests, such as the address of a server. */
  environment?: Record<string, string>;
  /** @default The engine that scripts run in without a choice */
  engine?: EngineName;
  /** What stands before the file, in its first line. */
  prefix?: string;
}

/**
 * Runs a file of tests/lua/. It has four globals beside the builtins:
 *
 * - `test(name, fn)` registers a test
 * - `raises(text, fn, ...)` checks that a call raises an error whose message contains `text`, and returns it
 * - `engine.name` and `engine.version` tell which Lua it is
 * - `skip(reason)` ends the test that calls it, which is then counted as ignored
 */
export async function luaTests(
  t: Deno.TestContext,
  file: URL,
  options: LuaTestOptions = {},
): Promise<void> {
  const engine = await loadEngine(options.engine);
  const environment = new FixedEnvironment(options.environment ?? {});
  const { session } = await testSession({ engine, environment });
  const tests: LuaTest[] = [];
  const { vm } = session;
  vm.globals.set(
    "test",
    vm.newFunction("test", ([name, fn]) => void tests.push({ name: toText(String(name)), fn })),
  );
  vm.globals.set("engine", vm.newRecord({ name: engine.name, version: engine.version }));
  const skipped = vm.newTable();
  let reason = "";
  vm.globals.set(
    "skip",
    vm.newFunction("skip", ([why]) => {
      reason = toText(String(why));
      throw new LuaError(skipped);
    }),
  );
  await session.run(fromText(RAISES), "harness.lua");
  const path = decodeURIComponent(file.pathname);
  await session.run(
    fromText((options.prefix ?? "") + await Deno.readTextFile(file)),
    path.slice(path.lastIndexOf("/") + 1),
  );
  for (const { name, fn } of tests) {
    await t.step(name, async (step) => {
      try {
        await session.call(fn);
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        if (error.value === skipped) {
          await step.step({ name: `skipped: ${reason}`, ignore: true, fn() {} });
          return;
        }
        const text = `${error.message}\n${toText(error.traceback ?? "")}`;
        throw Object.assign(new Error(text), { stack: text });
      }
    });
  }
}

const RAISES = `
function raises(text, fn, ...)
  local ok, err = pcall(fn, ...)
  if ok then error("expected an error with '" .. text .. "', but none was raised", 2) end
  if not string.find(tostring(err), text, 1, true) then
    error("expected an error with '" .. text .. "', got: " .. tostring(err), 2)
  end
  return err
end`;
