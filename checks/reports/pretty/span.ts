/** Lines of text with colours, cut to the width of a terminal. */

/** How a piece of text is shown. */
export type Tint = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tint?: Tint;
}

/** A line as it is meant, before it is cut and coloured. */
export type Line = readonly Span[];

/** How lines are shown. */
export interface Style {
  /** Characters a line; longer ones are cut. Infinity: none is. */
  readonly columns: number;
  readonly colour: boolean;
}

const CODES: Readonly<Record<Tint, number>> = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 };
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Characters that take two columns: East Asian wide and fullwidth ones, and emoji. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}])/u;

/** How many columns a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOfSegment(segment);
  return width;
}

function widthOfSegment(segment: string): number {
  if (/^[\p{Mn}\p{Me}\u200b\u200d]+$/u.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}

/** The text of a line: what does not fit ends in `…`. */
export function paint(line: Line, { columns, colour }: Style): string {
  const total = columns === Infinity ? 0 : line.reduce((sum, { text }) => sum + widthOf(text), 0);
  let left = total > columns ? Math.max(0, columns - 1) : Infinity;
  let painted = "";
  for (const { text, tint } of line) {
    if (left <= 0) break;
    const fitting = left === Infinity ? text : cut(text, left);
    if (left !== Infinity) left = fitting === text ? left - widthOf(text) : 0;
    painted += colour && tint !== undefined ? `\x1b[${CODES[tint]}m${fitting}\x1b[0m` : fitting;
  }
  return total > columns && columns > 0 ? `${painted}…` : painted;
}

function cut(text: string, columns: number): string {
  let width = 0;
  let fitting = "";
  for (const { segment } of segmenter.segment(text)) {
    width += widthOfSegment(segment);
    if (width > columns) break;
    fitting += segment;
  }
  return fitting;
}

/** A text in pieces of at most so many columns, broken at blanks where there are any. */
export function wrap(text: string, columns: number): string[] {
  if (columns === Infinity) return [text];
  const width = Math.max(columns, 10);
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > width) {
    const fitting = cut(rest, width);
    const blank = fitting.lastIndexOf(" ");
    const end = blank > fitting.length / 2 ? blank : fitting.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
