/** Lua source files. */
import { fromBytes } from "./seam/text.ts";

const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** What a file holds as an engine takes it: its bytes, without the mark that some editors put first. */
export function sourceText(file: Uint8Array): string {
  const source = fromBytes(file);
  return source.startsWith(BYTE_ORDER_MARK) ? source.slice(BYTE_ORDER_MARK.length) : source;
}
