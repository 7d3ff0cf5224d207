/** A line in the log for each request that has been answered. */
import type { Logger } from "../../../runtime/seam/host.ts";
import type { RequestHandler } from "./listener.ts";
import { Target } from "./request_table.ts";

/** Logs the requests of a server. Queries are left out: they may hold secrets. */
export class AccessLog {
  readonly #log: Logger;
  readonly #pending = new Set<Promise<void>>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Has a handler log its requests, each when its response has been sent or its client has left. */
  follow(handler: RequestHandler): RequestHandler {
    return (request, info) => {
      const start = performance.now();
      // What Deno lets nobody read any more once the response has been sent
      const fields = {
        method: request.method,
        path: new Target(request.url).shown,
        remote: "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "socket",
      };
      const note = (response: Response): Response => {
        const write = () => {
          const duration_ms = Math.round((performance.now() - start) * 10) / 10;
          this.#log.info("http.serve: request", { ...fields, status: response.status, duration_ms });
        };
        const done = info.completed.then(write, write);
        this.#pending.add(done);
        void done.finally(() => this.#pending.delete(done));
        return response;
      };
      const response = handler(request, info);
      return response instanceof Promise ? response.then(note) : note(response);
    };
  }

  /** Waits for the lines of the responses that are being sent. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
