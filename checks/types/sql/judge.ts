/** Compares rows with what is expected of them. */
import { JsonNumber, show } from "../../expression/evaluate.ts";
import { judgeExpressions } from "../common/expressions.ts";
import type { Find } from "../common/patterns.ts";
import type { Scalar, SqlSettings } from "./type.ts";

type Expected = NonNullable<SqlSettings["expect"]>;

/** @param rows Objects by column; NULL is absent. @returns What is wrong; nothing when all holds */
export function judge(rows: readonly unknown[], expected: Expected, find: Find): string | undefined {
  const { rows: count, min_rows: min, max_rows: max, value, row, json } = expected;
  const got = `got ${rows.length}`;
  if (count !== undefined && rows.length !== count) return `expected ${count} rows, ${got}`;
  if (min !== undefined && rows.length < min) return `expected at least ${min} rows, ${got}`;
  if (max !== undefined && rows.length > max) return `expected at most ${max} rows, ${got}`;
  const [first] = rows;
  if (value !== undefined || row !== undefined) {
    if (!isRow(first)) return "the query gave no rows";
    const problem = (value === undefined ? undefined : judgeValue(first, value)) ??
      judgeRow(first, row ?? {});
    if (problem !== undefined) return problem;
  }
  return json === undefined ? undefined : judgeExpressions(json, rows, find);
}

type Row = Readonly<Record<string, unknown>>;

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function judgeValue(row: Row, expected: Scalar): string | undefined {
  const columns = Object.keys(row);
  if (columns.length > 1) return `'value' needs a query of one column: this one gave ${columns.join(", ")}`;
  const actual = row[columns[0] ?? ""];
  return isSame(expected, actual) ? undefined : `expected ${show(expected)}, got ${shown(actual)}`;
}

function judgeRow(row: Row, expected: Readonly<Record<string, Scalar>>): string | undefined {
  for (const [column, value] of Object.entries(expected)) {
    const actual = Object.hasOwn(row, column) ? row[column] : undefined;
    if (!isSame(value, actual)) return `expected ${column} ${show(value)}, got ${shown(actual)}`;
  }
  return undefined;
}

function shown(value: unknown): string {
  return value === undefined ? "NULL" : show(value);
}

/** By what is meant: exact numbers come as text, and MySQL has 1 for true. */
function isSame(expected: Scalar, actual: unknown): boolean {
  if (expected === null || actual === undefined) return expected === null && actual === undefined;
  const plain = actual instanceof JsonNumber ? actual.source : actual;
  if (typeof expected === "number") return typeof plain === "string" && Number(plain) === expected;
  if (typeof expected === "boolean") return plain === expected || plain === (expected ? "1" : "0");
  return plain === expected;
}
