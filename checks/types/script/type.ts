/** `type: script`: runs a Lua file; the check passes when it ends without an error. */
import { GLOBALS } from "../../../builtins/registry.ts";
import { type Grants, NOTHING } from "../../../runtime/permissions.ts";
import { describeSystemError } from "../../../runtime/seam/error.ts";
import { sourceText } from "../../../runtime/source.ts";
import { readFile } from "../../text/file.ts";
import { MAX_DURATION, text } from "../../schema/scalars.ts";
import { hostOf, isServerUrl } from "../../schema/url.ts";
import { required } from "../../schema/schema.ts";
import { defineCheckType, type Part, type SettingsOf } from "../type.ts";
import { isVisible } from "./visible.ts";

/** What was read of the file: bytes, or why there are none. */
export type LoadedScript = { readonly source: string } | { readonly problem: string };

const keys = { file: required(text(), "The path of the Lua file, relative to the working directory") };

const expect = {};

/** What the probe gets. */
export type ScriptSettings = SettingsOf<typeof keys, typeof expect, { readonly script: LoadedScript }>;

/** The builtins that a script sees only because something is allowed. */
function partsFor(allowed: Grants): Part[] {
  return GLOBALS.filter((entry) => entry.checks !== true && isVisible(entry, allowed))
    .map(({ name }) => `builtin ${name}` as const);
}

/** The hosts of the URLs that a script is given: a file names them as it names those of its other checks. */
function hostsIn(env: Readonly<Record<string, string>>): string[] {
  return Object.values(env).filter(isServerUrl).map(hostOf);
}

/** The check type `script`. */
export const script = defineCheckType({
  name: "script",
  doc: "Runs a Lua file, which passes when it ends without an error",
  keys,
  expect,
  // A script may take as long as the run
  timeout: MAX_DURATION,
  runsPrograms: true,
  needs: (settings) => ({ net: hostsIn((settings as ScriptSettings).env ?? {}) }),
  parts: (settings) => partsFor((settings as ScriptSettings).allowed ?? NOTHING),
  load({ file }) {
    try {
      return { script: { source: sourceText(readFile(file)) } };
    } catch (error) {
      return { script: { problem: `failed to read Lua script "${file}": ${describeSystemError(error)}` } };
    }
  },
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
