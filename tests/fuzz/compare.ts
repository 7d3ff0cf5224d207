/** Drives random programs through the engines and PUC-Rio's Lua, and finds where they disagree. */
import { comparable } from "./differences.ts";
import { mutant } from "./mutate.ts";
import { program } from "./program.ts";
import { loadOurs, type Mode, MODES, runFengari, runOurs, runPuc } from "./run.ts";

/** What is made of a seed: a program of 5.4, one of 5.3 for fengari too, or a text that is hardly Lua. */
export type Subject = "program" | "old" | "text";
export const SUBJECTS: readonly Subject[] = ["program", "old", "text"];

/** Two outputs of one program that should be the same. */
export interface Disagreement {
  readonly seed: number;
  readonly subject: Subject;
  /** How it was run. */
  readonly mode: Mode | "fengari" | "load";
  readonly source: string;
  readonly ours: string;
  readonly expected: string;
}

export function sourceOf(seed: number, subject: Subject): string {
  if (subject === "text") return mutant(seed);
  return program(seed, { level: subject === "old" ? "5.3" : "5.4" });
}

/**
 * Compares what some seeds come to.
 *
 * @param seeds Run in one process of lua5.4; where it is not installed the plain run is the measure
 */
export async function compareSeeds(
  seeds: readonly number[],
  subject: Subject,
): Promise<readonly Disagreement[]> {
  const sources = seeds.map((seed) => sourceOf(seed, subject));
  const puc = await runPuc(sources, subject === "text");
  const found: Disagreement[] = [];
  for (const [i, seed] of seeds.entries()) {
    const source = sources[i] ?? "";
    found.push(...await compareSource(source, seed, subject, puc?.[i]));
  }
  return found;
}

/** Compares what one text comes to. @param puc What lua5.4 prints, where it is installed */
export async function compareSource(
  source: string,
  seed: number,
  subject: Subject,
  puc: string | undefined,
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  const compare = (mode: Disagreement["mode"], ours: string, expected: string) => {
    if (comparable(ours, "lua5.4") !== comparable(expected, "lua5.4")) {
      found.push({ seed, subject, mode, source, ours, expected });
    }
  };
  if (subject === "text") {
    if (puc !== undefined) compare("load", await loadOurs(source), puc);
    else await loadOurs(source);
    return found;
  }
  const plain = await runOurs(source, "plain", seed);
  if (puc !== undefined) compare("plain", plain, puc);
  for (const mode of MODES) {
    if (mode !== "plain") compare(mode, await runOurs(source, mode, seed), plain);
  }
  if (subject === "old") {
    const fengari = await runFengari(source);
    if (comparable(plain, "fengari") !== comparable(fengari, "fengari")) {
      found.push({ seed, subject, mode: "fengari", source, ours: plain, expected: fengari });
    }
  }
  return found;
}
