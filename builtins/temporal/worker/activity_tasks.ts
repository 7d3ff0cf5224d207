/** Runs activities: functions of their input, which may wait and use every builtin. */
import { LuaError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { fromText } from "../../../runtime/seam/text.ts";
import type { LuaValue } from "../../../runtime/seam/value.ts";
import type { TemporalClient } from "../client.ts";
import { TemporalFailure } from "../failure.ts";
import { fromPayloads, type Payloads, toPayloads } from "../payload.ts";
import { failureOf } from "./failure.ts";
import type { ActivityTask, SentFailure } from "./protocol.ts";
import type { Handlers } from "./workflow_tasks.ts";

export class ActivityTasks {
  readonly #host: Host;
  readonly #client: TemporalClient;
  readonly #handlers: Handlers;

  constructor(host: Host, client: TemporalClient, handlers: Handlers) {
    this.#host = host;
    this.#client = client;
    this.#handlers = handlers;
  }

  /** Runs an activity and tells the frontend. */
  async perform(task: ActivityTask, taskToken: Uint8Array): Promise<void> {
    const { namespace, identity } = this.#client;
    const answer = { namespace, identity, taskToken };
    let result: Payloads | undefined;
    try {
      result = toPayloads("worker", await this.#run(task));
    } catch (error) {
      this.#host.signal.throwIfAborted();
      const failure = this.#failure(error);
      this.#host.log.warn(
        `temporal worker: activity '${task.activityType?.name}' failed: ${failure.message}`,
      );
      await this.#client.request((service) => service.respondActivityTaskFailed({ ...answer, failure }));
      return;
    }
    await this.#client.request((service) =>
      service.respondActivityTaskCompleted(result === undefined ? answer : { ...answer, result })
    );
  }

  async #run({ activityType, input }: ActivityTask): Promise<LuaValue> {
    const name = activityType?.name ?? "";
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      const known = [...this.#handlers.keys()].map((key) => `'${key}'`).join(", ");
      throw new TemporalFailure(`no activity '${name}' is registered with this worker: known are ${known}`);
    }
    const [result] = await this.#host.spawn(handler, fromPayloads(this.#host, "worker", input)).result;
    return result;
  }

  #failure(error: unknown): SentFailure {
    if (error instanceof LuaError) return failureOf(error.value, this.#host);
    if (error instanceof ScriptError || error instanceof TemporalFailure) {
      return failureOf(fromText(error.message), this.#host);
    }
    throw error;
  }
}
