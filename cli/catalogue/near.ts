/** Words that may have been meant by one that nothing knows. */

/**
 * The known words nearest to a word: those that begin with it, or else those with the fewest letters wrong, missing,
 * too many or exchanged (Damerau–Levenshtein, adjacent exchanges): one at most in words of up to five letters, two in
 * longer ones.
 */
export function nearWords(word: string, known: Iterable<string>): string[] {
  const limit = word.length <= 2 ? 0 : word.length <= 5 ? 1 : 2;
  const beginning: string[] = [];
  let nearest: string[] = [];
  let best = limit;
  for (const candidate of known) {
    if (word.length >= 3 && candidate.startsWith(word)) beginning.push(candidate);
    if (candidate.length < 3 || Math.abs(candidate.length - word.length) > best) continue;
    const distance = editDistance(word, candidate);
    if (distance > best) continue;
    if (distance < best) nearest = [];
    best = distance;
    nearest.push(candidate);
  }
  if (best > 0 && beginning.length > 0) return beginning.sort();
  return limit === 0 ? [] : nearest.sort();
}

/** Letters to be changed, added, left out or exchanged with their neighbour to make one word of another. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
