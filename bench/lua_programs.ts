/** What the measurements of the Lua engine share: the programs, and what runs them. */
import { fileURLToPath } from "node:url";

export const FOLDER = fileURLToPath(new URL("lua/", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../bin/assay", import.meta.url));
export const PROGRAMS = ["json", "template", "log", "events", "text"];

/** All programs as one script of some 700 lines that runs each once on little data. */
export async function allPrograms(): Promise<string> {
  const sources = await Promise.all(PROGRAMS.map((name) => Deno.readTextFile(`${FOLDER}${name}.lua`)));
  return sources.map((source) => `do local program = (function()\n${source}end)() program(1) end\n`).join("");
}

/** Milliseconds, of several processes. */
export interface Times {
  readonly cold: number[];
  readonly warm: number[];
}

/** A program that runs Lua. */
export interface Runner {
  program: string;
  env: Record<string, string>;
}

export const assay: Runner = { program: LAUNCHER, env: { ASSAY_DENO: Deno.execPath(), RUST_LOG: "error" } };
export const lua: Runner = { program: "lua5.4", env: {} };

/** What a program prints. */
export async function output({ program, env }: Runner, file: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [file], env }).output();
  if (!success) throw new Error(`${program} ${file}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** What a program prints, in columns. */
export async function table(runner: Runner, file: string): Promise<string[][]> {
  return (await output(runner, file)).trimEnd().split("\n").map((line) => line.split("\t"));
}

export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
