import { defineGlobal, fn, objectMetatable } from "../../runtime/seam/declare.ts";
import { options } from "../../runtime/seam/params.ts";
import { connect, connectionFields } from "./connect.ts";
import { named } from "./failure.ts";
import { clientObject } from "./methods.ts";
import { startFields, startWorkflow } from "./start.ts";
import { contextObject } from "./worker/context.ts";
import { startWorker, workerFields, workerObject } from "./worker/worker.ts";

const METATABLE = Symbol("temporal client");
const WORKER_METATABLE = Symbol("temporal worker");

export default defineGlobal({
  name: "temporal",
  doc: "Clients and workers of Temporal, the workflow engine, over gRPC",
  preload: () => import("./library.js"),
  functions: {
    connect: fn({
      params: [options("opts", connectionFields)],
      returns: "client",
      doc: "Connect to a frontend; without TLS unless tls, https://, an API key or certificates ask for it",
      permission: "net",
      run: (host, opts) =>
        named("connect", async () => {
          const client = await connect(host, "connect", opts);
          client.metatable = objectMetatable(host, METATABLE, "temporal client", clientObject);
          return client;
        }),
    }),
    worker: fn({
      params: [options("opts", workerFields)],
      returns: "worker",
      doc:
        "Do the tasks of a task queue: workflows are functions of ctx and their input, activities of their input",
      permission: "net",
      effect: "write",
      run: (host, opts) =>
        named("worker", async () => {
          const worker = await startWorker(host, opts);
          worker.metatable = objectMetatable(host, WORKER_METATABLE, "temporal worker", workerObject);
          return worker;
        }),
    }),
    start: fn({
      params: [options("opts", { ...connectionFields, ...startFields })],
      returns: "{workflow_id, run_id}",
      doc: "Connect, start a workflow and close the connection",
      permission: "net",
      effect: "write",
      run: async (host, opts) => {
        const client = await named("connect", () => connect(host, "connect", opts));
        try {
          return await named("start_workflow", () => startWorkflow(host, client, opts));
        } finally {
          await client.close();
        }
      },
    }),
  },
  objects: { client: clientObject, worker: workerObject, ctx: contextObject },
});
