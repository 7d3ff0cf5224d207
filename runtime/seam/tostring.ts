import type { Vm } from "./engine.ts";
import { LuaError } from "./error.ts";
import type { LuaFunction, LuaValue } from "./value.ts";

/** `Vm.toString` by the VM's own `tostring`: for engines that have no shorter way. */
export function toStringAtOnce(vm: Omit<Vm, "toString">, value: LuaValue): string {
  const step = vm.newThread().start(vm.globals.get("tostring") as LuaFunction, [value]);
  if (step instanceof Promise) {
    step.catch(() => {});
    throw new LuaError("a __tostring metamethod cannot wait here");
  }
  return step[0] as string;
}
