/** How many requests a Lua service answers, measured by those of a bare `Deno.serve`. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const CONNECTIONS = 50;
const ROUNDS = 5;
const SECONDS = 3;

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

const LUA = `async.spawn(function() print("port " .. _SERVER_PORT) end)
http.serve(0, { GET = { ["/"] = function() return { status = 200, body = "hello" } end } }, { host = "127.0.0.1" })`;

const BARE = `Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log("port " + port) },
  () => new Response("hello"),
);`;

/** Requests per second of `http.serve` divided by those of `Deno.serve`, medians of rounds taken in turn. */
export async function httpServeBench(): Promise<Measurement> {
  const folder = await Deno.makeTempDir({ prefix: "assay-bench-" });
  const bareFile = `${folder}/bare.ts`;
  await Deno.writeTextFile(bareFile, BARE);
  const servers = [
    await start(["--no-prompt", `--config=${CONFIG}`, MAIN, "exec", "-e", LUA]),
    await start([bareFile]),
  ] as const;
  try {
    const drive = await hasWrk() ? driveWithWrk : driveWithFetch;
    const rates: [number[], number[]] = [[], []];
    for (const { url } of servers) await drive(url, 1);
    for (let round = 0; round < ROUNDS; round++) {
      rates[0].push(await drive(servers[0].url, SECONDS));
      rates[1].push(await drive(servers[1].url, SECONDS));
    }
    const [own, bare] = [median(rates[0]), median(rates[1])];
    return {
      name: "http.serve / Deno.serve, requests per second",
      ratio: own / bare,
      target: "≥ 0.75, with fengari ≥ 0.45",
      detail: `${CONNECTIONS} connections, ${drive === driveWithWrk ? "wrk" : "fetch"} beside the server: ` +
        `${thousands(own)} / ${thousands(bare)}`,
    };
  } finally {
    for (const { child } of servers) {
      child.kill("SIGKILL");
      await child.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}

interface Server {
  child: Deno.ChildProcess;
  url: string;
}

async function start(args: readonly string[]): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true });
    const port = /port (\d+)\n/.exec(text)?.[1];
    if (port !== undefined) return { child, url: `http://127.0.0.1:${port}/` };
  }
  throw new Error(`A server did not start: ${args.join(" ")}`);
}

async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

async function driveWithWrk(url: string, seconds: number): Promise<number> {
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url],
    stdout: "piped",
  }).output();
  const report = new TextDecoder().decode(stdout);
  const rate = /^Requests\/sec:\s*([\d.]+)/m.exec(report)?.[1];
  if (rate === undefined || /Non-2xx|Socket errors/.test(report)) throw new Error(`wrk ${url}: ${report}`);
  return Number(rate);
}

async function driveWithFetch(url: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const connection = async () => {
    while (performance.now() < end) {
      const reply = await fetch(url);
      if (!reply.ok) throw new Error(`${url} answered with status ${reply.status}`);
      await reply.body?.cancel();
      count++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return count / seconds;
}

function thousands(rate: number): string {
  return `${(rate / 1000).toFixed(1)}k`;
}
