import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { string } from "../runtime/seam/params.ts";
import { toText } from "../runtime/seam/text.ts";

const at = (level: "info" | "warn" | "error") =>
  fn({
    params: [string("message")],
    returns: "nil",
    doc: `Log a message at level ${level} on stderr`,
    run: (host, message) => host.log[level](toText(message)),
  });

export default defineGlobal({
  name: "log",
  doc: "Structured logging on stderr",
  functions: { info: at("info"), warn: at("warn"), error: at("error") },
});
