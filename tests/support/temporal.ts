/**
 * A Temporal frontend of a test's own: gRPC with the messages of Temporal's protocol files. Workflows do what their
 * type's name says, see `run`.
 */
import { Buffer } from "node:buffer";
import { grpc, proto } from "./grpc.js";

const api = proto.temporal.api.workflowservice.v1;
const SERVICE = "temporal.api.workflowservice.v1.WorkflowService";

/** One request as it came. */
export interface TemporalRequest {
  method: string;
  /** Headers. */
  metadata: Record<string, unknown>;
  /** The message as JSON: bytes as base64, 64-bit numbers as strings. */
  message: Record<string, unknown>;
}

import type { Call, Message, MethodDefinition, Server, ServerCredentials } from "./grpc.js";

interface Workflow {
  workflowId: string;
  runId: string;
  type: string;
  taskQueue: string;
  status: number;
  input: Message;
  close: Message | undefined;
  /** Waits for the end. */
  ended: PromiseWithResolvers<void>;
}

interface ServerOptions {
  credentials?: ServerCredentials;
  /** Refuses requests without this API key. */
  apiKey?: string;
}

export class TemporalServer {
  readonly requests: TemporalRequest[] = [];
  readonly #server = new grpc.Server();
  readonly #apiKey: string | undefined;
  readonly #workflows = new Map<string, Workflow>();
  #runs = 0;
  /** How many polls of a history are answered with nothing before one waits. */
  emptyPolls = 0;
  /** How many requests, but those by which clients connect, are refused before one is answered. */
  unavailable = 0;
  address = "";

  private constructor(apiKey: string | undefined) {
    this.#apiKey = apiKey;
  }

  static async start({ credentials, apiKey }: ServerOptions = {}): Promise<TemporalServer> {
    const server = new TemporalServer(apiKey);
    const methods: Record<string, (request: Message) => Message | Promise<Message>> = {
      GetSystemInfo: () => ({ serverVersion: "1.25" }),
      StartWorkflowExecution: (request) => server.#start(request),
      SignalWorkflowExecution: (request) =>
        server.#signal(request.workflowExecution, request.signalName, request.input),
      SignalWithStartWorkflowExecution: (request) => {
        const started = server.#workflows.get(request.workflowId)?.status === 1
          ? { runId: server.#workflows.get(request.workflowId)?.runId }
          : server.#start(request);
        server.#signal(request, request.signalName, request.signalInput);
        return started;
      },
      QueryWorkflow: (request) => server.#query(request),
      DescribeWorkflowExecution: (request) => ({
        workflowExecutionInfo: info(server.#find(request.execution)),
      }),
      ListWorkflowExecutions: (request) => server.#list(request),
      GetWorkflowExecutionHistory: (request) => server.#history(request),
      RequestCancelWorkflowExecution: (request) =>
        server.#end(server.#find(request.workflowExecution), 4, {
          workflowExecutionCanceledEventAttributes: {},
        }),
      TerminateWorkflowExecution: (request) =>
        server.#end(server.#find(request.workflowExecution), 5, {
          workflowExecutionTerminatedEventAttributes: { reason: request.reason },
        }),
    };
    const definition = Object.fromEntries(Object.keys(methods).map((name) => [name, methodDefinition(name)]));
    const handlers = Object.fromEntries(
      Object.entries(methods).map(([name, answer]) => [name, server.#handler(name, answer)]),
    );
    server.#server.addService(definition, handlers);
    server.address = await listen(server.#server, credentials);
    return server;
  }

  /** The requests of a method. */
  of(method: string): TemporalRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shutDown(this.#server);
  }

  #handler(method: string, answer: (request: Message) => Message | Promise<Message>) {
    return async (call: Call, done: (error: unknown, answer?: Message) => void) => {
      const metadata = call.metadata.getMap();
      this.requests.push({ method, metadata, message: call.request.toJSON() });
      try {
        if (method !== "GetSystemInfo" && this.unavailable-- > 0) {
          throw Object.assign(new Error("not now"), { code: grpc.status.UNAVAILABLE });
        }
        if (this.#apiKey !== undefined && metadata.authorization !== `Bearer ${this.#apiKey}`) {
          throw Object.assign(new Error("request unauthorized"), { code: grpc.status.UNAUTHENTICATED });
        }
        done(null, await answer(call.request));
      } catch (error) {
        const { code = grpc.status.INTERNAL, message } = error as { code?: number; message: string };
        done({ code, details: message });
      }
    };
  }

  #find({ workflowId }: Message): Workflow {
    const workflow = this.#workflows.get(workflowId);
    if (workflow !== undefined) return workflow;
    throw Object.assign(new Error(`workflow not found for ID: ${workflowId}`), {
      code: grpc.status.NOT_FOUND,
    });
  }

  #start(request: Message): Message {
    if (this.#workflows.get(request.workflowId)?.status === 1) {
      throw Object.assign(new Error("Workflow execution is already running."), {
        code: grpc.status.ALREADY_EXISTS,
      });
    }
    const workflow: Workflow = {
      workflowId: request.workflowId,
      runId: `run-${++this.#runs}`,
      type: request.workflowType.name,
      taskQueue: request.taskQueue.name,
      status: 1,
      input: request.input,
      close: undefined,
      ended: Promise.withResolvers<void>(),
    };
    this.#workflows.set(request.workflowId, workflow);
    this.#run(workflow);
    return { runId: workflow.runId };
  }

  /** `Wait` goes on until the signal `finish`, whose input is its result then; `Echo` gives back its input. */
  #run(workflow: Workflow): void {
    switch (workflow.type) {
      case "Echo":
        return this.#end(workflow, 2, {
          workflowExecutionCompletedEventAttributes: { result: workflow.input },
        });
      case "Bytes":
        return this.#end(workflow, 2, {
          workflowExecutionCompletedEventAttributes: { result: payload("binary/plain", "\xff\x00") },
        });
      case "Secret":
        return this.#end(workflow, 2, {
          workflowExecutionCompletedEventAttributes: { result: payload("binary/encrypted", "x") },
        });
      case "Fail":
        return this.#end(workflow, 3, {
          workflowExecutionFailedEventAttributes: {
            failure: {
              message: "Activity task failed",
              activityFailureInfo: { activityType: { name: "Pay" } },
              cause: { message: "no money", applicationFailureInfo: { type: "PaymentError" } },
            },
          },
        });
      case "Late":
        return this.#end(workflow, 7, { workflowExecutionTimedOutEventAttributes: {} });
      case "Again": {
        const next = { ...workflow, runId: `run-${++this.#runs}`, type: "Echo" };
        this.#end(workflow, 6, {
          workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId: next.runId },
        });
        this.#workflows.set(`${workflow.workflowId}/${next.runId}`, next);
        return this.#run(next);
      }
    }
  }

  #end(workflow: Workflow, status: number, attributes: Message): Message {
    workflow.status = status;
    workflow.close = { eventId: 2, ...attributes };
    workflow.ended.resolve();
    return {};
  }

  #signal(execution: Message, name: string, input: Message): Message {
    const workflow = this.#find(execution);
    if (name === "finish") {
      this.#end(workflow, 2, { workflowExecutionCompletedEventAttributes: { result: input } });
    }
    return {};
  }

  #query({ execution, query }: Message): Message {
    const workflow = this.#find(execution);
    if (query.queryType === "echo") return { queryResult: query.queryArgs };
    if (query.queryType === "reject") return { queryRejected: { status: workflow.status } };
    throw Object.assign(new Error(`unknown queryType ${query.queryType}`), {
      code: grpc.status.INVALID_ARGUMENT,
    });
  }

  #list({ nextPageToken, pageSize }: Message): Message {
    const all = [...this.#workflows.values()];
    const start = nextPageToken.length > 0 ? Number(new TextDecoder().decode(nextPageToken)) : 0;
    const end = start + Math.min(pageSize, 2);
    return {
      executions: all.slice(start, end).map(info),
      ...(end < all.length ? { nextPageToken: new TextEncoder().encode(String(end)) } : {}),
    };
  }

  async #history({ execution }: Message): Promise<Message> {
    const other = execution.runId && this.#workflows.get(`${execution.workflowId}/${execution.runId}`);
    const workflow = other || this.#find(execution);
    if (this.emptyPolls > 0) {
      this.emptyPolls--;
      return { history: { events: [] }, nextPageToken: new TextEncoder().encode("more") };
    }
    await workflow.ended.promise;
    return { history: { events: [workflow.close] } };
  }
}

