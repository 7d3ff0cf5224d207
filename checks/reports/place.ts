/** Where a check stands, taken apart. */

/** `file:line:column`. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Reads `file:line:column`; names of files may hold colons. */
export function placeOf(text: string): Place {
  const [, file = text, line = "1", column = "1"] = /^(.*):(\d+):(\d+)$/s.exec(text) ?? [];
  return { file, line: Number(line), column: Number(column) };
}
