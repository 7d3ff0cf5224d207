/** Makes attempts here, in the thread that calls: inside the confined worker, and in tests. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";
import { CHECK_TYPES } from "../types/registry.ts";
import { failed, type Outcome, type Part, type Probe, type ProbeContext } from "../types/type.ts";
import { Deadlines } from "./deadlines.ts";
import type { AttemptRequest, Diagnostics, Executor } from "./executor.ts";
import { ownGroups, type ProcessGroups } from "./process_groups.ts";

/** How long a probe may take to say what it was doing when it is stopped. Milliseconds. */
const GRACE = 100;

/** An attempt on its way. */
export interface RunningAttempt {
  readonly outcome: Promise<Outcome>;
  /** Ends it early. @param reason What it fails with */
  stop(reason: unknown): void;
}

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

  attempt(request: AttemptRequest): Promise<Outcome> {
    const { signal } = request;
    const { outcome, stop } = this.start(request);
    const onAbort = () => stop(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return outcome.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** As {@link attempt}, for who has no signal: one costs a good part of what a short attempt takes. */
  start({ type, settings, timeout, timeoutMessage }: Omit<AttemptRequest, "signal">): RunningAttempt {
    const probe = this.#probes.get(type);
    if (probe === undefined) {
      const error = `internal error: the probe of type '${type}' is not loaded`;
      return { outcome: Promise.resolve(failed(error)), stop() {} };
    }
    const controller = new AbortController();
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
    const stop = (reason: unknown) => {
      controller.abort(reason);
      // An attempt that goes on in spite of its end is left to itself
      setTimeout(() => resolve(failed(describeError(reason))), GRACE);
    };
    const expire = () => stop(new ScriptError(timeoutMessage));
    const deadline = performance.now() + timeout;
    this.#deadlines.add(expire, deadline);
    const context: ProbeContext = {
      log: this.#diagnostics.log,
      output: this.#diagnostics.output,
      groups: this.#groups,
      signal: controller.signal,
      deadline,
      deadlineMessage: timeoutMessage,
      timeout,
    };
    this.#run(probe, settings, context).then((outcome) => {
      this.#deadlines.remove(expire);
      resolve(outcome);
    });
    return { outcome, stop };
  }

  close(): void {}

  async #run(
    probe: Probe<object>,
    settings: object,
    context: ProbeContext,
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
