/**
 * Runs every file of tests/lua/language/ in our engine without builtins, and in Debian's lua5.4, which so checks what
 * the files expect. Where 5.5 differs, the files ask for `_VERSION`.
 */
import assert from "node:assert/strict";
import { fromText } from "../runtime/seam/text.ts";
import { puc } from "./support/puc.ts";
import { testSession } from "./support/lua.ts";

const FOLDER = new URL("./lua/language/", import.meta.url);

/** In one line, so that the lines of messages are those of the file. */
const HARNESS = `
  local print, pcall, tostring, error, find = print, pcall, tostring, error, string.find
  function raises(text, fn, ...)
    local ok, err = pcall(fn, ...)
    if ok then error("expected an error with '" .. text .. "', but none was raised", 2) end
    if not find(tostring(err), text, 1, true) then
      error("expected an error with '" .. text .. "', got: " .. tostring(err), 2)
    end
    return err
  end
  function test(name, fn)
    local ok, err = pcall(fn)
    print((ok and "ok " or "failed ") .. name .. (ok and "" or ": " .. tostring(err)))
  end `.replaceAll("\n", " ");

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".lua")) continue;
  const source = fromText(HARNESS + Deno.readTextFileSync(new URL(name, FOLDER)));

  Deno.test(`lua/language/${name} in our engine`, async () => {
    const { session, printed } = await testSession({ visible: () => false });
    await session.run(source, name);
    check(printed());
  });

  Deno.test(`lua/language/${name} in lua5.4`, async () => {
    const output = await puc(source);
    if (output !== undefined) check(output);
  });
}

function check(output: string): void {
  const lines = output.trimEnd().split("\n");
  assert.ok(lines.some((line) => line.startsWith("ok ")), output);
  assert.ok(!lines.some((line) => line.startsWith("failed ")), output);
}
