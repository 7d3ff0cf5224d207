import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { number, options, string } from "../../runtime/seam/params.ts";
import { path } from "../path.ts";
import { variables } from "../process/options.ts";
import { execute } from "./exec.ts";

export default defineGlobal({
  name: "shell",
  doc: "Shell commands",
  functions: {
    exec: fn({
      params: [
        string("command"),
        options("opts", { cwd: path, env: variables, stdin: string, timeout: number }),
      ],
      returns: "{status: integer, stdout: string, stderr: string, timed_out: boolean}",
      doc: "Run a command with /bin/sh; status is -1 when a signal ended it or its time, in seconds, was up",
      permission: "run",
      effect: "write",
      run: execute,
    }),
  },
});
