/**
 * A Temporal server of a test's own that has workflows run by workers: it keeps histories, gives out tasks and does
 * what commands say. There is one namespace.
 */
import { grpc, type Message } from "./grpc.js";
import { listen, methodDefinition, shutDown } from "./temporal.ts";

/** How many events a task brings: the worker has to ask for the others. */
const PAGE = 3;

/** How long a poll waits, milliseconds. */
const POLL_TIME = 500;

interface Run {
  readonly id: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly events: Message[];
  readonly timers: Map<string, ReturnType<typeof setTimeout>>;
  readonly ended: PromiseWithResolvers<Message>;
  /** Whether a task of it is being done. */
  isBusy: boolean;
  /** How many events the worker has not been told of. */
  news: number;
  status: number;
}

interface AskedQuery {
  readonly run: Run;
  readonly query: Message;
  readonly answered: PromiseWithResolvers<Message>;
}

/** Tasks, and those who wait for one. */
class Queue {
  readonly #tasks: Message[] = [];
  readonly #waiting: ((task: Message) => void)[] = [];

  add(task: Message): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#tasks.push(task);
    else waiting(task);
  }

  /** @param call Whose end ends the wait */
  take(call: Message): Promise<Message> {
    const task = this.#tasks.shift();
    if (task !== undefined) return Promise.resolve(task);
    const { promise, resolve } = Promise.withResolvers<Message>();
    const leave = () => {
      const index = this.#waiting.indexOf(resolve);
      if (index >= 0) this.#waiting.splice(index, 1);
    };
    const timer = setTimeout(() => {
      leave();
      resolve({});
    }, POLL_TIME);
    call.on("cancelled", () => {
      clearTimeout(timer);
      leave();
    });
    this.#waiting.push(resolve);
    return promise.finally(() => clearTimeout(timer));
  }
}

/** Queues by name. */
class Queues extends Map<string, Queue> {
  of(name: string): Queue {
    const queue = this.get(name) ?? new Queue();
    this.set(name, queue);
    return queue;
  }
}

export class TemporalEngine {
  /** Requests by which workers say that a task of a workflow has failed. */
  readonly failedTasks: Message[] = [];
  /** The attributes of the activities that were scheduled. */
  readonly scheduled: Message[] = [];
  readonly identities = new Set<string>();
  address = "";
  readonly #server = new grpc.Server();
  readonly #runs = new Map<string, Run>();
  readonly #queries = new Map<string, AskedQuery>();
  readonly #workflowTasks = new Queues();
  readonly #activityTasks = new Queues();

  static async start(): Promise<TemporalEngine> {
    const engine = new TemporalEngine();
    const methods = engine.#methods();
    const definition = Object.fromEntries(Object.keys(methods).map((name) => [name, methodDefinition(name)]));
    const handlers = Object.fromEntries(
      Object.entries(methods).map(([name, answer]) => [
        name,
        async (call: Message, done: (error: unknown, answer?: Message) => void) => {
          try {
            done(null, await answer(call.request, call) ?? {});
          } catch (error) {
            done({ code: grpc.status.INVALID_ARGUMENT, details: (error as Error).message });
          }
        },
      ]),
    );
    engine.#server.addService(definition, handlers);
    engine.address = await listen(engine.#server);
    return engine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shutDown(this.#server);
    for (const { timers } of this.#runs.values()) timers.forEach((each) => clearTimeout(each));
  }

  #methods(): Record<string, (request: Message, call: Message) => Message | void | Promise<Message>> {
    return {
      GetSystemInfo: () => ({ serverVersion: "1.25" }),
      StartWorkflowExecution: (request) => this.#start(request),
      SignalWorkflowExecution: ({ workflowExecution, signalName, input }) =>
        this.#happen(this.#find(workflowExecution), {
          workflowExecutionSignaledEventAttributes: { signalName, input },
        }),
      RequestCancelWorkflowExecution: ({ workflowExecution }) =>
        this.#happen(this.#find(workflowExecution), { workflowExecutionCancelRequestedEventAttributes: {} }),
      DescribeWorkflowExecution: ({ execution }) => {
        const run = this.#find(execution);
        return { workflowExecutionInfo: { execution, type: { name: run.type }, status: run.status } };
      },
      QueryWorkflow: (request) => this.#query(request),
      GetWorkflowExecutionHistory: (request) => this.#history(request),
      PollWorkflowTaskQueue: (request, call) => this.#pollWorkflows(request, call),
      RespondWorkflowTaskCompleted: (request) => this.#completed(request),
      RespondWorkflowTaskFailed: (request) => {
        this.failedTasks.push(request.toJSON());
      },
      RespondQueryTaskCompleted: (request) => {
        this.#queries.get(textOf(request.taskToken))?.answered.resolve(request);
      },
      PollActivityTaskQueue: ({ identity, taskQueue }, call) => {
        this.identities.add(identity);
        return this.#activityTasks.of(taskQueue.name).take(call);
      },
      RespondActivityTaskCompleted: ({ taskToken, result }) =>
        this.#activityEnds(taskToken, "Completed", { result }),
      RespondActivityTaskFailed: ({ taskToken, failure }) =>
        this.#activityEnds(taskToken, "Failed", { failure }),
    };
  }

