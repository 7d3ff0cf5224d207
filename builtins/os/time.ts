/** `os.time` and `os.date`: between seconds, tables of fields, and text. All in UTC, whatever the machine's zone. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { parseNumber, toInteger } from "../../runtime/seam/number.ts";
import {
  integerFromBigInt,
  isNumber,
  LuaInteger,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../runtime/seam/value.ts";
import { type CalendarFields, type CalendarTime, calendarTime, secondsOf } from "./calendar.ts";
import { strftime } from "./strftime.ts";

/** C keeps the year, counted from 1900, and every other field in 32 bits. */
const MAX_INT = 2 ** 31 - 1;
const YEAR_BASE = 1900;

/** The time now, or that of a table of fields, which are brought into their usual ranges. */
export function timeOf(table: LuaTable | undefined): LuaValue {
  if (table === undefined) return Math.floor(Date.now() / 1000);
  const fields: CalendarFields = {
    year: field(table, "year", undefined, YEAR_BASE),
    month: field(table, "month", undefined, 1),
    day: field(table, "day"),
    hour: field(table, "hour", 12),
    minute: field(table, "min", 0),
    second: field(table, "sec", 0),
  };
  const seconds = secondsOf(fields);
  const time = calendarTime(seconds);
  if (!isRepresentable(time)) {
    throw new ScriptError("os.time: time result cannot be represented: its year is beyond 32 bits");
  }
  setFields(table, time);
  return integerFromBigInt(seconds);
}

function isRepresentable({ year }: CalendarTime): boolean {
  return Math.abs(year - YEAR_BASE) <= MAX_INT;
}

/** @param base What C takes off the value before it keeps it */
function field(table: LuaTable, name: string, fallback?: number, base = 0): number {
  const value = table.get(name);
  const number = typeof value === "string" ? parseNumber(value) : value;
  const integer = isNumber(number) ? toInteger(number) : undefined;
  if (integer === undefined) {
    if (value !== undefined) throw new ScriptError(`field '${name}' is not an integer`);
    if (fallback === undefined) throw new ScriptError(`field '${name}' missing in date table`);
    return fallback;
  }
  if (integer instanceof LuaInteger || integer - base > MAX_INT || integer - base < -MAX_INT - 1) {
    throw new ScriptError(`field '${name}' is out-of-bound`);
  }
  return integer;
}

function setFields(table: LuaTable, time: CalendarTime): void {
  table.set("year", time.year);
  table.set("month", time.month);
  table.set("day", time.day);
  table.set("hour", time.hour);
  table.set("min", time.minute);
  table.set("sec", time.second);
  table.set("yday", time.yearDay);
  table.set("wday", time.weekday + 1);
  table.set("isdst", false);
}

/**
 * A moment as text or as a table of fields.
 *
 * @param format Of `strftime`; `*t` for the table; a `!` before either means UTC whatever the offset
 * @param seconds From 1970-01-01 UTC. @default now
 * @param offsetHours How far the clock shown is ahead of UTC
 */
export function dateOf(host: Host, format: string, seconds: LuaValue, offsetHours: number): LuaValue {
  const utc = format.startsWith("!");
  const conversion = utc ? format.slice(1) : format;
  const offset = utc ? 0 : Math.round(offsetHours * 3600);
  const moment = secondsFrom(seconds);
  const time = calendarTime(moment + BigInt(offset));
  if (!isRepresentable(time)) {
    throw new ScriptError("os.date: date result cannot be represented: its year is beyond 32 bits");
  }
  if (!conversion.startsWith("*t")) return strftime(conversion, { ...time, seconds: moment, offset });
  const table = host.vm.newTable();
  setFields(table, time);
  return table;
}

function secondsFrom(value: LuaValue): bigint {
  if (value === undefined) return BigInt(Math.floor(Date.now() / 1000));
  const number = typeof value === "string" ? parseNumber(value) : value;
  if (!isNumber(number)) {
    throw new ScriptError(`bad argument #2 to 'date' (number expected, got ${typeOf(value)})`);
  }
  const integer = toInteger(number);
  if (integer === undefined) {
    throw new ScriptError("bad argument #2 to 'date' (number has no integer representation)");
  }
  return integer instanceof LuaInteger ? integer.toBigInt() : BigInt(integer);
}
