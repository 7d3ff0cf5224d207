/** How much slower than JSON.parse it is to bring a large document into Lua tables. */
import { type Measurement, median } from "./measurement.ts";
import { parseJson } from "../builtins/json/parse.ts";
import { loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { createLogger } from "../runtime/log.ts";
import { Session } from "../runtime/session.ts";

const OBJECTS = 5000;
const ROUNDS = 11;

/** A list as `kubectl get pods -o json` gives it, some 1.4 MB, the same each time. */
export function podList(): string {
  const items = Array.from({ length: OBJECTS }, (_, i) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `web-${i}`,
      namespace: `team-${i % 17}`,
      labels: { app: "web", "pod-template-hash": (i * 2654435761 % 2 ** 32).toString(16) },
    },
    spec: {
      nodeName: `node-${i % 9}`,
      containers: [{ image: `nginx:1.25.${i % 9}`, ports: [8080] }],
    },
    status: { phase: i % 50 === 0 ? "Pending" : "Running", ready: i % 50 !== 0, restarts: i % 4 },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** The time of json.parse divided by that of JSON.parse, median of several rounds in one process. */
export async function jsonBench(rounds = ROUNDS): Promise<Measurement> {
  const source = podList();
  const host = new Session({
    engine: await loadEngine(),
    log: createLogger({ level: "error", colour: false, now: () => 0, write() {} }),
    output: { write() {}, flush() {} },
    environment: new FixedEnvironment({}),
  });
  const ours: number[] = [];
  const native: number[] = [];
  // In turns, so that both see the same machine
  for (let round = 0; round < rounds; round++) {
    native.push(time(() => JSON.parse(source)));
    ours.push(time(() => parseJson(host, source)));
  }
  const [own, base] = [median(ours), median(native)];
  return {
    name: "json.parse of 5,000 Kubernetes-like objects ÷ JSON.parse",
    ratio: own / base,
    detail: `${(source.length / 1e6).toFixed(1)} MB, ${OBJECTS} objects: ${own.toFixed(1)} ms / ${
      base.toFixed(1)
    } ms`,
  };
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