  #find({ workflowId }: Message): Run {
    const run = this.#runs.get(workflowId);
    if (run === undefined) throw new Error(`workflow not found for ID: ${workflowId}`);
    return run;
  }

  #start({ workflowId, workflowType, taskQueue, input }: Message): Message {
    const run: Run = {
      id: workflowId,
      type: workflowType.name,
      taskQueue: taskQueue.name,
      events: [],
      timers: new Map(),
      ended: Promise.withResolvers<Message>(),
      isBusy: false,
      news: 0,
      status: 1,
    };
    this.#runs.set(workflowId, run);
    this.#happen(run, { workflowExecutionStartedEventAttributes: { input, attempt: 1 } });
    return { runId: `run-of-${workflowId}` };
  }

  /** Something has happened that the workflow is to be told of. */
  #happen(run: Run, attributes: Message): void {
    this.#record(run, attributes);
    run.news++;
    this.#offer(run);
  }

  #record(run: Run, attributes: Message): number {
    return run.events.push({ eventId: run.events.length + 1, ...attributes });
  }

  #offer(run: Run): void {
    if (run.isBusy || run.news === 0 || run.status !== 1) return;
    run.isBusy = true;
    run.news = 0;
    this.#workflowTasks.of(run.taskQueue).add({ taskToken: bytesOf(run.id), run });
  }

  async #pollWorkflows({ identity, taskQueue }: Message, call: Message): Promise<Message> {
    this.identities.add(identity);
    const { run, ...task } = await this.#workflowTasks.of(taskQueue.name).take(call);
    if (run === undefined) return {};
    return {
      ...task,
      workflowExecution: { workflowId: run.id, runId: `run-of-${run.id}` },
      workflowType: { name: run.type },
      history: { events: run.events.slice(0, PAGE) },
      ...(run.events.length > PAGE ? { nextPageToken: bytesOf(String(PAGE)) } : {}),
    };
  }

  async #history({ execution, historyEventFilterType, nextPageToken }: Message): Promise<Message> {
    const run = this.#find(execution);
    const onlyEnd = historyEventFilterType === 2;
    if (onlyEnd) return { history: { events: [await run.ended.promise] } };
    const from = Number(textOf(nextPageToken));
    const to = from + PAGE;
    return {
      history: { events: run.events.slice(from, to) },
      ...(to < run.events.length ? { nextPageToken: bytesOf(String(to)) } : {}),
    };
  }

  async #query({ execution, query }: Message): Promise<Message> {
    const run = this.#find(execution);
    const token = `query-${this.#queries.size}`;
    const asked = { run, query, answered: Promise.withResolvers<Message>() };
    this.#queries.set(token, asked);
    this.#workflowTasks.of(run.taskQueue).add({ taskToken: bytesOf(token), run, query });
    const { queryResult, errorMessage } = await asked.answered.promise;
    if (errorMessage) throw new Error(errorMessage);
    return { queryResult };
  }

  #completed({ taskToken, commands }: Message): void {
    const run = this.#find({ workflowId: textOf(taskToken) });
    for (const command of commands) this.#obey(run, command);
    run.isBusy = false;
    this.#offer(run);
  }

  #obey(run: Run, command: Message): void {
    const activity = command.scheduleActivityTaskCommandAttributes;
    if (activity) this.#schedule(run, activity);
    const timer = command.startTimerCommandAttributes;
    if (timer) this.#startTimer(run, timer);
    const cancelled = command.cancelTimerCommandAttributes?.timerId;
    if (cancelled) {
      if (!run.timers.has(cancelled)) throw new Error(`no timer ${cancelled} runs`);
      clearTimeout(run.timers.get(cancelled));
      run.timers.delete(cancelled);
      this.#record(run, { timerCanceledEventAttributes: { timerId: cancelled } });
    }
    const marker = command.recordMarkerCommandAttributes;
    if (marker) this.#record(run, { markerRecordedEventAttributes: marker.toJSON() });
    const completed = command.completeWorkflowExecutionCommandAttributes;
    if (completed) {
      this.#end(run, 2, { workflowExecutionCompletedEventAttributes: { result: completed.result } });
    }
    const failed = command.failWorkflowExecutionCommandAttributes;
    if (failed) this.#end(run, 3, { workflowExecutionFailedEventAttributes: { failure: failed.failure } });
    if (command.cancelWorkflowExecutionCommandAttributes) {
      this.#end(run, 4, { workflowExecutionCanceledEventAttributes: {} });
    }
  }

  #end(run: Run, status: number, attributes: Message): void {
    run.status = status;
    run.ended.resolve({ eventId: this.#record(run, attributes), ...attributes });
  }

  #schedule(run: Run, activity: Message): void {
    const { activityId, activityType, taskQueue, input } = activity;
    this.scheduled.push(activity.toJSON());
    const eventId = this.#record(run, {
      activityTaskScheduledEventAttributes: { activityId, activityType },
    });
    this.#activityTasks.of(taskQueue.name).add({
      taskToken: bytesOf(`${run.id}/${eventId}`),
      activityType,
      input,
    });
  }

  #activityEnds(taskToken: Uint8Array, how: "Completed" | "Failed", rest: Message): void {
    const [workflowId, scheduledEventId] = textOf(taskToken).split("/");
    this.#happen(this.#find({ workflowId }), {
      [`activityTask${how}EventAttributes`]: { scheduledEventId: Number(scheduledEventId), ...rest },
    });
  }

  #startTimer(run: Run, { timerId, startToFireTimeout }: Message): void {
    this.#record(run, { timerStartedEventAttributes: { timerId } });
    const { seconds, nanos } = startToFireTimeout;
    const fire = () => {
      run.timers.delete(timerId);
      this.#happen(run, { timerFiredEventAttributes: { timerId } });
    };
    run.timers.set(timerId, setTimeout(fire, Number(seconds) * 1000 + nanos / 1e6));
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
