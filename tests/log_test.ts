/** What a script's messages look like in the log. */
import assert from "node:assert/strict";
import { fromText } from "../runtime/seam/text.ts";
import { assay } from "./support/assay.ts";
import { testSession } from "./support/lua.ts";

Deno.test("log.info, warn and error write a line of their level, as it was given", async () => {
  const { session, logged, printed } = await testSession();
  await session.run(
    fromText(`log.info("é 1") log.warn(2) log.error("a\\nb key=\\"x\\" %s") log.info("\\255")`),
    "test.lua",
  );
  assert.equal(logged(), 'INFO é 1\nWARN 2\nERROR a\nb key="x" %s\nINFO \ufffd\n');
  assert.equal(printed(), "");
});

Deno.test("the log goes to standard error, at the levels that RUST_LOG asks for", async () => {
  const code = 'log.info("one") log.warn("two") log.error("three") print("out")';
  const levels: [level: string, lines: string[]][] = [
    ["off", []],
    ["error", ["three"]],
    ["lua=warn,off", ["two", "three"]],
    ["lua=info,error", ["one", "two", "three"]],
  ];
  for (const [level, expected] of levels) {
    const { stdout, stderr } = await assay(["exec", "-e", code], { env: { RUST_LOG: level } });
    assert.equal(stdout, "out\n");
    const messages = stderr.split("\n").filter((line) => /(one|two|three)$/.test(line));
    assert.deepEqual(messages.map((line) => line.replace(/^.* /, "")), expected, level);
    for (const line of messages) {
      assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z +(INFO|WARN|ERROR) \w+$/);
    }
  }
});
