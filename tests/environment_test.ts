/** The environment of the process as scripts see it. */
import assert from "node:assert/strict";
import { ENGINES } from "../runtime/engines.ts";
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

Deno.test({
  name: "a variable that is not UTF-8 reaches commands and scripts, byte for byte",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const code = `
    print(shell.exec("printf %s \\"$SECRET\\"; echo $MORE", { env = { MORE = "!" } }).stdout == "a\\255b!\\n")
    print(os.execute("test $SECRET = $(printf 'a\\\\377b')"))
    local function listed()
      for _, entry in ipairs(env.list()) do if entry.key == "SECRET" then return entry.value == env.get("SECRET") end end
    end
    print(env.get("SECRET") == "a\\255b", os.getenv("SECRET") == "a\\255b", listed())
    env.set("SECRET", "text")
    print(env.get("SECRET"), listed())
    env.set("SECRET", nil)
    print(env.get("SECRET"), listed())`;
    for (const engine of ENGINES) {
      const { stdout } = await shell(`SECRET=$(printf 'a\\377b') "$ASSAY" exec --engine ${engine} -e "$1"`, [
        code,
      ]);
      assert.equal(stdout, "true\ntrue\texit\t0\ntrue\ttrue\ttrue\ntext\ttrue\nnil\n");
    }
  },
});

Deno.test({
  name: "a variable whose name is not UTF-8 can be read and is listed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const code = `
      local name = "N\\255"
      print(env.get(name), env.get("N\\254"))
      for _, entry in ipairs(env.list()) do if entry.key == name then print(entry.value) end end`;
    // Not through bin/assay: a shell drops variables whose names it cannot have itself
    const main = new URL("../main.ts", import.meta.url).pathname;
    const { stdout } = await shell(
      `env "$(printf 'N\\377')=x" "$2" run -A --no-prompt "$3" exec -e "$1"`,
      [code, Deno.execPath(), main],
    );
    assert.equal(stdout, "x\tnil\nx\n");
  },
});

Deno.test("what env.set sets and unsets is seen by commands", async () => {
  const code = `
    env.set("ADDED", "é") env.set("GIVEN", nil)
    io.write(shell.exec("echo [$ADDED$GIVEN]").stdout, io.popen("echo [$ADDED$GIVEN]"):read("a"))`;
  const { stdout } = await shell(`GIVEN=x "$ASSAY" exec -e "$1"`, [code]);
  assert.equal(stdout, "[é]\n[é]\n");
});
