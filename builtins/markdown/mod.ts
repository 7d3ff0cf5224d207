import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { string } from "../../runtime/seam/params.ts";

/** Bytes of one source: rendering does not let other tasks go on. */
const MAX_SIZE = 16 * 1024 * 1024;

export default defineGlobal({
  name: "markdown",
  doc: "CommonMark with tables, strikethrough and task lists",
  preload: () => import("./html.ts"),
  functions: {
    to_html: fn({
      params: [string("source")],
      returns: "string",
      doc: "Convert Markdown to HTML; HTML in the source stays as it is",
      run: async (_host, source) => {
        if (source.length > MAX_SIZE) {
          throw new ScriptError(
            `markdown.to_html: the source has ${source.length} bytes, more than ${MAX_SIZE}`,
          );
        }
        const { toHtml } = await import("./html.ts");
        return toHtml(source);
      },
    }),
  },
});
