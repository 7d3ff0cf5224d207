/** Makes a program that shows a fault smaller, line by line. */

/**
 * Leaves out lines as long as what is left still shows the fault.
 *
 * @param shows Whether a text shows it
 */
export async function reduce(source: string, shows: (source: string) => Promise<boolean>): Promise<string> {
  let lines = source.split("\n");
  for (let size = lines.length >> 1; size >= 1; size = size > 1 ? size >> 1 : 0) {
    for (let removed = true; removed;) {
      removed = false;
      for (let at = 0; at < lines.length;) {
        const fewer = lines.toSpliced(at, size);
        if (await shows(fewer.join("\n"))) {
          lines = fewer;
          removed = true;
        } else at++;
      }
      if (size > 8) break;
    }
  }
  return lines.join("\n");
}
