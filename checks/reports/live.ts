/** What `--serve` answers: `/` (the page), `/metrics`, `/healthz`, `/report.json`, `/events`. */
import type { Report } from "../run/result.ts";
import { renderPage } from "./html/page.ts";
import { renderMetrics } from "./prometheus.ts";

/** Pages that may be open at once. */
const MAX_LISTENERS = 256;
const encoder = new TextEncoder();

/** Shows the results of the last run to whoever asks. */
export class LiveResults {
  #report: Report | undefined;
  #runs = 0;
  readonly #listeners = new Set<ReadableStreamDefaultController<Uint8Array>>();

  /** New results take the place of those before. */
  update(report: Report): void {
    this.#report = report;
    this.#runs++;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  /** Ends what pages listen to. */
  close(): void {
    for (const listener of this.#listeners) end(listener);
    this.#listeners.clear();
  }

  /** How many pages listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Answers a request. */
  readonly answer = (request: Request): Response => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("only GET is allowed here\n", 405, { allow: "GET, HEAD" });
    }
    switch (new URL(request.url).pathname) {
      case "/":
        return new Response(renderPage(this.#report, { isLive: true }), {
          headers: { "content-type": "text/html; charset=utf-8", ...HEADERS },
        });
      case "/metrics":
        return text(this.#metrics(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      case "/healthz":
        return this.#health();
      case "/report.json":
        return this.#report === undefined
          ? text("the first run has not ended yet\n", 503)
          : json(this.#report, 200);
      case "/events":
        return this.#events();
      default:
        return text("not found: there are / /metrics /healthz /report.json /events\n", 404);
    }
  };

  #metrics(): string {
    const runs = `# HELP assay_runs_total How many runs have ended.\n# TYPE assay_runs_total counter\n` +
      `assay_runs_total ${this.#runs}\n`;
    return this.#report === undefined ? runs : renderMetrics(this.#report) + runs;
  }

  #health(): Response {
    if (this.#report === undefined) return json({ status: "starting" }, 503);
    const { failed, passed, warned, skipped, total, started_at, results } = this.#report;
    const failing = results.filter(({ status }) => status === "failed").map(({ name }) => name);
    const status = failed === 0 ? "passing" : "failing";
    const counts = { passed, failed, warned, skipped, total };
    return json({ status, ...counts, failing, started_at }, failed === 0 ? 200 : 503);
  }

  #events(): Response {
    if (this.#listeners.size >= MAX_LISTENERS) {
      return text("too many pages are open\n", 503, { "retry-after": "60" });
    }
    let own: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#listeners.add(controller);
        this.#tell(controller);
      },
      cancel: () => {
        if (own !== undefined) this.#listeners.delete(own);
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", ...HEADERS } });
  }

  /** A page that does not read is let go: it asks again. */
  #tell(listener: ReadableStreamDefaultController<Uint8Array>): void {
    if ((listener.desiredSize ?? 0) < -16) {
      this.#listeners.delete(listener);
      end(listener);
      return;
    }
    listener.enqueue(encoder.encode(`event: report\ndata: ${this.#runs}\n\n`));
  }
}

function end(listener: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    listener.close();
  } catch {
    // The page has gone by itself
  }
}

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function text(body: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...HEADERS, ...headers },
  });
}

function json(value: unknown, status: number): Response {
  return new Response(`${JSON.stringify(value, null, 2)}\n`, {
    status,
    headers: { "content-type": "application/json", ...HEADERS },
  });
}
