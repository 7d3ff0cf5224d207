import { main } from "./cli/main.ts";

// Nothing is awaited at the top level: in a bundle other files import this one, and would wait for its end.
// Confined workers start from the same file: no other is sure to be there in every form of the program
if ("WorkerGlobalScope" in globalThis) {
  import("./cli/worker.ts").then(({ runWorker }) =>
    runWorker((globalThis as unknown as { name: string }).name)
  );
} else {
  // When nothing is left that could wake the script, `main` says so itself
  main(Deno.args);
}
