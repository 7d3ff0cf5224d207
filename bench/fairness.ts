/** How long handlers of `http.serve` that compute keep a request waiting which has nothing to compute. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

/** How many handlers compute at the same time. */
const CROWDS = [1, 5, 20];
const SECONDS = 3;
/** What a request may wait, in milliseconds. */
const LIMIT = 20;

/** `/busy` computes, of several kinds in turn, until the bench is over. */
const LUA = `
async.spawn(function() print("port " .. _SERVER_PORT) end)
local kinds = {
  function() local x = 0 for i = 1, 1000 do x = (x * 31 + i) % 1000003 end return x end,
  function() local t = {} for i = 1, 300 do t[i] = ("%d:%s"):format(i, i) end return #table.concat(t, ",") end,
  function() local t = {} for i = 1, 300 do t[i] = i * 7919 % 1000 end table.sort(t, function(a, b) return a < b end) end,
  function() local s = ("key=value; "):rep(50) local n = 0 for k, v in s:gmatch("(%w+)=(%w+)") do n = n + #k + #v end return n end,
}
local count = 0
http.serve(0, { GET = {
  ["/quick"] = function() return { status = 200, body = "hello" } end,
  ["/busy"] = function()
    count = count + 1
    local work = kinds[count % #kinds + 1]
    local finish = time() + ${SECONDS + 1}
    repeat work() until time() > finish
    return { status = 200, body = "done" }
  end,
} }, { host = "127.0.0.1" })`;

/** Waits for answers in a process beside the server, with more and more handlers that compute. */
export async function fairnessBench(): Promise<Measurement> {
  const details: string[] = [];
  let worst = 0;
  for (const crowd of CROWDS) {
    const waits = (await waitsBeside(crowd)).toSorted((a, b) => a - b);
    const longest = waits.at(-1) ?? NaN;
    worst = Math.max(worst, longest);
    const figures = [median(waits), waits[Math.floor(waits.length * 0.99)] ?? NaN, longest];
    details.push(`${crowd} busy: ${figures.map((wait) => wait.toFixed(1)).join(" / ")} ms`);
  }
  return {
    name: `the longest wait for a short answer beside handlers that compute, in units of ${LIMIT} ms`,
    ratio: worst / LIMIT,
    target: "≤ 1",
    detail: `median / 99th percentile / longest: ${details.join(", ")}`,
  };
}

/** @param crowd So many handlers compute meanwhile. @returns Milliseconds */
async function waitsBeside(crowd: number): Promise<number[]> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-prompt", `--config=${CONFIG}`, MAIN, "exec", "-e", LUA],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const url = `http://127.0.0.1:${await portOf(server)}`;
    await (await fetch(`${url}/quick`)).text();
    const busy = Array.from({ length: crowd }, async () => await (await fetch(`${url}/busy`)).text());
    const waits: number[] = [];
    const end = performance.now() + SECONDS * 1000;
    while (performance.now() < end) {
      const start = performance.now();
      await (await fetch(`${url}/quick`)).text();
      waits.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(busy);
    return waits;
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
}

async function portOf(server: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (
    const chunk of server.stdout.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })
  ) {
    text += chunk;
    const port = /port (\d+)\n/.exec(text)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error("The server did not start");
}
