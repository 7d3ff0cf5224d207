/** Makes attempts in a worker that can do no more than it is granted. */
import { startConfined } from "../../runtime/confined.ts";
import { chosenEngine } from "../../runtime/engines.ts";
import { chosenMemory } from "../../runtime/memory.ts";
import type { Grants } from "../../runtime/permissions.ts";
import { describeError } from "../../runtime/seam/error.ts";
import { failed, type Outcome, type Part } from "../types/type.ts";
import { Deadlines } from "./deadlines.ts";
import type { AttemptRequest, Diagnostics, Executor } from "./executor.ts";
import { ownGroups, type ProcessGroups } from "./process_groups.ts";
import { Batch, type FromWorker, type Job, type ToWorker } from "./protocol.ts";

/** How long an attempt may outlast its time before it is taken to be lost. Milliseconds. */
const GRACE = 2000;

/** Makes attempts in a confined worker. */
export class WorkerExecutor implements Executor {
  readonly #worker: Worker;
  readonly #grants: Grants;
  readonly #diagnostics: Diagnostics;
  readonly #groups: ProcessGroups;
  readonly #jobs: Batch<Job>;
  readonly #aborted: Batch<number>;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  readonly #deadlines = new Deadlines();
  readonly #companions = new WeakMap<AbortSignal, Set<number>>();
  readonly #ready = Promise.withResolvers<void>();
  #types: ReadonlyMap<string, ReadonlySet<Part>> = new Map();
  #abortReason = "interrupted";
  #lastId = 0;
  #failure: string | undefined;

  /** @param groups Is told of the process groups of the worker */
  constructor(grants: Grants, diagnostics: Diagnostics, groups: ProcessGroups = ownGroups) {
    this.#grants = grants;
    this.#groups = groups;
    this.#diagnostics = diagnostics;
    this.#worker = startConfined("checks", grants);
    this.#jobs = new Batch((jobs) => this.#post({ kind: "attempt", jobs }));
    this.#aborted = new Batch((ids) => this.#post({ kind: "abort", ids, reason: this.#abortReason }));
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
  }

  prepare(types: ReadonlyMap<string, ReadonlySet<Part>>): Promise<void> {
    this.#types = types;
    return this.#ready.promise;
  }

  attempt(request: AttemptRequest): Promise<Outcome> {
    const { type, settings, timeout, timeoutMessage, signal } = request;
    if (this.#failure !== undefined) return Promise.resolve(failed(this.#failure));
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    // The worker keeps the time; this is for one that does not answer any more
    const giveUp = () => this.#settle(id, failed(timeoutMessage));
    this.#deadlines.add(giveUp, performance.now() + timeout + GRACE);
    const companions = this.#companionsOf(signal);
    companions.add(id);
    this.#waiting.set(id, (outcome) => {
      this.#deadlines.remove(giveUp);
      companions.delete(id);
      resolve(outcome);
    });
    if (signal.aborted) this.#abort(id, signal);
    else this.#jobs.add({ id, type, settings, timeout, timeoutMessage });
    return promise;
  }

  /** The attempts that a signal ends. One listener for all: a run has one signal for thousands of attempts. */
  #companionsOf(signal: AbortSignal): Set<number> {
    let companions = this.#companions.get(signal);
    if (companions === undefined) {
      const ids = companions = new Set();
      this.#companions.set(signal, ids);
      signal.addEventListener("abort", () => ids.forEach((id) => this.#abort(id, signal)), { once: true });
    }
    return companions;
  }

  #abort(id: number, signal: AbortSignal): void {
    this.#abortReason = describeError(signal.reason);
    this.#aborted.add(id);
    this.#settle(id, failed(this.#abortReason));
  }

  close(): void {
    this.#worker.terminate();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "started":
        return this.#post({
          kind: "prepare",
          types: this.#types,
          grants: this.#grants,
          engine: chosenEngine(),
          memory: chosenMemory(),
        });
      case "ready":
        return this.#ready.resolve();
      case "outcomes":
        for (const { id, outcome } of message.outcomes) this.#settle(id, outcome);
        return;
      case "log":
        return this.#diagnostics.log[message.level](message.message, message.fields);
      case "print":
        return this.#diagnostics.output.write(message.bytes);
      case "group":
        return this.#groups[message.event](message.id);
    }
  }

  #settle(id: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.(outcome);
  }

  /** The worker is gone, and with it all that it was doing. */
  #fail(reason: string): void {
    this.#failure = `internal error: ${reason}`;
    this.#ready.reject(new Error(reason));
    for (const id of [...this.#waiting.keys()]) this.#settle(id, failed(this.#failure));
  }
}
