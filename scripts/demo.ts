/**
 * The main job from end to end: starts examples/service.lua, runs examples/checks.yaml against it, runs
 * examples/hello.lua, and stops the service.
 */
const ROOT = new URL("..", import.meta.url);
const ASSAY = new URL("bin/assay", ROOT).pathname;
const PORT = "18080";
const START_LIMIT_MS = 20_000;

function assay(args: string[], options: Deno.CommandOptions = {}): Deno.Command {
  console.log(`\n$ bin/assay ${args.join(" ")}`);
  return new Deno.Command(ASSAY, {
    args,
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    ...options,
    env: { ASSAY_DENO: Deno.execPath(), ...options.env },
  });
}

/** Waits until the service answers; its own end is an error at once. */
async function untilReady(url: string, ended: Promise<Deno.CommandStatus>): Promise<void> {
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const gone = ended.then(({ code }) => {
    throw new Error(`The service ended with status ${code}: is port ${PORT} in use?`);
  });
  gone.catch(() => {});
  for (;;) {
    const answer = fetch(url, { signal: limit }).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
    if (await Promise.race([answer, gone])) return;
    limit.throwIfAborted();
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), gone]);
  }
}

const service = assay(["examples/service.lua"], { env: { PORT } }).spawn();
let status = 1;
try {
  await untilReady(`http://127.0.0.1:${PORT}/health`, service.status);
  const checks = await assay(["examples/checks.yaml"]).spawn().status;
  const hello = await assay(["examples/hello.lua"]).spawn().status;
  status = checks.code || hello.code;
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
} finally {
  try {
    service.kill("SIGTERM");
  } catch {
    // It has ended already
  }
  const { code } = await service.status;
  console.log(`\nThe service has stopped with status ${code}`);
  status ||= code;
}
Deno.exit(status);
