/** Tries a check of type `exec`. */
import { describeSystemError } from "../../../runtime/seam/error.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { judgeText, shorten } from "../common/text.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import type { ExecSettings } from "./type.ts";

/** Bytes of each stream that are kept. */
const MAX_OUTPUT = 1024 * 1024;

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<ExecSettings>> {
  const find = await loadPatterns(parts);
  return (settings, context) => attempt(settings, context, find);
}

async function attempt(settings: ExecSettings, context: ProbeContext, find: Find): Promise<Outcome> {
  const { command: [program = ""], expect = {} } = settings;
  let child: Deno.ChildProcess;
  try {
    child = start(settings);
  } catch (error) {
    return failed(`cannot start "${program}": ${describeStart(error, settings)}`);
  }
  const { signal, groups } = context;
  groups.started(child.pid);
  const kill = () => groups.kill(child.pid);
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  try {
    const reading = Promise.all([collect(child.stdout, kill), collect(child.stderr, kill)]);
    await feed(child, settings.stdin);
    const [status, [stdout, stderr]] = await Promise.all([child.status, reading]);
    signal.throwIfAborted();
    if (stdout === undefined || stderr === undefined) {
      return failed(`"${program}" printed more than ${MAX_OUTPUT / 1024 / 1024} MiB and was killed`);
    }
    const problem = judgeStatus(program, status, stderr, expect.status) ??
      judgeStream("stdout", stdout, expect.stdout, find) ??
      judgeStream("stderr", stderr, expect.stderr, find);
    return problem === undefined ? PASSED : failed(problem, { status: status.code });
  } finally {
    signal.removeEventListener("abort", kill);
    // What it has left running in the background ends with the check
    kill();
    groups.ended(child.pid);
  }
}

function start({ command: [program = "", ...args], cwd, stdin, env = {}, path }: ExecSettings) {
  return new Deno.Command(program, {
    args,
    ...(cwd === undefined ? {} : { cwd }),
    // The variables of the process are not for checks
    clearEnv: true,
    env: { PATH: path, ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

function describeStart(error: unknown, { command: [program = ""], cwd }: ExecSettings): string {
  if (error instanceof Deno.errors.NotFound) {
    return /\bcwd\b/.test(error.message)
      ? `the folder "${cwd ?? "."}" is not there`
      : program.includes("/")
      ? "there is no such program"
      : "no folder in PATH has this program";
  }
  return describeSystemError(error).replace(/^Failed to spawn '.*?': /s, "");
}

/** A program need not read what it is given. */
async function feed(child: Deno.ChildProcess, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It has ended, or has closed its input
  }
}

/** The text of a stream; undefined when it is too long. @param onTooMuch Ends the program */
async function collect(
  stream: ReadableStream<Uint8Array>,
  onTooMuch: () => void,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_OUTPUT) {
      onTooMuch();
      return undefined;
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function judgeStatus(
  program: string,
  { code, signal }: Deno.CommandStatus,
  stderr: string,
  expected = 0,
): string | undefined {
  const said = stderr.trim() === "" ? "" : `: ${shorten(stderr)}`;
  if (signal !== null) return `"${program}" was ended by ${signal}${said}`;
  return code === expected ? undefined : `expected exit status ${expected}, got ${code}${said}`;
}

function judgeStream(
  name: string,
  text: string,
  expected: Parameters<typeof judgeText>[2] | undefined,
  find: Find,
): string | undefined {
  return expected === undefined ? undefined : judgeText(name, text, expected, find);
}
