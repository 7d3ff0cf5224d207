import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { floatFromNumber } from "../runtime/seam/value.ts";

export default defineGlobal({
  name: "time",
  doc: "The current time",
  call: fn({
    params: [],
    returns: "number",
    doc: "Seconds since 1970-01-01 UTC, with fractions",
    run: () => floatFromNumber((performance.timeOrigin + performance.now()) / 1000),
  }),
});
