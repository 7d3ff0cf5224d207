/** Runs assay as its users do: as a process, from the sources. */
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = `${ROOT}main.ts`;

export interface Result {
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Written to the process's standard input, which is empty otherwise. */
  stdin?: string;
}

/** Where Deno keeps packages: with another HOME it would fetch them anew. */
const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

/** How a test starts a process of its own with assay in it. */
export function assayCommand(args: readonly string[], options: Deno.CommandOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--quiet", `--config=${ROOT}deno.json`, MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
    env: { NO_COLOR: "1", RUST_LOG: "error", DENO_DIR, ...options.env },
  });
}

/** Runs assay to its end. */
export async function assay(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { stdin, ...rest } = options;
  const child = assayCommand(args, { ...rest, stdin: stdin === undefined ? "null" : "piped" }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a line of shell in which `"$ASSAY" "$@"` is assay with its arguments. */
export async function shell(line: string, args: readonly string[]): Promise<Result> {
  const command = new Deno.Command("/bin/sh", {
    args: ["-c", line, "sh", ...args],
    env: { NO_COLOR: "1", RUST_LOG: "error", ASSAY: `${ROOT}bin/assay`, ASSAY_DENO: Deno.execPath() },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs `body` with a folder that is removed afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "assay-test-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Waits for the first line of a stream that matches, and gives the match. */
export async function awaitLine(
  stream: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true });
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
  throw new Error(`The stream ended without ${pattern}: ${text}`);
}
