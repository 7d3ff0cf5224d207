import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { any, integer, optional, options, string, table } from "../../runtime/seam/params.ts";
import { extraOptions } from "../extra_options.ts";
import { encodeJson } from "./encode.ts";
import { parseJson } from "./parse.ts";
import { markTable, type Shape } from "./shape.ts";

const MAX_INDENT = 16;

const marked = (kind: Shape["kind"], text: string) =>
  fn({
    params: [optional(table("t"))],
    returns: "table",
    doc: `Mark a table, by default a new one, so that it encodes as ${text}`,
    run: (host, t) => markTable(host, t ?? host.vm.newTable(), kind),
  });

export default defineGlobal({
  name: "json",
  doc: "JSON",
  functions: {
    parse: fn({
      params: [string("text")],
      returns: "any",
      doc: "Parse a JSON document; null is nil, an empty array stays an array when it is encoded again",
      run: (host, text) => parseJson(host, text),
    }),
    encode: fn({
      params: [any("value"), extraOptions(options("opts", { indent: integer }))],
      returns: "string",
      doc: "Encode a value as JSON with sorted keys, on one line or with indent spaces a level",
      run: (_host, value, { indent = 0 }) => {
        if (indent < 0 || indent > MAX_INDENT) {
          throw new ScriptError(
            `json.encode: indent must be between 0 and ${MAX_INDENT}: current value is ${indent}`,
          );
        }
        return encodeJson(value, { indent });
      },
    }),
    array: marked("array", "an array, even when it is empty"),
    object: marked("object", "an object, whatever its keys are"),
  },
  aliases: { decode: "parse" },
});
