/** Words that may have been meant by one that nothing knows. */
import { editDistance } from "../../runtime/edit_distance.ts";

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
