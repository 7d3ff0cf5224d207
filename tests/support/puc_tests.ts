/** Runs a file of Lua tests by PUC-Rio's Lua, so that what it expects is what Lua does. */
import { puc } from "./puc.ts";

const PRELUDE = `
engine = { name = "puc", version = _VERSION:match("%d.%d") }
undef = nil
local skipped = {}
function skip() error(skipped) end
function test(name, fn)
  local ok, message = xpcall(fn, function(m) return m == skipped and m or debug.traceback(m) end)
  if not ok and message ~= skipped then print("not ok " .. name .. "\\n" .. tostring(message)) end
end
function raises(text, fn, ...)
  local ok, err = pcall(fn, ...)
  if ok then error("expected an error with '" .. text .. "', but none was raised", 2) end
  if not string.find(tostring(err), text, 1, true) then
    error("expected an error with '" .. text .. "', got: " .. tostring(err), 2)
  end
  return err
end
`;

/** Fails where a test of the file fails in `lua5.4`; says so where that is not installed. */
export async function pucTests(file: URL): Promise<void> {
  const bytes = await Deno.readFile(file);
  let source = "";
  for (const byte of bytes) source += String.fromCharCode(byte);
  const output = await puc(`${PRELUDE.replaceAll("\n", " ")}\n${source}`);
  if (output !== undefined && output !== "") throw new Error(output);
}
