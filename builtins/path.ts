import { Mismatch, type Param } from "../runtime/seam/params.ts";
import { formatNumber } from "../runtime/seam/number.ts";
import { toTextStrict } from "../runtime/seam/text.ts";
import { isNumber } from "../runtime/seam/value.ts";

/**
 * The path of a file, which the builtin receives as text.
 *
 * Names that are not UTF-8 are refused: the platform would look for another file instead.
 */
export const path = (name = "path"): Param<string> => ({
  name,
  type: "string",
  optional: false,
  read(value) {
    if (isNumber(value)) return formatNumber(value);
    if (typeof value !== "string") throw new Mismatch("String");
    const text = toTextStrict(value);
    if (text === undefined) throw new Mismatch("String", "the path is not valid UTF-8");
    if (text.includes("\0")) throw new Mismatch("String", "the path contains a zero byte");
    return text;
  },
});
