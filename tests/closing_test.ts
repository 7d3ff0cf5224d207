/** `<close>` variables of code that an error ends, with nothing to catch it. */
import assert from "node:assert/strict";
import { LuaError } from "../runtime/seam/error.ts";
import { testSession } from "./support/lua.ts";

const CLOSER = `
local function closer(name, wait)
  return setmetatable({}, { __close = function(_, err)
    if wait then sleep(0.001) end
    print(name, err)
  end })
end
`.replaceAll("\n", " ");

/** What a chunk prints before its error, and the error. */
async function run(code: string): Promise<{ printed: string; error: LuaError }> {
  const { session, printed } = await testSession();
  const error = await session.run(CLOSER + code, "test.lua").then(() => undefined, (reason) => reason);
  assert.ok(error instanceof LuaError);
  return { printed: printed(), error };
}

Deno.test("an uncaught error closes the variables of the main chunk, the last first", async () => {
  const { printed, error } = await run(
    "local a <close> = closer('a') local b <close> = closer('b') error('x', 0)",
  );
  assert.equal(printed, "b\tx\na\tx\n");
  assert.equal(error.value, "x");
  assert.match(error.traceback ?? "", /in main chunk/);
});

Deno.test("closing may wait, also after a wait of the task itself", async () => {
  const { printed, error } = await run("local a <close> = closer('a', true) sleep(0.001) error('x', 0)");
  assert.equal(printed, "a\tx\n");
  assert.equal(error.value, "x");
});

Deno.test("an error of a closing method takes the place of the one before", async () => {
  const { printed, error } = await run(
    "local a <close> = closer('a') local b <close> = setmetatable({}, {__close = function() error('y', 0) end}) error('x', 0)",
  );
  assert.equal(printed, "a\ty\n");
  assert.equal(error.value, "y");
});
