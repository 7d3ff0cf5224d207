/** The harness of the language tests, which runs in any Lua. */
import assert from "node:assert/strict";

/** What the files of tests/lua/language/ are run with. In one line, so that the lines of messages are those of the file. */
export const LANGUAGE_HARNESS = `
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

/** Fails where a test of such a file has failed. */
export function checkLanguageTests(output: string): void {
  const lines = output.trimEnd().split("\n");
  assert.ok(lines.some((line) => line.startsWith("ok ")), output);
  assert.ok(!lines.some((line) => line.startsWith("failed ")), output);
}
