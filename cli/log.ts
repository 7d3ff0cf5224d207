import { createLogger, parseLogLevel } from "../runtime/log.ts";
import { type StandardOutput, writeError } from "../runtime/output.ts";
import type { Logger } from "../runtime/seam/host.ts";
import { fromText } from "../runtime/seam/text.ts";

/**
 * The log of the process: on stderr, behind what the script has printed so far. `-v` wins over `RUST_LOG`;
 * colours on a terminal unless `NO_COLOR` is set.
 */
export function processLog(verbose: boolean, output: StandardOutput): Logger {
  return logTo(verbose, (line) => {
    output.flush();
    writeError(line);
  });
}

/**
 * As {@link processLog}, but gathered with what scripts print in an output that goes to stderr.
 *
 * @param mask Takes secrets out of a line
 */
export function gatheredLog(
  verbose: boolean,
  output: StandardOutput,
  mask: (line: string) => string,
): Logger {
  return logTo(verbose, (line) => output.write(fromText(mask(line))));
}

function logTo(verbose: boolean, write: (line: string) => void): Logger {
  return createLogger({
    level: verbose ? "debug" : parseLogLevel(Deno.env.get("RUST_LOG")),
    colour: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
    write,
  });
}
