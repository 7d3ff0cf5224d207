/** `type: exec`: runs a program and looks at its exit status and what it prints. Only with `allow: {run: […]}`. */
import { integer, text } from "../../schema/scalars.ts";
import { list, optional, type Reader, reader, required } from "../../schema/schema.ts";
import { textExpectation, usesPattern } from "../../schema/text_expectation.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

function command(): Reader<string[]> {
  const items = list(argument());
  return reader({ ...items.schema, minItems: 1 }, (node, problems, key) => {
    const value = items(node, problems, key);
    if (value === undefined || value.length > 0) return value;
    problems.add(node.at, `'${key}' must be a list: the program and its arguments`);
    return undefined;
  });
}

/** Unlike other texts, an argument may be empty, and a number is what is written. */
function argument(): Reader<string> {
  return reader({ type: ["string", "number", "boolean"] }, (node, problems, key) => {
    if (!("text" in node) || node.kind === "null") return text()(node, problems, key);
    if (!node.text.includes("\0")) return node.text;
    problems.add(node.at, `'${key}' has a zero byte, which an argument cannot have`);
    return undefined;
  });
}

const keys = {
  command: required(command(), "The program and its arguments, a list: no shell takes part"),
  stdin: optional(text(), "What the program reads"),
  cwd: optional(text(), "The folder that it runs in. Default: that of assay"),
};

const expect = {
  status: optional(integer(0, 255), "The exit status. Default: 0"),
  stdout: optional(textExpectation("contains"), "What its output contains, or {equals, contains, matches}"),
  stderr: optional(textExpectation("contains"), "The same for its diagnostics"),
};

/** What the probe gets. */
export type ExecSettings = SettingsOf<typeof keys, typeof expect, { readonly path: string }>;

/** Where programs are looked for without a PATH. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The check type `exec`. */
export const exec = defineCheckType({
  name: "exec",
  doc:
    "Runs a program that 'allow: {run: …}' names; of the environment it has PATH and the check's own 'env'",
  keys,
  expect,
  runsPrograms: true,
  // What it may run is never taken from the command itself
  needs: () => ({}),
  load: () => ({ path: Deno.env.get("PATH") ?? DEFAULT_PATH }),
  parts: ({ expect = {} }) => usesPattern(expect.stdout, expect.stderr) ? ["regex"] : [],
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
