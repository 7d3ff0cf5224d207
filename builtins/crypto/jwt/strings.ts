/** One string, or several in an array. */
import { Mismatch, type Param } from "../../../runtime/seam/params.ts";
import { toText } from "../../../runtime/seam/text.ts";
import { isTable, type LuaValue } from "../../../runtime/seam/value.ts";

/** A string, or an array of strings. */
export const strings = (name: string): Param<readonly string[]> => ({
  name,
  type: "string|[string]",
  optional: false,
  read(value) {
    const texts = textList(value);
    if (texts === undefined) throw new Mismatch("string or array of strings");
    return texts;
  },
});

/** The texts of a string or of an array of strings; undefined for anything else. */
export function textList(value: LuaValue): readonly string[] | undefined {
  if (typeof value === "string") return [toText(value)];
  if (!isTable(value)) return undefined;
  const texts: string[] = [];
  for (let i = 1; i <= value.length(); i++) {
    const item = value.get(i);
    if (typeof item !== "string") return undefined;
    texts.push(toText(item));
  }
  return texts;
}
