import type { FunctionNode, Variable } from "../ast.ts";
import { type FunctionWriter, isBoxed } from "./writer.ts";

/**
 * A JavaScript expression that makes the closure of an inner function.
 *
 * @param variable The variable of a `local function`
 */
export function compileClosure(w: FunctionWriter, node: FunctionNode, variable?: Variable): string {
  const self = variable === undefined || isBoxed(variable) ? undefined : variable;
  const upvalues = node.upvalues.filter((each) => each !== self).map((each) => w.nameOf(each));
  return `${w.unit.maker(node, self)}(${upvalues.join(",")})`;
}
