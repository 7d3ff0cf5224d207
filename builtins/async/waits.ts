/** Who waits for whom: what finds tasks that wait for each other, and tells what a script has come to a halt in. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host, RunningTask } from "../../runtime/seam/host.ts";

/** The wait of one task. */
interface Wait {
  /** Completes "x.lua:12 waits for …". */
  readonly what: () => string;
  /** The tasks without whose end it does not end. */
  readonly on: () => readonly (RunningTask | undefined)[];
}

const NOBODY = () => [];

/** The waits of the tasks of one VM. */
export class Waits {
  readonly #waits = new Map<RunningTask, Wait>();
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
    host.onIdle(() => Array.from(this.#waits, ([task, { what }]) => `${place(task)} waits for ${what()}`));
  }

  static of(host: Host): Waits {
    return host.state(STATE, () => new Waits(host));
  }

  /**
   * Notes that the calling task waits. To be called just before a promise is returned.
   *
   * @param what Completes "x.lua:12 waits for …"
   * @param on The tasks that it waits for the end of, all of them
   * @param cancelled Run when the task is cancelled in this wait
   * @returns The promise, after which the note is gone
   * @throws {ScriptError} When one of those waits for the calling task itself
   */
  note<T>(
    what: Wait["what"],
    promise: Promise<T>,
    cancelled: () => void,
    on: Wait["on"] = NOBODY,
  ): Promise<T> {
    const { task } = this.#host;
    if (task === undefined) return promise;
    const circle = this.#circle(task, on());
    if (circle !== undefined) {
      promise.catch(() => {});
      cancelled();
      const places = circle.map(place).filter((text) => text !== "").join(", ");
      throw new ScriptError(
        circle.length === 0
          ? "deadlock: the task waits for itself"
          : `deadlock: the task waits for one that waits for it${places === "" ? "" : ` (at ${places})`}`,
      );
    }
    const wait = { what, on };
    this.#waits.set(task, wait);
    const end = () => {
      if (this.#waits.get(task) === wait) this.#waits.delete(task);
    };
    promise.then(end, end);
    this.#host.onCancel(() => {
      end();
      cancelled();
    });
    return promise;
  }

  /** The tasks on the way from `from` to `task`; undefined where there is no way. */
  #circle(task: RunningTask, from: readonly (RunningTask | undefined)[]): RunningTask[] | undefined {
    const seen = new Set<RunningTask>();
    const search = (next: readonly (RunningTask | undefined)[]): RunningTask[] | undefined => {
      for (const other of next) {
        if (other === task) return [];
        if (other === undefined || seen.has(other)) continue;
        seen.add(other);
        const rest = search(this.#waits.get(other)?.on() ?? []);
        if (rest !== undefined) return [other, ...rest];
      }
      return undefined;
    };
    return search(from);
  }
}

const STATE = Symbol("async.waits");

function place(task: RunningTask): string {
  return task.waitsAt() || "a task";
}
