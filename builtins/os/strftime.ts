/** C's `strftime` in the C locale, but for `%c`: `2024-05-01 13:45:00`. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { type CalendarTime, isoWeek } from "./calendar.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** The moment to show. */
export interface Moment extends CalendarTime {
  /** Seconds from 1970-01-01 UTC. */
  readonly seconds: bigint;
  /** How far the clock is ahead of UTC, in seconds. */
  readonly offset: number;
}

const two = (value: number): string => String(value).padStart(2, "0");
const blank = (value: number): string => String(value).padStart(2, " ");
const twelve = (hour: number): number => hour % 12 === 0 ? 12 : hour % 12;
const modulo = (value: number, by: number): number => ((value % by) + by) % by;

type Conversion = (time: Moment) => string;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  a: (time) => dayName(time).slice(0, 3),
  A: dayName,
  b: (time) => monthName(time).slice(0, 3),
  B: monthName,
  c: (time) => strftime("%Y-%m-%d %H:%M:%S", time),
  C: (time) => two(Math.floor(time.year / 100)),
  d: (time) => two(time.day),
  D: (time) => strftime("%m/%d/%y", time),
  e: (time) => blank(time.day),
  F: (time) => strftime("%Y-%m-%d", time),
  g: (time) => two(modulo(isoWeek(time).year, 100)),
  G: (time) => String(isoWeek(time).year),
  h: (time) => monthName(time).slice(0, 3),
  H: (time) => two(time.hour),
  I: (time) => two(twelve(time.hour)),
  j: (time) => String(time.yearDay).padStart(3, "0"),
  m: (time) => two(time.month),
  M: (time) => two(time.minute),
  n: () => "\n",
  p: (time) => time.hour < 12 ? "AM" : "PM",
  r: (time) => strftime("%I:%M:%S %p", time),
  R: (time) => strftime("%H:%M", time),
  s: (time) => String(time.seconds),
  S: (time) => two(time.second),
  t: () => "\t",
  T: (time) => strftime("%H:%M:%S", time),
  u: (time) => String(time.weekday === 0 ? 7 : time.weekday),
  U: (time) => two(Math.floor((time.yearDay + 6 - time.weekday) / 7)),
  V: (time) => two(isoWeek(time).week),
  w: (time) => String(time.weekday),
  W: (time) => two(Math.floor((time.yearDay + 6 - modulo(time.weekday - 1, 7)) / 7)),
  x: (time) => strftime("%m/%d/%y", time),
  X: (time) => strftime("%H:%M:%S", time),
  y: (time) => two(modulo(time.year, 100)),
  Y: (time) => String(time.year),
  z: zone,
  Z: (time) => time.offset === 0 ? "UTC" : `UTC${zone(time)}`,
  "%": () => "%",
};

/** What may stand behind the modifiers `%E` and `%O`, which change nothing in the C locale. */
const MODIFIED: Readonly<Record<string, string>> = { E: "cCxXyY", O: "deHImMSuUVwWy" };

/**
 * Formats a moment.
 *
 * @param format Bytes
 * @throws {ScriptError} When a conversion is unknown, as in Lua
 */
export function strftime(format: string, time: Moment): string {
  let result = "";
  for (let i = 0; i < format.length; i++) {
    const byte = format.charAt(i);
    if (byte !== "%") {
      result += byte;
      continue;
    }
    const length = conversionLength(format.slice(i + 1, i + 3));
    i += length;
    result += CONVERSIONS[format.charAt(i)]?.(time) ?? "";
  }
  return result;
}

function conversionLength(text: string): number {
  const [first = "", second = ""] = text;
  const allowed = Object.hasOwn(MODIFIED, first) ? MODIFIED[first] : undefined;
  if (allowed !== undefined && second !== "" && allowed.includes(second)) return 2;
  if (allowed === undefined && Object.hasOwn(CONVERSIONS, first)) return 1;
  const shown = allowed === undefined ? first : text;
  throw new ScriptError(`bad argument #1 to 'date' (invalid conversion specifier '%${shown}')`);
}

function dayName({ weekday }: Moment): string {
  return WEEKDAYS[weekday] ?? "?";
}

function monthName({ month }: Moment): string {
  return MONTHS[month - 1] ?? "?";
}

function zone({ offset }: Moment): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}
