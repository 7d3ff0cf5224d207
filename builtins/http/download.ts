/** `http.download`: a response body to a file, without keeping it in memory. */
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toText } from "../../runtime/seam/text.ts";
import { bodyFailure } from "./client.ts";
import { exchange } from "./exchange.ts";
import type { HttpRequest } from "./request.ts";
import { withRetries } from "./retry.ts";
import { shownUrl } from "./shown_url.ts";
import type { Connection } from "./wire.ts";

const NAME = "http.download";

/**
 * Downloads to a file. The file appears under its name when it is complete: until then, and for good where the
 * download fails, what was there before stays.
 *
 * @param total Whether the request's timeout is for the whole download; otherwise for each wait for more
 * @returns the number of bytes
 * @throws {ScriptError} When the server does not answer with a status of success or the file cannot be written
 */
export async function download(
  host: Host,
  request: HttpRequest,
  connection: Connection,
  pathBytes: string,
  total: boolean,
): Promise<number> {
  const path = toText(pathBytes);
  return await withRetries(host, request, async (deadline, judge) => {
    const { reply } = await exchange(request, connection, deadline);
    await judge(reply);
    if (reply.status < 200 || reply.status > 299) {
      await reply.body?.cancel().catch(() => {});
      throw new ScriptError(
        `${NAME}: the server answered with status ${reply.status} for url (${shownUrl(request.url.href)})`,
      );
    }
    const target = new Target(path);
    try {
      for await (const chunk of reply.body ?? []) {
        if (!total) deadline.restart();
        await target.write(chunk);
      }
      return target.finish();
    } catch (error) {
      target.discard();
      throw error instanceof ScriptError ? error : bodyFailure(error, request, deadline);
    }
  });
}

/** The file being written, beside the place where it is to be. */
class Target {
  readonly #path: string;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#part = isSpecial(path) ? path : `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
    try {
      this.#file = Deno.openSync(this.#part, { write: true, create: true, truncate: true });
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await this.#file.write(rest));
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    this.#bytes += chunk.length;
  }

  finish(): number {
    try {
      this.#file.close();
      if (this.#part !== this.#path) Deno.renameSync(this.#part, this.#path);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    return this.#bytes;
  }

  discard(): void {
    try {
      this.#file.close();
    } catch {
      // Closed by finish already
    }
    try {
      if (this.#part !== this.#path) Deno.removeSync(this.#part);
    } catch {
      // The first failure is the one to tell
    }
  }
}

/** A device or a pipe is written to, not replaced. */
function isSpecial(path: string): boolean {
  try {
    return !Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function writeFailure(path: string, error: unknown): ScriptError {
  return new ScriptError(`${NAME}: failed to write "${path}": ${describeSystemError(error)}`, {
    cause: error,
  });
}
