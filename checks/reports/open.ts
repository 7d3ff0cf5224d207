/** Opens what reports are written to. After that no permission is needed to write them. */
import { writeText } from "../../runtime/output.ts";
import { describeSystemError } from "../../runtime/seam/error.ts";
import { writeAll } from "../../runtime/seam/write.ts";
import type { Report } from "../run/result.ts";
import type { Observer } from "../run/runner.ts";
import { type ReportName, type ReportRequest, REPORTS } from "./registry.ts";
import type { ReportContext, Reporter, Sink, Terminal } from "./report.ts";

const encoder = new TextEncoder();

/** A report that cannot be written. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/** What opening reports needs of the process. */
export interface OpenOptions {
  /** Takes secrets out of a text. */
  mask(text: string): string;
  variable(name: string): string | undefined;
  readonly folder: string;
  /** Standard output, where it is a terminal. */
  readonly terminal: Terminal | undefined;
}

/** Reports that follow a run. */
export interface OpenReports {
  readonly observers: readonly Observer[];
  /** Writes something to stderr above what a terminal shows. */
  aside(write: () => void): void;
  /** Writes what is written at the end of a run. @throws {ReportError} When a file takes no more */
  end(report: Report): void;
}

/**
 * Opens reports.
 *
 * @throws {ReportError} When one cannot be written, or two would mix
 */
export async function openReports(
  requests: readonly ReportRequest[],
  options: OpenOptions,
): Promise<OpenReports> {
  refuseMixed(requests);
  const forms = await Promise.all(requests.map(({ name }) => REPORTS[name].load()));
  const files: FileSink[] = [];
  let aside: (write: () => void) => void = (write) => write();
  const reporters = forms.map((form, index): Reporter => {
    const { name, file } = requests[index] ?? { name: "json" };
    const context: ReportContext = {
      ...options,
      append: (path) => new AppendingSink(path, name),
      aside: (use) => aside = use,
    };
    if (file === undefined) return form.start(standardOutput(options.terminal), context);
    const sink = new FileSink(file, name);
    files.push(sink);
    return form.start(sink, context);
  });
  return {
    observers: reporters,
    aside: (write) => aside(write),
    end(report) {
      for (const reporter of reporters) reporter.end(report);
      for (const file of files) file.commit();
    },
  };
}

/** @throws {ReportError} */
function refuseMixed(requests: readonly ReportRequest[]): void {
  const byTarget = Map.groupBy(requests, ({ file }) => file);
  for (const [file, sharing] of byTarget) {
    const alone = sharing.find(({ name }) => !REPORTS[name].shares) ??
      (file === undefined ? undefined : sharing[0]);
    if (sharing.length < 2 || alone === undefined) continue;
    const other = sharing.find((request) => request !== alone) ?? alone;
    const where = file === undefined ? "standard output" : `"${file}"`;
    throw new ReportError(
      `the reports '${alone.name}' and '${other.name}' would both be written to ${where}: ` +
        `give one of them another file, such as --report ${alone.name}=FILE`,
    );
  }
}

function standardOutput(terminal: Terminal | undefined): Sink {
  return { write: writeText, ...(terminal === undefined ? {} : { terminal }) };
}

/** Keeps what the file had before until all of the new is at hand, and writes that at once. */
class FileSink implements Sink {
  readonly #path: string;
  readonly #report: ReportName;
  readonly #file: Deno.FsFile;
  /** Pipes and devices take what comes one after the other. */
  readonly #isFile: boolean;
  #text = "";

  /** @throws {ReportError} */
  constructor(path: string, report: ReportName) {
    this.#path = path;
    this.#report = report;
    this.#file = open(path, report, { write: true, create: true });
    // Asked now: later it would need a permission
    this.#isFile = this.#file.statSync().isFile;
  }

  write(text: string): void {
    this.#text += text;
  }

  /** @throws {ReportError} */
  commit(): void {
    const bytes = encoder.encode(this.#text);
    this.#text = "";
    try {
      if (this.#isFile) this.#file.seekSync(0, Deno.SeekMode.Start);
      writeAll(this.#file, bytes);
      if (this.#isFile) this.#file.truncateSync(bytes.length);
    } catch (error) {
      throw cannotWrite(this.#path, this.#report, error);
    }
  }
}

/** Writes behind what others have written. */
class AppendingSink implements Sink {
  readonly #path: string;
  readonly #report: ReportName;
  readonly #file: Deno.FsFile;

  /** @throws {ReportError} */
  constructor(path: string, report: ReportName) {
    this.#path = path;
    this.#report = report;
    this.#file = open(path, report, { append: true, create: true });
  }

  /** @throws {ReportError} */
  write(text: string): void {
    try {
      writeAll(this.#file, encoder.encode(text));
    } catch (error) {
      throw cannotWrite(this.#path, this.#report, error);
    }
  }
}

function open(path: string, report: ReportName, how: Deno.OpenOptions): Deno.FsFile {
  try {
    return Deno.openSync(path, how);
  } catch (error) {
    throw cannotWrite(path, report, error);
  }
}

function cannotWrite(path: string, report: ReportName, error: unknown): ReportError {
  return new ReportError(`cannot write the report '${report}' to "${path}": ${describeSystemError(error)}`, {
    cause: error,
  });
}
