/** `shell.exec`: a command from its start to the last byte that it prints. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { shellArguments } from "../os/shell.ts";
import { exitStatus, ProcessGroup } from "../process/group.ts";
import { checkSeconds } from "../process/options.ts";
import { MAX_TIMER, wait } from "../../runtime/seam/wait.ts";

const NAME = "shell.exec";

/** The most that a command may print on one stream, in bytes: what a string of the platform holds, with room to spare. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** How long a killed command may take to go before its caller goes on, in milliseconds. */
const REAP_LIMIT = 1000;

/** The options of `shell.exec`. */
export interface ExecOptions {
  /** @default the folder of the process */
  readonly cwd?: string;
  /** Added to the script's environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads, bytes. @default nothing */
  readonly stdin?: string;
  /** Seconds after which the command, and all it has started, is killed. @default none */
  readonly timeout?: number;
}

/** @param command Bytes, for `/bin/sh -c` */
export async function execute(host: Host, command: string, options: ExecOptions): Promise<LuaTable> {
  const { cwd, env, stdin, timeout } = options;
  checkSeconds(NAME, "timeout", timeout);
  const group = new ProcessGroup(host, NAME, {
    program: "/bin/sh",
    args: shellArguments(NAME, command),
    cwd,
    env,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const run = new Run(group);
  const timer = timeout === undefined
    ? undefined
    : setTimeout(() => run.end("timeout"), Math.min(timeout * 1000, MAX_TIMER));
  const release = onAbort(host.signal, () => run.end("timeout"));
  host.onCancel(() => run.end("cancel"));
  try {
    const result = await run.result(stdin);
    return host.vm.newRecord({ ...result });
  } finally {
    clearTimeout(timer);
    release();
    group.release();
  }
}

interface ExecResult {
  status: number;
  stdout: string;
  stderr: string;
  timed_out: boolean;
}

/** Why a command is not waited for any longer. */
type End = "timeout" | "output" | "cancel";

/** A running command with its pipes. */
class Run {
  readonly #group: ProcessGroup;
  readonly #out: ReadableStreamDefaultReader<Uint8Array>;
  readonly #err: ReadableStreamDefaultReader<Uint8Array>;
  readonly #ended = Promise.withResolvers<End>();

  constructor(group: ProcessGroup) {
    this.#group = group;
    this.#out = group.child.stdout.getReader();
    this.#err = group.child.stderr.getReader();
  }

  /** Stops waiting; the command is killed. */
  end(why: End): void {
    this.#ended.resolve(why);
  }

  async result(stdin: string | undefined): Promise<ExecResult> {
    const input = stdin === undefined ? undefined : this.#feed(stdin);
    const done = Promise.all([this.#group.child.status, this.#collect(this.#out), this.#collect(this.#err)]);
    const first = await Promise.race([done, this.#ended.promise]);
    if (typeof first !== "string") {
      const [status, stdout, stderr] = first;
      return { status: exitStatus(status), stdout, stderr, timed_out: false };
    }
    await this.#kill(input);
    if (first !== "output") {
      return { status: -1, stdout: "", stderr: "", timed_out: first === "timeout" };
    }
    throw new ScriptError(
      `${NAME}: the command has been killed: it printed more than ${MAX_OUTPUT / 1024 / 1024} MiB; ` +
        `let it write to a file and read that in parts`,
    );
  }

  /** What is not read, because the command ends or closes its input, is of no interest. */
  #feed(bytes: string): WritableStreamDefaultWriter<Uint8Array> {
    const writer = this.#group.child.stdin.getWriter();
    writer.closed.catch(() => {});
    writer.write(toBytes(bytes)).then(() => writer.close()).catch(() => {});
    return writer;
  }

  async #collect(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
    let output = "";
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return output;
      output += fromBytes(value);
      if (output.length > MAX_OUTPUT) this.end("output");
    }
  }

  /** Kills the group and closes the pipes, which a process that has left the group may keep open for ever. */
  async #kill(input: WritableStreamDefaultWriter<Uint8Array> | undefined): Promise<void> {
    this.#group.signal("SIGKILL");
    const gone = new AbortController();
    this.#group.child.status.finally(() => gone.abort());
    await wait(REAP_LIMIT, gone.signal);
    const closing = [this.#out.cancel(), this.#err.cancel(), input?.abort()];
    await Promise.allSettled(closing);
  }
}
