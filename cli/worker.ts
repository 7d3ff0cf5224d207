/** What a worker of this program runs: its name says which program that is. */
import type { ConfinedProgram } from "../runtime/confined.ts";

/** Runs the program that the worker was started for. */
export async function runWorker(name: string): Promise<void> {
  switch (name as ConfinedProgram) {
    case "checks":
      return (await import("../checks/worker.ts")).runWorker();
    case "script":
      return (await import("./confined_worker.ts")).runWorker();
  }
}
