import type { Param } from "../runtime/seam/params.ts";
import { isTable } from "../runtime/seam/value.ts";

/**
 * Options that the documented function does not have. Anything but a table is ignored, as arguments beyond the
 * documented ones are: `base64.decode(s:gsub("-", "+"))` hands on the number of replacements too.
 */
export function extraOptions<T>(param: Param<T>): Param<T> {
  return { ...param, read: (value) => param.read(isTable(value) ? value : undefined) };
}
