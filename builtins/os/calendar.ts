/**
 * The proleptic Gregorian calendar in UTC, for every year that Lua's integers reach. Algorithms of
 * https://howardhinnant.github.io/date_algorithms.html
 */

/** A moment as a calendar and a clock show it. */
export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 is 1 January. */
  readonly yearDay: number;
}

const DAY = 86400n;

/** Days from 1970-01-01 to a date; months and days beyond their range carry over. */
function daysOf(year: number, month: number, day: number): number {
  const monthIndex = year * 12 + (month - 1);
  // The year begins in March here: its leap day is the last one
  const shifted = monthIndex - 2;
  const y = Math.floor(shifted / 12);
  const m = shifted - y * 12;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * m + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468 + (day - 1);
}

/** Fields of a moment, of which all but the year may lie outside their usual range. */
export type CalendarFields = Pick<CalendarTime, "year" | "month" | "day" | "hour" | "minute" | "second">;

/** Seconds from 1970-01-01 00:00:00 UTC. */
export function secondsOf({ year, month, day, hour, minute, second }: CalendarFields): bigint {
  return BigInt(daysOf(year, month, day)) * DAY + BigInt(hour) * 3600n + BigInt(minute) * 60n +
    BigInt(second);
}

/** What the calendar shows so many seconds after 1970-01-01 00:00:00 UTC. */
export function calendarTime(seconds: bigint): CalendarTime {
  const secondOfDay = Number(((seconds % DAY) + DAY) % DAY);
  const days = Number((seconds - BigInt(secondOfDay)) / DAY);
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    weekday: ((days + 4) % 7 + 7) % 7,
    yearDay: days - daysOf(year, 1, 1) + 1,
  };
}

/** The week by ISO 8601, and the year that it belongs to. */
export function isoWeek({ year, weekday, yearDay }: CalendarTime): { year: number; week: number } {
  const isoWeekday = weekday === 0 ? 7 : weekday;
  const week = Math.floor((yearDay - isoWeekday + 10) / 7);
  if (week < 1) return { year: year - 1, week: weeksIn(year - 1) };
  return week > weeksIn(year) ? { year: year + 1, week: 1 } : { year, week };
}

function weeksIn(year: number): number {
  const lastWeekday = (y: number) =>
    ((y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)) % 7 + 7) % 7;
  return lastWeekday(year) === 4 || lastWeekday(year - 1) === 3 ? 53 : 52;
}
