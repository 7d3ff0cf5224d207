import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { optional, string } from "../runtime/seam/params.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { toText, toTextStrict } from "../runtime/seam/text.ts";
import { newList } from "./json/shape.ts";

/** `env.get`, which is `os.getenv` too. */
export const getVariable = fn({
  params: [string("name")],
  returns: "string|nil",
  doc: "The value of an environment variable",
  permission: "env",
  run: (host, name) => host.environment.getBytes(name),
});

/** The platform sets text only, and would put other characters in place of other bytes. */
function notUtf8(what: string, name: string): ScriptError {
  return new ScriptError(
    `env.set: ${what} "${name}" is not valid UTF-8: encode it, with base64.encode for instance`,
  );
}

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
      run: (host, name, value) => {
        const text = toTextStrict(name);
        if (text === undefined) throw notUtf8("the name", toText(name));
        const valueText = value === undefined ? undefined : toTextStrict(value);
        if (value !== undefined && valueText === undefined) throw notUtf8("the value of", text);
        host.environment.set(text, valueText);
      },
    }),
    list: fn({
      params: [],
      returns: "[{key: string, value: string}]",
      doc: "All environment variables, sorted by name",
      permission: "env",
      run: (host) => {
        const entries = host.environment.listBytes().toSorted(([a], [b]) => a < b ? -1 : 1);
        return newList(host, entries.map(([key, value]) => host.vm.newRecord({ key, value })));
      },
    }),
  },
});
