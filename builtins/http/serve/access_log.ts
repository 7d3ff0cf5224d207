/** A line in the log for each request that has been answered. */
import type { Logger } from "../../../runtime/seam/host.ts";
import type { RequestHandler } from "./listener.ts";
import { Target } from "./request_table.ts";

/** Has a handler log its requests. Queries are left out: they may hold secrets. */
export function logged(log: Logger, handler: RequestHandler): RequestHandler {
  return (request, info) => {
    const start = performance.now();
    const { method } = request;
    const { path } = new Target(request.url);
    const remote = "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "socket";
    const write = (status: number, isWhole: boolean) => {
      const duration_ms = Math.round((performance.now() - start) * 10) / 10;
      const fields = { method, path, status, duration_ms, remote };
      log.info("http.serve: request", isWhole ? fields : { ...fields, aborted: true });
    };
    const follow = (response: Response): Response => {
      info.completed.then(() => write(response.status, true), () => write(response.status, false));
      return response;
    };
    const response = handler(request, info);
    return response instanceof Promise ? response.then(follow) : follow(response);
  };
}
