/** What `file:read` reads: formats, and how each takes its bytes from a channel. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { parseNumber, toInteger } from "../../runtime/seam/number.ts";
import { floatFromNumber, isNumber, type LuaNumber, type LuaValue } from "../../runtime/seam/value.ts";
import { type Channel, checkLength, type Steps } from "./channel.ts";

/** Reads one item; nil where there is none. */
export type Reader = (channel: Channel) => Steps<LuaValue>;

/** The longest numeral that is read, as in Lua. */
const MAX_NUMERAL = 200;

/**
 * The readers of a call's formats; a line without its end when there are none.
 *
 * @param first The number of the first format among the function's arguments, for messages
 */
export function parseFormats(formats: readonly LuaValue[], functionName: string, first = 1): Reader[] {
  if (formats.length === 0) return [readLine];
  return formats.map((format, index) => {
    const reader = isNumber(format) ? countReader(format) : namedReader(format);
    if (reader !== undefined) return reader;
    throw new ScriptError(`bad argument #${index + first} to '${functionName}' (invalid format)`);
  });
}

function countReader(format: LuaNumber): Reader | undefined {
  const count = toInteger(format);
  if (typeof count !== "number" || count < 0) return undefined;
  return (channel) => readCount(channel, count);
}

function namedReader(format: LuaValue): Reader | undefined {
  if (typeof format !== "string") return undefined;
  switch (format.replace(/^\*/, "")[0]) {
    case "n":
      return readNumber;
    case "l":
      return readLine;
    case "L":
      return (channel) => readUpToNewline(channel, true);
    case "a":
      return readAll;
    default:
      return undefined;
  }
}

/** Reads every item until one is missing. */
export function* readItems(channel: Channel, readers: readonly Reader[]): Steps<readonly LuaValue[]> {
  const results: LuaValue[] = [];
  for (const reader of readers) {
    const value = yield* reader(channel);
    results.push(value);
    if (value === undefined) break;
  }
  return results;
}

/** Reads a line without its end. */
export function readLine(channel: Channel): Steps<string | undefined> {
  return readUpToNewline(channel, false);
}

function* readUpToNewline(channel: Channel, keep: boolean): Steps<string | undefined> {
  let line = "";
  for (;;) {
    const end = channel.find("\n");
    if (end >= 0) {
      line += channel.take(keep ? end + 1 : end);
      if (!keep) channel.take(1);
      return line;
    }
    line += channel.take(Infinity);
    checkLength(line.length);
    if (!(yield channel.fill())) return line === "" ? undefined : line;
  }
}

function* readAll(channel: Channel): Steps<string> {
  let all = channel.take(Infinity);
  while (yield channel.fill()) {
    all += channel.take(Infinity);
    checkLength(all.length);
  }
  return all;
}

function* readCount(channel: Channel, count: number): Steps<string | undefined> {
  if (count === 0) {
    if (channel.available > 0) return "";
    return (yield channel.fill()) ? "" : undefined;
  }
  let bytes = channel.take(count);
  while (bytes.length < count) {
    if (!(yield channel.fill())) break;
    bytes += channel.take(count - bytes.length);
    checkLength(bytes.length);
  }
  return bytes === "" ? undefined : bytes;
}

/** Reads a numeral: the longest run of bytes that could begin one, which then has to be one. */
function* readNumber(channel: Channel): Steps<LuaValue> {
  let text = "";
  let tooLong = false;
  const next = function* (): Steps<string> {
    if (channel.available === 0 && !(yield channel.fill())) return "";
    return channel.peek() ?? "";
  };
  const accept = function* (bytes: string): Steps<boolean> {
    const byte = yield* next();
    if (byte === "" || !bytes.includes(byte)) return false;
    tooLong ||= text.length >= MAX_NUMERAL;
    if (tooLong) return false;
    text += channel.take(1);
    return true;
  };
  const digits = function* (hex: boolean): Steps<number> {
    let count = 0;
    while (yield* accept(hex ? "0123456789abcdefABCDEF" : "0123456789")) count++;
    return count;
  };
  for (let byte = yield* next(); byte !== "" && " \t\n\v\f\r".includes(byte); byte = yield* next()) {
    channel.take(1);
  }
  yield* accept("+-");
  let count = 0;
  let hex = false;
  if (yield* accept("0")) {
    if (yield* accept("xX")) hex = true;
    else count = 1;
  }
  count += yield* digits(hex);
  if (yield* accept(".")) count += yield* digits(hex);
  if (count > 0 && (yield* accept(hex ? "pP" : "eE"))) {
    yield* accept("+-");
    yield* digits(false);
  }
  return tooLong ? undefined : parseNumber(text) ?? parseHexFloat(text);
}

function parseHexFloat(text: string): LuaNumber | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const mantissa = Number(`0x${whole}${fraction}`);
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
  return floatFromNumber(sign === "-" ? -value : value);
}
