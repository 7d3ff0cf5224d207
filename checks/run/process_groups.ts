/**
 * Process groups that checks start. A confined worker may start the programs that it is allowed to, but Deno lets
 * nobody send a signal to a group who is not allowed to start everything. So they are killed by a shell that the
 * main thread has started before it gave up its permissions; it also ends what is left when assay is gone.
 */

/** What is told of the groups that probes start. A group has the id of the process that it was started with. */
export interface ProcessGroups {
  started(id: number): void;
  ended(id: number): void;
  /** Kills every process of the group. */
  kill(id: number): void;
}

/** What is told, as words of a protocol. */
export type GroupEvent = "started" | "ended" | "kill";

/** For who may send signals. */
export const ownGroups: ProcessGroups = {
  started() {},
  ended() {},
  kill(id) {
    try {
      Deno.kill(-id, "SIGKILL");
    } catch (error) {
      // Nobody is left
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
};

/** Reads a line for each event; at the end of its input, which is that of assay, it kills what still runs. */
const SCRIPT = `
trap '' HUP INT TERM
running=' '
while read -r event id; do
  case $event in
    started) running="$running$id " ;;
    ended) running="\${running%% $id *} \${running#* $id }" ;;
    kill) kill -s KILL -- "-$id" ;;
  esac
done
for id in $running; do kill -s KILL -- "-$id"; done
`;

/** The shell that ends groups. */
export class Reaper implements ProcessGroups {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor() {
    this.#child = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // Ctrl-C is for assay
      detached: true,
    }).spawn();
    this.#child.unref();
    this.#input = this.#child.stdin.getWriter();
  }

  started(id: number): void {
    this.#tell("started", id);
  }

  ended(id: number): void {
    this.#tell("ended", id);
  }

  kill(id: number): void {
    this.#tell("kill", id);
  }

  /** Kills what still runs. */
  async close(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }

  #tell(event: GroupEvent, id: number): void {
    // Group 1 and 0 are no program's
    if (!Number.isSafeInteger(id) || id <= 1) return;
    this.#input.write(new TextEncoder().encode(`${event} ${id}\n`)).catch(() => {});
  }
}
