/** The confined side of a run of checks: imports probes, gives up what it needed for that, and makes attempts. */
import { confine } from "../runtime/confined.ts";
import { chooseEngine } from "../runtime/engines.ts";
import { chooseMemory } from "../runtime/memory.ts";
import type { LogFields, Logger } from "../runtime/seam/host.ts";
import { explainDenials, ScriptError } from "../runtime/seam/error.ts";
import { IdleCollection } from "./run/idle.ts";
import { LocalExecutor, type RunningAttempt } from "./run/local_executor.ts";
import type { GroupEvent, ProcessGroups } from "./run/process_groups.ts";
import { Batch, type FromWorker, type Job, type ToWorker } from "./run/protocol.ts";
import type { Outcome } from "./types/type.ts";

/** What a worker is, as its own code sees it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

/** Runs the worker. */
export function runWorker(): void {
  const scope = globalThis as unknown as WorkerScope;
  const send = (message: FromWorker) => scope.postMessage(message);
  const executor = new LocalExecutor({
    log: logTo(send),
    output: { write: (bytes) => send({ kind: "print", bytes }), flush() {} },
  }, groupsOf(send));
  const outcomes = new Batch<{ id: number; outcome: Outcome }>((items) =>
    send({ kind: "outcomes", outcomes: items })
  );
  const running = new Map<number, RunningAttempt>();
  const collection = new IdleCollection();

  const attempt = (job: Job) => {
    const { id } = job;
    const attempt = executor.start(job);
    running.set(id, attempt);
    attempt.outcome.then((outcome) => {
      outcomes.add({ id, outcome });
      running.delete(id);
      if (running.size === 0) collection.idle();
    });
  };

  scope.onmessage = async ({ data }) => {
    switch (data.kind) {
      case "prepare":
        chooseEngine(data.engine);
        chooseMemory(data.memory);
        await executor.prepare(data.types);
        explainDenials((name, target) =>
          `add allow: {${name}: ${target === undefined ? "true" : `["${target}"]`}}`
        );
        confine(data.grants);
        return send({ kind: "ready" });
      case "attempt":
        collection.busy();
        for (const job of data.jobs) attempt(job);
        return;
      case "abort":
        for (const id of data.ids) running.get(id)?.stop(new ScriptError(data.reason));
    }
  };
  send({ kind: "started" });
}

function logTo(send: (message: FromWorker) => void): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (message: string, fields?: LogFields) =>
    send({ kind: "log", level, message, ...(fields === undefined ? {} : { fields }) });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function groupsOf(send: (message: FromWorker) => void): ProcessGroups {
  const at = (event: GroupEvent) => (id: number) => send({ kind: "group", event, id });
  return { started: at("started"), ended: at("ended"), kill: at("kill") };
}
