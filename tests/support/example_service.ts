/** examples/service.lua, running. */
import { assayCommand, awaitLine, ROOT } from "./assay.ts";

/** Runs `body` while examples/service.lua serves on a free port. */
export async function withExampleService(body: (url: string) => Promise<void>): Promise<void> {
  const child = assayCommand(["examples/service.lua"], {
    cwd: ROOT,
    stdout: "null",
    env: { PORT: "0", RUST_LOG: "info" },
  }).spawn();
  try {
    const [, url = ""] = await awaitLine(child.stderr, /listening on (http:\S+)\n/);
    await body(url);
  } finally {
    child.kill("SIGTERM");
    await Promise.all([child.status, child.stderr.cancel()]);
  }
}
