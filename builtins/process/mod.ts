import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import {
  boolean,
  integer,
  Mismatch,
  number,
  optional,
  options,
  type Param,
  string,
} from "../../runtime/seam/params.ts";
import { isTable } from "../../runtime/seam/value.ts";
import { path } from "../path.ts";
import { handleObject } from "./handle.ts";
import { variables } from "./options.ts";
import { checkPid, sendSignal, signal, SIGTERM } from "./signal.ts";
import { command, spawn, stdio } from "./spawn.ts";
import { list, processes, runs, waitIdle } from "./table.ts";

const DEFAULT_TIMEOUT = 30;
const DEFAULT_INTERVAL = 1;

const names: Param<readonly string[]> = {
  name: "names",
  type: "string|[string]",
  optional: false,
  read(value) {
    if (!isTable(value)) return [string("names").read(value)];
    return Array.from({ length: value.length() }, (_, index) => {
      const name = value.get(index + 1);
      if (typeof name !== "string") throw new Mismatch("string or array of strings");
      return name;
    });
  },
};

export default defineGlobal({
  name: "process",
  doc: "Processes of the machine",
  functions: {
    spawn: fn({
      params: [
        command,
        options("opts", {
          cwd: path,
          env: variables,
          stdin: stdio,
          stdout: stdio,
          stderr: stdio,
          detach: boolean,
        }),
      ],
      returns: "process",
      doc:
        "Start a shell command, or a program with arguments, to write to, read from and wait for; it ends with " +
        "the script unless detached",
      permission: "run",
      effect: "write",
      run: spawn,
    }),
    list: fn({
      params: [],
      returns: "[{pid: integer, name: string, ppid: integer, cmdline?: string}]",
      doc: "Every process; on Linux a name has 15 bytes at most",
      permission: "read",
      run: list,
    }),
    is_running: fn({
      params: [string("name")],
      returns: "boolean",
      doc: "Whether a process of exactly this name runs",
      permission: "read",
      run: async (_host, name) => runs(await processes(), [name]),
    }),
    kill: fn({
      params: [integer("pid"), optional(signal("signal"), SIGTERM)],
      returns: "true",
      doc: "Send a signal, 15 by default, to a process",
      permission: "run",
      effect: "write",
      run: async (_host, pid, which) => {
        checkPid("process.kill", pid);
        await sendSignal("process.kill", pid, which);
        return true;
      },
    }),
    wait_idle: fn({
      params: [
        names,
        optional(number("timeout"), DEFAULT_TIMEOUT),
        optional(number("interval"), DEFAULT_INTERVAL),
      ],
      returns: "boolean",
      doc: "Wait until no process of these names runs; false when that takes more than timeout seconds",
      permission: "read",
      run: waitIdle,
    }),
  },
  objects: { process: handleObject },
});
