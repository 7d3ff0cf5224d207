import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { optional, string } from "../runtime/seam/params.ts";
import { newList } from "./json/shape.ts";

/** What Lua's `%s` matches. */
const BLANKS = /[ \t\n\v\f\r]+/;

export default defineGlobal({
  name: "string",
  doc: "Additions to Lua's own string functions",
  functions: {
    split: fn({
      params: [string("text"), optional(string("separator"))],
      returns: "[string]",
      doc: "The parts between separators, taken literally; without one the words between blanks",
      run: (host, text, separator) => {
        if (separator === "") throw new ScriptError("string.split: separator must not be empty");
        const parts = separator === undefined
          ? text.split(BLANKS).filter((part) => part !== "")
          : text.split(separator);
        return newList(host, parts);
      },
    }),
  },
});
