/** Python's `textwrap.wrap`, as Jinja's filter `wordwrap` calls it: tabs and inner blanks stay as they are. */

export interface WrapOptions {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

/** Words with what hyphens divide them into, blanks between them; the pattern is Python's. */
const HYPHENATED =
  /(\s+|(?<=[\w!"'&.,?])-{2,}(?=\w)|\S+?(?:-(?:(?<=[^\d\W]{2}-)|(?<=[^\d\W]-[\w!"'&.,?]-))(?=[^\d\W]-?[^\d\W])|(?=\s|$)|(?<=[\w!"'&.,?])(?=-{2,}\w)))/;
const WORDS = /(\s+)/;

/** The lines of one line of text. */
export function wrapLine(text: string, options: WrapOptions): string[] {
  const { width } = options;
  const chunks = text.split(options.breakOnHyphens ? HYPHENATED : WORDS).filter((chunk) => chunk !== "")
    .reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    const line: string[] = [];
    let length = 0;
    if (lines.length > 0 && chunks.at(-1)?.trim() === "") chunks.pop();
    for (
      let chunk = chunks.at(-1);
      chunk !== undefined && length + chunk.length <= width;
      chunk = chunks.at(-1)
    ) {
      line.push(chunk);
      length += chunk.length;
      chunks.pop();
    }
    if ((chunks.at(-1)?.length ?? 0) > width) takeLong(chunks, line, length, options);
    if (line.at(-1)?.trim() === "") line.pop();
    if (line.length > 0) lines.push(line.join(""));
  }
  return lines;
}

/** A word that fits on no line. */
function takeLong(chunks: string[], line: string[], length: number, options: WrapOptions): void {
  const chunk = chunks.pop() ?? "";
  if (!options.breakLongWords) {
    if (line.length === 0) line.push(chunk);
    else chunks.push(chunk);
    return;
  }
  let end = Math.max(options.width - length, 1);
  const hyphen = options.breakOnHyphens ? chunk.lastIndexOf("-", end - 1) : -1;
  if (hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen))) end = hyphen + 1;
  line.push(chunk.slice(0, end));
  if (end < chunk.length) chunks.push(chunk.slice(end));
}
