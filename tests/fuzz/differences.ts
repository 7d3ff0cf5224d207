/** What engines print differently and rightly so: taken out before outputs are compared. */

/** Whose output is compared with ours. */
export type Other = "lua5.4" | "fengari";

interface Difference {
  /** What differs, and why. */
  readonly reason: string;
  /** Where only one of the others differs. @default both */
  readonly other?: Other;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** Applied to both outputs, in order. */
const DIFFERENCES: readonly Difference[] = [
  {
    reason: "5.4.4 does not always note where it is before it divides",
    other: "lua5.4",
    pattern: /fuzz:\d+: (?=attempt to (?:perform 'n%%?0'|divide by zero))/g,
    replacement: "",
  },
  {
    reason: "fengari knows lines of statements of 5.3, and tells none of what C functions call",
    other: "fengari",
    pattern: /fuzz:\d+: /g,
    replacement: "",
  },
  { reason: "C's printf shows the sign of a NaN", pattern: /-nan/g, replacement: "nan" },
  { reason: "5.5 gives the error nil a text", pattern: /"?<no error object>"?/g, replacement: "nil" },
  {
    reason: "PUC-Rio calls a function by the variable that it was called through",
    pattern: /(bad argument #\d+ to )'[^']*'/g,
    replacement: "$1'f'",
  },
  {
    reason: "What pauses in a text that is not Lua is told by the driver or by the caller",
    pattern: /^(?:uncaught|syntax): /gm,
    replacement: "",
  },
  { reason: "PUC-Rio takes a NUL for the absence of a token", pattern: / near '<\\0>'/g, replacement: "" },
  {
    reason: "5.4.4 takes the arguments of a call to begin at the line of the function",
    pattern: / \(to close '\(' at line \d+\)/g,
    replacement: "",
  },
  {
    reason: "5.3 has other names for variables, and converts strings in the operators themselves",
    other: "fengari",
    pattern: / \((?:local|global|upvalue|field|method|constant) '[^']*'\)/g,
    replacement: "",
  },
  {
    reason: "As above",
    other: "fengari",
    pattern: /attempt to (?:perform arithmetic on a \w+ value|\w+ a '\w+' with a '\w+')/g,
    replacement: "attempt to perform arithmetic",
  },
  { reason: "fengari's name of infinity", other: "fengari", pattern: /Infinity/g, replacement: "inf" },
  { reason: "fengari shows no sign of a zero", other: "fengari", pattern: /-0\.0/g, replacement: "0.0" },
];

/** An output without what may differ from another engine's. */
export function comparable(output: string, other: Other): string {
  let text = output;
  for (const difference of DIFFERENCES) {
    if (difference.other === undefined || difference.other === other) {
      text = text.replace(difference.pattern, difference.replacement);
    }
  }
  return text;
}
