/** `temporal.worker`: takes tasks of a queue, does them, and takes others. */
import { fn, type FunctionDeclaration, type ObjectDeclaration } from "../../../runtime/seam/declare.ts";
import { describeError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { instance, options, type ParamValues, string, table } from "../../../runtime/seam/params.ts";
import { fromText } from "../../../runtime/seam/text.ts";
import { LuaUserdata } from "../../../runtime/seam/value.ts";
import { wait } from "../../../runtime/seam/wait.ts";
import type { TemporalClient } from "../client.ts";
import { connect, connectionFields } from "../connect.ts";
import { codeOf, DEADLINE_EXCEEDED, describeRequestError } from "../failure.ts";
import type { WorkflowService } from "../library.d.ts";
import { required } from "../required.ts";
import { ActivityTasks } from "./activity_tasks.ts";
import { type Handlers, readHandlers, WorkflowTasks } from "./workflow_tasks.ts";

/** What `temporal.worker` takes. */
export const workerFields = {
  ...connectionFields,
  task_queue: string,
  workflows: table,
  activities: table,
} as const;

/** How long a frontend keeps a worker waiting for a task at most, and some time for it to say so. Seconds. */
const POLL_TIME = 70;

/** How many tasks of a kind are done at a time. */
const MAX_TASKS = 100;

/** Waits after requests that have failed, milliseconds: the first, and the longest. Each is twice the one before. */
const FIRST_DELAY = 1000;
const MAX_DELAY = 30_000;

interface Task {
  readonly taskToken?: Uint8Array | null;
}

interface Kind<T extends Task> {
  poll(service: WorkflowService): Promise<T>;
  perform(task: T, taskToken: Uint8Array): Promise<void>;
}

const workerOptions = options("opts", workerFields);

/** Connects and begins to take tasks. @throws {ScriptError} When it would have nothing to do */
export async function startWorker(
  host: Host,
  given: ParamValues<[typeof workerOptions]>[0],
): Promise<TemporalWorker> {
  const taskQueue = required("worker", "task_queue", given.task_queue);
  const handlers = {
    workflows: readHandlers("workflows", given.workflows),
    activities: readHandlers("activities", given.activities),
  };
  if (handlers.workflows.size + handlers.activities.size === 0) {
    throw new ScriptError(
      "temporal worker: workflows or activities is required: tables from names to functions",
    );
  }
  const identity = given.identity ?? fromText(`assay-worker@${taskQueue}`);
  const client = await connect(host, "worker", { ...given, identity });
  return new TemporalWorker(host, client, taskQueue, handlers);
}

/** What a worker does, by name. */
export interface WorkerHandlers {
  readonly workflows: Handlers;
  readonly activities: Handlers;
}

/** A worker that has been started. */
export class TemporalWorker extends LuaUserdata {
  readonly #host: Host;
  readonly #client: TemporalClient;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #isRunning = true;

  constructor(
    host: Host,
    client: TemporalClient,
    taskQueue: string,
    { workflows, activities }: WorkerHandlers,
  ) {
    super();
    this.#host = host;
    this.#client = client;
    const { namespace, identity } = client;
    const poll = { namespace, identity, taskQueue: { name: taskQueue } };
    const loops: Promise<void>[] = [];
    if (workflows.size > 0) {
      const tasks = new WorkflowTasks(host, client, taskQueue, workflows);
      loops.push(this.#take({
        poll: (service) => service.pollWorkflowTaskQueue(poll),
        perform: (task, token) => tasks.perform(task, token),
      }));
    }
    if (activities.size > 0) {
      const tasks = new ActivityTasks(host, client, activities);
      loops.push(this.#take({
        poll: (service) => service.pollActivityTaskQueue(poll),
        perform: (task, token) => tasks.perform(task, token),
      }));
    }
    const takeBack = host.onStop(() => this.shutdown());
    this.#ended = Promise.all(loops).then(async () => {
      this.#isRunning = false;
      takeBack();
      await client.close();
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Takes no more tasks, and waits for those that are being done. */
  async shutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  /** Takes tasks until it is to stop, or the VM. */
  async #take<T extends Task>(kind: Kind<T>): Promise<void> {
    const running = new Set<Promise<void>>();
    const signal = AbortSignal.any([this.#stopping.signal, this.#host.signal]);
    let delay = FIRST_DELAY;
    while (!signal.aborted) {
      try {
        const task = await this.#client.request((service) => kind.poll(service), POLL_TIME, signal);
        delay = FIRST_DELAY;
        const { taskToken } = task;
        if (!taskToken?.length) continue;
        const work = this.#perform(kind, task, taskToken).finally(() => running.delete(work));
        running.add(work);
        if (running.size >= MAX_TASKS) await Promise.race(running);
      } catch (error) {
        if (signal.aborted) break;
        if (codeOf(error) === DEADLINE_EXCEEDED) continue;
        this.#host.log.warn(
          `temporal worker: no task can be asked for, again in ${delay / 1000}s: ${
            describeRequestError(error)
          }`,
        );
        await wait(delay, signal);
        delay = Math.min(delay * 2, MAX_DELAY);
      }
    }
    await Promise.all(running);
  }

  /** A task whose end the frontend does not hear of is given out again by it. */
  async #perform<T extends Task>(kind: Kind<T>, task: T, taskToken: Uint8Array): Promise<void> {
    try {
      await kind.perform(task, taskToken);
    } catch (error) {
      if (this.#host.signal.aborted) return;
      const what = codeOf(error) === undefined ? describeError(error) : describeRequestError(error);
      this.#host.log.error(`temporal worker: a task was done in vain: ${what}`);
    }
  }
}

const self = instance("worker", "temporal worker", TemporalWorker);

/** The methods, by name. */
export const workerObject: ObjectDeclaration<FunctionDeclaration> = {
  doc: "A worker of a Temporal task queue",
  methods: {
    is_running: fn({
      params: [self],
      returns: "boolean",
      doc: "Whether it takes tasks, or does some still",
      run: (_host, worker) => worker.isRunning,
    }),
    shutdown: fn({
      params: [self],
      returns: "nil",
      doc: "Take no more tasks, wait for those that are being done and close the connection",
      permission: "net",
      effect: "write",
      run: (_host, worker) => worker.shutdown(),
    }),
  },
};
