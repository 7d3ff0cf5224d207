/** A client that a script holds. */
import type { Connection, WorkflowService } from "./library.d.ts";
import { onAbort } from "../../runtime/seam/abort.ts";
import { wait } from "../../runtime/seam/wait.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { LuaUserdata } from "../../runtime/seam/value.ts";
import { isTransient, TemporalFailure } from "./failure.ts";

export interface ClientSettings {
  readonly namespace: string;
  /** Who acts, as histories show it. Not empty. */
  readonly identity: string;
  /** Of one request, seconds. */
  readonly timeout: number;
}

/** A request is made this often at most. */
const MAX_ATTEMPTS = 10;

/** The wait before the second attempt, milliseconds; each further one is longer by half. */
const FIRST_DELAY = 100;

export class TemporalClient extends LuaUserdata {
  readonly namespace: string;
  readonly identity: string;
  readonly #host: Host;
  readonly #connection: Connection;
  readonly #timeout: number;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(host: Host, connection: Connection, settings: ClientSettings) {
    super();
    this.#host = host;
    this.#connection = connection;
    this.namespace = settings.namespace;
    this.identity = settings.identity;
    this.#timeout = settings.timeout;
    onAbort(host.signal, () => void this.close());
  }

  /**
   * Makes a request, again where the server is not there for a moment: the same request twice does what one does. It
   * ends when its time is up, the client is closed or the VM stops.
   *
   * @param timeout Seconds. @default what the client was made with
   * @param signal Ends the request, too
   * @throws {TemporalFailure} When the client is closed
   */
  async request<T>(
    call: (service: WorkflowService) => Promise<T>,
    timeout = this.#timeout,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#throwIfClosed();
    // One for each request: the library never stops to listen to what it is given
    const ending = new AbortController();
    const releases = [this.#closing.signal, ...(signal === undefined ? [] : [signal])].map((each) =>
      onAbort(each, () => ending.abort())
    );
    const running = this.#attempts(call, Date.now() + timeout * 1000, ending.signal);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      this.#throwIfClosed();
      throw error;
    } finally {
      this.#running.delete(running);
      for (const release of releases) release();
    }
  }

  async #attempts<T>(
    call: (service: WorkflowService) => Promise<T>,
    deadline: number,
    signal: AbortSignal,
  ): Promise<T> {
    const connection = this.#connection;
    for (let attempt = 1;; attempt++) {
      try {
        return await connection.withAbortSignal(
          signal,
          () => connection.withDeadline(deadline, () => call(connection.workflowService)),
        );
      } catch (error) {
        const delay = FIRST_DELAY * 1.5 ** (attempt - 1) * (0.8 + 0.4 * Math.random());
        const isLast = attempt === MAX_ATTEMPTS || Date.now() + delay >= deadline;
        if (signal.aborted || isLast || !isTransient(error)) throw error;
        await wait(delay, signal);
      }
    }
  }

  #throwIfClosed(): void {
    this.#host.signal.throwIfAborted();
    if (this.#closing.signal.aborted) throw new TemporalFailure("the client is closed");
  }

  /** Ends the requests that run, then the connection. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await this.#connection.close();
  }
}
