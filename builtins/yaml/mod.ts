import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { any, string } from "../../runtime/seam/params.ts";
import { LazyModule } from "../lazy.ts";

const parser = new LazyModule(() => import("./parse.ts"));
const encoder = new LazyModule(() => import("./encode.ts"));

export default defineGlobal({
  name: "yaml",
  doc: "YAML 1.2, core schema",
  preload: () => Promise.all([parser.load(), encoder.load()]),
  functions: {
    parse: fn({
      params: [string("text")],
      returns: "any",
      doc: "Parse the one document of a YAML text; null is nil, merge keys are plain keys",
      run: (host, text) => parser.use(({ parseYaml }) => parseYaml(host, text)),
    }),
    parse_all: fn({
      params: [string("text")],
      returns: "[any]",
      doc: "Parse every document of a YAML text; empty ones are left out",
      run: (host, text) => parser.use(({ parseYamlAll }) => parseYamlAll(host, text)),
    }),
    encode: fn({
      params: [any("value")],
      returns: "string",
      doc: "Encode a value as YAML in block style with sorted keys",
      run: (_host, value) => encoder.use(({ encodeYaml }) => encodeYaml(value)),
    }),
  },
});
