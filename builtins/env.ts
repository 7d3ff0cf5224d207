import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { optional, string } from "../runtime/seam/params.ts";
import { fromText, toText } from "../runtime/seam/text.ts";
import { newList } from "./json/shape.ts";

/** `env.get`, which is `os.getenv` too. */
export const getVariable = fn({
  params: [string("name")],
  returns: "string|nil",
  doc: "The value of an environment variable",
  permission: "env",
  run: (host, name) => {
    const value = host.environment.get(toText(name));
    return value === undefined ? undefined : fromText(value);
  },
});

export default defineGlobal({
  name: "env",
  doc: "Environment variables",
  functions: {
    get: getVariable,
    set: fn({
      params: [string("name"), optional(string("value"))],
      returns: "nil",
      doc: "Set an environment variable, or unset it with nil; commands that are run later see it",
      permission: "env",
      effect: "write",
      run: (host, name, value) =>
        host.environment.set(toText(name), value === undefined ? undefined : toText(value)),
    }),
    list: fn({
      params: [],
      returns: "[{key, value}]",
      doc: "All environment variables, sorted by name",
      permission: "env",
      run: (host) => {
        const entries = Object.entries(host.environment.list()).sort(([a], [b]) => a < b ? -1 : 1);
        return newList(
          host,
          entries.map(([key, value]) => host.vm.newRecord({ key: fromText(key), value: fromText(value) })),
        );
      },
    }),
  },
});
