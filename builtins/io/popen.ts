import type { Host } from "../../runtime/seam/host.ts";
import { startShell } from "../os/shell.ts";
import { InputPipe, OutputPipe } from "./pipe.ts";
import type { ByteStream } from "./stream.ts";

/** Starts a command whose output is read (`r`) or whose input is written (`w`). Closing waits for its end. */
export function openPipe(host: Host, command: string, mode: "r" | "w"): ByteStream {
  const process = startShell(
    host,
    "io.popen",
    command,
    mode === "r" ? { stdout: "piped" } : { stdin: "piped" },
  );
  const { child } = process;
  return mode === "r"
    ? new OutputPipe(child.stdout, process.ended)
    : new InputPipe(child.stdin, process.ended);
}
