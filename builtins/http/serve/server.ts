/** `http.serve`: a web service whose handlers are Lua functions. */
import { onAbort } from "../../../runtime/seam/abort.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { AccessLog } from "./access_log.ts";
import { listen } from "./listener.ts";
import { readAddress, readLimits, type ServeOptions } from "./options.ts";
import { Routes } from "./routes.ts";
import { Service } from "./service.ts";

/**
 * Serves until the process ends, or the task that called is cancelled. The port in use is put in the global
 * `_SERVER_PORT` before the first request.
 *
 * @param port 0 picks a free one
 * @throws {ScriptError} When the routes are of another shape or the address cannot be listened on
 */
export function serve(host: Host, port: number, routes: LuaTable, options: ServeOptions): Promise<never> {
  const address = readAddress(port, options);
  const limits = readLimits(options);
  const service = new Service(host, new Routes(routes), limits, options.hide_errors ?? false);
  const accessLog = options.access_log === true ? new AccessLog(host.log) : undefined;
  const handler = accessLog?.follow(service.handle) ?? service.handle;
  const server = listen(address, (error) => service.failed(error), handler);
  host.vm.globals.set("_SERVER_PORT", server.port);
  let stopped: Promise<void> | undefined;
  const stop = () =>
    stopped ??= (async () => {
      release();
      service.endStreams();
      await within(limits.grace, server.shutdown().then(() => accessLog?.settle()));
    })();
  const release = host.onStop(stop);
  onAbort(host.signal, () => void stop());
  host.onCancel(() => void stop());
  return new Promise(() => {});
}

/** Waits for something, but no longer than that. To abort a server that shuts down already is an error in Deno. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
