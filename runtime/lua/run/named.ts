/**
 * Keeps a function's name where a bundler shortens it: `stack.ts` knows functions of the engine by their names on the
 * JavaScript stack, and V8 shows an own `name` there.
 */
// deno-lint-ignore ban-types -- any function at all
export function named(name: string, fn: Function): void {
  Object.defineProperty(fn, "name", { value: name });
}
