/** Makes attempts here, in the thread that calls: inside the confined worker, and in tests. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";
import { CHECK_TYPES } from "../types/registry.ts";
import { failed, type Outcome, type Part, type Probe } from "../types/type.ts";
import { Deadlines } from "./deadlines.ts";
import type { AttemptRequest, Diagnostics, Executor } from "./executor.ts";
import { ownGroups, type ProcessGroups } from "./process_groups.ts";

/** How long a probe may take to say what it was doing when it is stopped. Milliseconds. */
const GRACE = 100;

/** Makes attempts in the thread that calls. */
export class LocalExecutor implements Executor {
  readonly #probes = new Map<string, Probe<object>>();
  readonly #diagnostics: Diagnostics;
  readonly #deadlines = new Deadlines();

  readonly #groups: ProcessGroups;

  constructor(diagnostics: Diagnostics, groups: ProcessGroups = ownGroups) {
    this.#diagnostics = diagnostics;
    this.#groups = groups;
  }

  async prepare(types: ReadonlyMap<string, ReadonlySet<Part>>): Promise<void> {
    await Promise.all(CHECK_TYPES.map(async (type) => {
      const parts = types.get(type.name);
      if (parts !== undefined) this.#probes.set(type.name, await type.probe(parts));
    }));
  }

  async attempt(request: AttemptRequest): Promise<Outcome> {
    const { type, settings, timeout, timeoutMessage, signal } = request;
    const probe = this.#probes.get(type);
    if (probe === undefined) return failed(`internal error: the probe of type '${type}' is not loaded`);
    const controller = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
    const stop = (reason: unknown) => {
      controller.abort(reason);
      // An attempt that goes on in spite of its end is left to itself
      setTimeout(() => end(failed(describeError(reason))), GRACE);
    };
    const expire = () => stop(new ScriptError(timeoutMessage));
    const onAbort = () => stop(signal.reason);
    this.#deadlines.add(expire, timeout);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const context = {
      ...this.#diagnostics,
      groups: this.#groups,
      signal: controller.signal,
      deadline: performance.now() + timeout,
      deadlineMessage: timeoutMessage,
      timeout,
    };
    try {
      return await Promise.race([this.#run(probe, settings, context), ended]);
    } finally {
      this.#deadlines.remove(expire);
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {}

  async #run(
    probe: Probe<object>,
    settings: object,
    context: Parameters<Probe<object>>[1],
  ): Promise<Outcome> {
    try {
      return await probe(settings, context);
    } catch (error) {
      if (context.signal.aborted) return failed(describeError(context.signal.reason));
      // One broken check must not take the results of the others with it
      return failed(`internal error: ${describeError(error)}`);
    }
  }
}
