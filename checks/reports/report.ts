/** What a report is: a form in which a run is told, while it goes on or at its end. */
import type { Observer } from "../run/runner.ts";
import type { Report } from "../run/result.ts";

/** Where a report is written. */
export interface Sink {
  write(text: string): void;
  /** What is known of the terminal that it is; undefined for files and pipes. */
  readonly terminal?: Terminal;
}

/** A terminal that a report is shown on. */
export interface Terminal {
  /** How large it is now, in characters. */
  size(): { readonly columns: number; readonly rows: number };
  readonly colour: boolean;
  /** Whether lines can be written over, which a dumb terminal cannot. */
  readonly isLive: boolean;
}

/** What reports are given of the process, before permissions are given up. */
export interface ReportContext {
  /** Takes secrets out of a text: the plan of a run still has them. */
  mask(text: string): string;
  /** A variable of the environment. */
  variable(name: string): string | undefined;
  /** The working directory. */
  readonly folder: string;
  /** Opens a further file, to write behind what it holds. @throws {Failure} When it cannot be written */
  append(path: string): Sink;
  /** Is told how to write to stderr without breaking what a terminal shows. */
  aside(write: (line: () => void) => void): void;
}

/** Follows runs, each from `begin` to `end`. */
export interface Reporter extends Observer {
  end(report: Report): void;
}

/** A form of report. */
export interface ReportForm {
  /** Starts before permissions are given up: what it needs of files is opened here. */
  start(sink: Sink, context: ReportContext): Reporter;
}

/** A form that is written at the end, all at once. */
export function atEnd(render: (report: Report, context: ReportContext) => string): ReportForm {
  return {
    start: (sink, context) => ({ end: (report) => sink.write(render(report, context)) }),
  };
}