function payload(encoding: string, bytes: string): Message {
  const data = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
  return { payloads: [{ metadata: { encoding: new TextEncoder().encode(encoding) }, data }] };
}

function info(workflow: Workflow): Message {
  return {
    execution: { workflowId: workflow.workflowId, runId: workflow.runId },
    type: { name: workflow.type },
    status: workflow.status,
    taskQueue: workflow.taskQueue,
    historyLength: 3,
    startTime: { seconds: 1700000000, nanos: 500000000 },
    ...(workflow.status === 1 ? {} : { closeTime: { seconds: 1700000001 } }),
  };
}

/** How a method of the service reads and writes its messages. */
export function methodDefinition(name: string): MethodDefinition {
  const [request, response] = [api[`${name}Request`], api[`${name}Response`]];
  return {
    path: `/${SERVICE}/${name}`,
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes) => request.decode(bytes),
    requestSerialize: (message) => Buffer.from(request.encode(message).finish()),
    responseDeserialize: (bytes) => response.decode(bytes),
    responseSerialize: (message) => Buffer.from(response.encode(response.fromObject(message)).finish()),
  };
}

/** Has a server listen on a free port. @returns Its address */
export async function listen(
  server: Server,
  credentials = grpc.ServerCredentials.createInsecure(),
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync(
    "127.0.0.1:0",
    credentials,
    (error, port) => error === null ? resolve(port) : reject(error),
  );
  return `127.0.0.1:${await promise}`;
}

/** Waits for clients, but not for ever; ending their connections by force makes Deno's HTTP/2 server crash. */
export async function shutDown(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.tryShutdown(() => resolve());
  const timer = setTimeout(resolve, 1000);
  await promise;
  clearTimeout(timer);
}
