import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { any, string } from "../runtime/seam/params.ts";
import { encodeToml } from "./toml/encode.ts";
import { parseToml } from "./toml/parse.ts";

export default defineGlobal({
  name: "toml",
  doc: "TOML 1.0",
  functions: {
    parse: fn({
      params: [string("text")],
      returns: "table",
      doc: "Parse a TOML document; a date or time is a table with the key $__toml_private_datetime",
      run: (host, text) => parseToml(host, text),
    }),
    encode: fn({
      params: [any("table")],
      returns: "string",
      doc: "Encode a table as TOML with sorted keys, plain values before sub-tables",
      run: (_host, value) => encodeToml(value),
    }),
  },
});
