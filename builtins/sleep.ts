import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { number } from "../runtime/seam/params.ts";
import { wait } from "../runtime/seam/wait.ts";

export default defineGlobal({
  name: "sleep",
  doc: "Pause the calling task",
  call: fn({
    params: [number("seconds")],
    returns: "nil",
    doc: "Pause for a number of seconds while other tasks go on",
    run: (host, seconds) => {
      if (!(seconds >= 0 && seconds < Infinity)) {
        throw new ScriptError(`sleep: seconds must be zero or more and finite: current value is ${seconds}`);
      }
      return wait(seconds * 1000, host.signal);
    },
  }),
});
