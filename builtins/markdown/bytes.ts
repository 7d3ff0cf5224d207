/** Text of bytes that may not be UTF-8, and back: a byte that is part of no character is a lone surrogate meanwhile. */
import { fromText, toText, toTextStrict } from "../../runtime/seam/text.ts";

/** @see https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G7404 table 3-7 */
const CHARACTERS =
  /((?:[^\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[^]/g;

const SURROGATE = 0xdc00;
const LONE = /(?<![\ud800-\udbff])[\udc80-\udcff]/;

export function decode(bytes: string): string {
  return toTextStrict(bytes) ?? bytes.replace(
    CHARACTERS,
    (all, valid?: string) =>
      valid === undefined ? String.fromCharCode(SURROGATE + all.charCodeAt(0)) : toText(valid),
  );
}

export function encode(text: string): string {
  if (!LONE.test(text)) return fromText(text);
  return text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/).map((part) =>
    LONE.test(part) ? String.fromCharCode(part.charCodeAt(0) - SURROGATE) : fromText(part)
  ).join("");
}
