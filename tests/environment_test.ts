/** The environment of the process as scripts see it. */
import assert from "node:assert/strict";
import { ProcessEnvironment } from "../runtime/environment.ts";

Deno.test("names and values that no variable can have are refused, and the value is not shown", () => {
  const environment = new ProcessEnvironment();
  for (const name of ["", "A=B", "A\0"]) {
    assert.throws(() => environment.set(name, "x"), /env\.set: invalid variable name/);
    assert.equal(environment.get(name), undefined);
  }
  assert.throws(() => environment.set("A", "SECRET\0"), {
    name: "ScriptError",
    message: `env.set: the value of "A" has a zero byte`,
  });
});
