import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { MaybePromise } from "../../runtime/seam/value.ts";

/** The error of a failed `fs` function: `fs.read: failed to read "x": No such file or directory (os error 2)`. */
export function fsError(operation: string, path: string, cause: unknown): ScriptError {
  return new ScriptError(`fs.${operation} "${path}": ${describeSystemError(cause)}`, { cause });
}

/**
 * Runs an operation on a path, whose failure becomes an {@link fsError}.
 *
 * @param operation The function and its verb: `read: failed to read`
 */
export function onPath<T>(operation: string, path: string, run: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown): never => {
    throw error instanceof ScriptError ? error : fsError(operation, path, error);
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
