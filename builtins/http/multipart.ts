/** multipart/form-data bodies: RFC 7578. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isTable, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";
import { elements, textOf } from "./parameters.ts";

/** A body and the Content-Type that tells where its parts end. */
export interface Multipart {
  /** Bytes. */
  readonly body: string;
  readonly contentType: string;
}

/**
 * Encodes a script's table. `{name = value}` gives a part for each name, sorted; an array of tables with a
 * `name` gives them in its order. A value is a string, a number, a boolean, or for a file
 * `{content = bytes, filename = "…", content_type = "…"}`.
 *
 * @throws {ScriptError} When a part is of another shape
 */
export function encodeMultipart(functionName: string, table: LuaTable): Multipart {
  const boundary = `assay-${crypto.randomUUID()}`;
  const parts = partsOf(functionName, table).map(([name, value]) =>
    `--${boundary}\r\n${encodePart(functionName, name, value)}\r\n`
  );
  return {
    body: `${parts.join("")}--${boundary}--\r\n`,
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function partsOf(functionName: string, table: LuaTable): [name: string, value: LuaValue][] {
  if (table.length() > 0) {
    return elements(table).map((part, index) => {
      const name = isTable(part) ? part.get("name") : undefined;
      if (name === undefined) {
        throw new ScriptError(
          `${functionName}: multipart[${
            index + 1
          }] must be a table with a name, as in {name = "file", content = bytes}`,
        );
      }
      return [textOf(`${functionName}: multipart[${index + 1}].name`, name), part];
    });
  }
  const parts = [...table.entries()].map(([key, value]): [string, LuaValue] => [
    textOf(`${functionName}: multipart`, key),
    value,
  ]);
  return parts.sort(([a], [b]) => a < b ? -1 : 1);
}

function encodePart(functionName: string, name: string, value: LuaValue): string {
  const what = `${functionName}: multipart.${toText(name)}`;
  let head = `Content-Disposition: form-data; name="${quoted(name)}"`;
  if (!isTable(value)) return `${head}\r\n\r\n${textOf(what, value)}`;
  const filename = value.get("filename");
  if (filename !== undefined) head += `; filename="${quoted(textOf(`${what}.filename`, filename))}"`;
  const type = value.get("content_type");
  if (type !== undefined || filename !== undefined) {
    const text = type === undefined ? "application/octet-stream" : textOf(`${what}.content_type`, type);
    if (/[\r\n]/.test(text)) throw new ScriptError(`${what}.content_type must not contain line breaks`);
    head += `\r\nContent-Type: ${text}`;
  }
  return `${head}\r\n\r\n${textOf(`${what}.content`, value.get("content"))}`;
}

/** Names as browsers write them: WHATWG HTML, "multipart/form-data encoding algorithm". */
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
