import { createLogger, parseLogLevel } from "../runtime/log.ts";
import { type StandardOutput, writeError } from "../runtime/output.ts";
import type { Logger } from "../runtime/seam/host.ts";

/**
 * The log of the process: on stderr, behind what the script has printed so far. `-v` wins over `RUST_LOG`;
 * colours on a terminal unless `NO_COLOR` is set.
 */
export function processLog(verbose: boolean, output: StandardOutput): Logger {
  return createLogger({
    level: verbose ? "debug" : parseLogLevel(Deno.env.get("RUST_LOG")),
    colour: Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
    write(line) {
      output.flush();
      writeError(line);
    },
  });
}
