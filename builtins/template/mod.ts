import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { boolean, Mismatch, options, type Param, string } from "../../runtime/seam/params.ts";
import { fromText, toTextStrict } from "../../runtime/seam/text.ts";
import { isTable, type LuaTable } from "../../runtime/seam/value.ts";
import { path } from "../path.ts";
import type { Request } from "./render.ts";

/** Where `template.render_string` looks for what its text refers to. */
const STRING_FOLDER = "templates";

/** The variables; the message for another type is the documented one. */
const variables: Param<LuaTable | undefined> = {
  name: "vars",
  type: "table",
  optional: true,
  read(value) {
    if (value !== undefined && !isTable(value)) throw new Mismatch("table");
    return value;
  },
};

const settings = options("options", {
  autoescape: boolean,
  keep_trailing_newline: boolean,
  lstrip_blocks: boolean,
  strict: boolean,
  trim_blocks: boolean,
});

type Options = ReturnType<typeof settings.read>;

const WORDS = ["first", "second", "third"];

/** @param index Which argument the variables are, from 0 */
function tableMessage(index: number) {
  return (which: number, functionName: string) =>
    which === index ? `${functionName}: ${WORDS[index]} argument must be a table or nil` : undefined;
}

function toRequest(functionName: string, vars: LuaTable | undefined, chosen: Options): Request {
  return {
    functionName,
    variables: vars,
    settings: {
      autoescape: chosen.autoescape ?? false,
      keepTrailingNewline: chosen.keep_trailing_newline ?? false,
      lstripBlocks: chosen.lstrip_blocks ?? false,
      strict: chosen.strict ?? false,
      trimBlocks: chosen.trim_blocks ?? false,
    },
  };
}

/** The text of a template that a script holds. */
const source: Param<string> = {
  ...string("text"),
  read(value) {
    const text = toTextStrict(string("text").read(value));
    if (text === undefined) throw new Mismatch("String", "the template is not valid UTF-8");
    return text;
  },
};

export default defineGlobal({
  name: "template",
  doc: "Jinja2 templates; what one includes, extends or imports is looked for in the folder of the first",
  preload: () => import("./render.ts"),
  functions: {
    render: fn({
      params: [path(), variables, settings],
      returns: "string",
      doc: "Render a template file",
      permission: "read",
      argumentMessage: tableMessage(1),
      run: async (_host, file, vars, chosen) => {
        const { renderFile } = await import("./render.ts");
        return fromText(await renderFile(file, toRequest("template.render", vars, chosen)));
      },
    }),
    render_string: fn({
      params: [source, variables, settings],
      returns: "string",
      doc: `Render a text; what it includes is looked for in ./${STRING_FOLDER}`,
      permission: "read",
      argumentMessage: tableMessage(1),
      run: async (_host, text, vars, chosen) => {
        const { renderText } = await import("./render.ts");
        return fromText(
          await renderText(text, STRING_FOLDER, toRequest("template.render_string", vars, chosen)),
        );
      },
    }),
    render_with_loader: fn({
      params: [path("dir"), path("name"), variables, settings],
      returns: "string",
      doc: "Render a template of a folder by its name there",
      permission: "read",
      argumentMessage: tableMessage(2),
      run: async (_host, folder, name, vars, chosen) => {
        const { renderNamed } = await import("./render.ts");
        return fromText(
          await renderNamed(folder, name, toRequest("template.render_with_loader", vars, chosen)),
        );
      },
    }),
  },
});
