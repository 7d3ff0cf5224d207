import { editDistance } from "../../runtime/edit_distance.ts";

/** The candidate that a misspelt word was probably meant to be. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  // A third of the letters may be wrong: enough for two swapped ones, too few to turn `url` into `env`
  let limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate);
    if (distance > limit || (best !== undefined && distance === limit)) continue;
    limit = distance;
    best = candidate;
  }
  return best;
}
