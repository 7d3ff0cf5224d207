/** Runs generated programs in the engines and in PUC-Rio's Lua, for what they print. */
import { loadEngine } from "../../runtime/engines.ts";
import { NOTHING } from "../../runtime/lua/library/callback.ts";
import { type Limits, machine } from "../../runtime/lua/run/machine.ts";
import { LuaError } from "../../runtime/seam/error.ts";
import type { LuaFunction } from "../../runtime/seam/value.ts";
import { Random } from "../support/puc.ts";

/** What error positions call a program. */
export const CHUNK = "fuzz";

/**
 * How a program is run in our engine:
 *
 * - `plain`: `pause()` does nothing
 * - `wait`: it waits each time
 * - `random`: it waits now and then, and the budget of calls is so small that these are suspended too
 * - `deep`: as `random`, at a depth where the JavaScript stack is about to be unwound
 */
export const MODES = ["plain", "wait", "random", "deep"] as const;
export type Mode = typeof MODES[number];

/** Runs a program in our engine. @param seed Where it pauses */
export async function runOurs(source: string, mode: Mode, seed = 1): Promise<string> {
  const { createVm } = await loadEngine("lua");
  const random = new Random(seed);
  const isRandom = mode === "random" || mode === "deep";
  let output = "";
  const vm = createVm({ write: (bytes) => void (output += bytes) });
  const limits: Limits = {
    checkTime() {},
    check() {
      machine.b = random.below(7);
      return Promise.resolve(NOTHING);
    },
  };
  const pause = () => {
    if (isRandom) {
      // Until the next step: the VM sets its own limits then
      machine.limits = limits;
      machine.b = random.below(7);
    }
    if (mode === "plain" || (isRandom && random.below(3) > 0)) return;
    return Promise.resolve(undefined);
  };
  vm.globals.set("pause", vm.newFunction("pause", pause));
  try {
    let main = vm.load(source, CHUNK);
    if (mode === "deep") {
      vm.globals.set("main", main);
      const depth = 150 + random.below(55);
      main = vm.load(
        `local function deep(n) if n > 0 then local r = deep(n - 1) return r end main() return 1 end deep(${depth})`,
        "deep",
      );
    }
    const thread = vm.newThread();
    let step = thread.start(main, []);
    while (step instanceof Promise) step = thread.resume(await step);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    output += `uncaught: ${String(error.value)}\n`;
  }
  return output;
}

/** Runs a program in fengari, with a `pause()` that does nothing. */
export async function runFengari(source: string): Promise<string> {
  const { createVm } = await loadEngine("fengari");
  let output = "";
  const vm = createVm({ write: (bytes) => void (output += bytes) });
  vm.globals.set("pause", vm.newFunction("pause", () => {}));
  try {
    vm.newThread().start(vm.load(source, CHUNK), []);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    output += `uncaught: ${String(error.value)}\n`;
  }
  return output;
}

/** Loads each file, and runs it over globals of its own unless it is only to be loaded. */
const DRIVER = String.raw`
local folder, count, only_load = arg[1], tonumber(arg[2]), arg[3] == "load"
for i = 1, count do
  local f = assert(io.open(folder .. "/" .. i .. ".lua", "rb"))
  local source = f:read("a")
  f:close()
  local env = { pause = function() end }
  for k, v in pairs(_G) do env[k] = v end
  env._G = env
  local out = {}
  local function write(...) for i = 1, select("#", ...) do out[#out + 1] = (select(i, ...)) end end
  env.print = function(...) write(..., "\n") end
  local fn, message = load(source, "=fuzz", "t", env)
  if not fn then write("syntax: ", message, "\n")
  elseif not only_load then
    local ok, e = pcall(fn)
    if not ok then write("uncaught: ", tostring(e), "\n") end
  end
  out = table.concat(out)
  io.write(#out, "\n", out)
end`;

/**
 * Runs programs in one process of lua5.4.
 *
 * @param onlyLoad Whether only what `load` says of them is wanted
 * @returns `undefined` where it is not installed
 */
export async function runPuc(
  sources: readonly string[],
  onlyLoad = false,
): Promise<readonly string[] | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "assay-fuzz-" });
  try {
    await Promise.all(sources.map((source, i) => Deno.writeFile(`${folder}/${i + 1}.lua`, bytesOf(source))));
    await Deno.writeTextFile(`${folder}/driver.lua`, DRIVER);
    const args = [`${folder}/driver.lua`, folder, String(sources.length), ...onlyLoad ? ["load"] : []];
    const { success, stdout, stderr } = await new Deno.Command("lua5.4", { args, stdin: "null" }).output();
    if (!success) throw new Error(`lua5.4: ${new TextDecoder().decode(stderr)}`);
    return outputsOf(textOf(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Outputs that stand each behind their length, which may hold anything. */
function outputsOf(text: string): string[] {
  const outputs: string[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("\n", at) + 1;
    const end = start + Number(text.slice(at, start));
    outputs.push(text.slice(start, end));
    at = end;
  }
  return outputs;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

/** What our engine's `load` says of a text, in the words of the driver. */
export async function loadOurs(source: string): Promise<string> {
  const { createVm } = await loadEngine("lua");
  const vm = createVm({ write() {} });
  const step = vm.newThread().start(vm.globals.get("load") as LuaFunction, [source, `=${CHUNK}`]);
  if (step instanceof Promise) throw new Error("load waits for a text that is there");
  return step[0] === undefined ? `syntax: ${String(step[1])}\n` : "";
}
