import { main } from "./cli/main.ts";

// Confined workers start from the same file: no other is sure to be there in every form of the program
if ("WorkerGlobalScope" in globalThis) {
  const { runWorker } = await import("./cli/worker.ts");
  await runWorker((globalThis as unknown as { name: string }).name);
} else {
  // Not awaited at the top level: when nothing is left that could wake the script, `main` says so itself
  main(Deno.args);
}
