/** The environment of the process as scripts see it. */
import assert from "node:assert/strict";
import { ProcessEnvironment } from "../runtime/environment.ts";
import { shell } from "./support/assay.ts";

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

Deno.test("a variable that is not UTF-8 reaches commands, is left out of the list, and is not shown", async () => {
  const code = `
    print(shell.exec("printf %s \\"$SECRET\\"; echo $MORE", { env = { MORE = "!" } }).stdout == "a\\255b!\\n")
    print(os.execute("test $SECRET = $(printf 'a\\\\377b')"))
    for _, entry in ipairs(env.list()) do if entry.key == "SECRET" then print("listed") end end
    print(pcall(env.get, "SECRET"))`;
  const { stdout } = await shell(`SECRET=$(printf 'a\\377b') "$ASSAY" exec -e "$1"`, [code]);
  assert.match(
    stdout,
    /^true\ntrue\texit\t0\nfalse\t(<eval>:\d+: )?env\.get: the value of "SECRET" is not valid UTF-8\n$/,
  );
});

Deno.test("what env.set sets and unsets is seen by commands", async () => {
  const code = `
    env.set("ADDED", "é") env.set("GIVEN", nil)
    io.write(shell.exec("echo [$ADDED$GIVEN]").stdout, io.popen("echo [$ADDED$GIVEN]"):read("a"))`;
  const { stdout } = await shell(`GIVEN=x "$ASSAY" exec -e "$1"`, [code]);
  assert.equal(stdout, "[é]\n[é]\n");
});
