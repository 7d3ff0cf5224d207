/** `assay permissions [MODE|FILE]`: what modes may do, or what a file would be allowed. */
import {
  type Extent,
  type Grants,
  isEverything,
  isGranted,
  MODES,
  NOTHING,
  PERMISSIONS,
  restrictTo,
} from "../runtime/permissions.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { sourceText } from "../runtime/source.ts";
import { writeText } from "../runtime/output.ts";
import { isChecks, type PermissionsCommand, UsageError } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { effectiveGrants } from "./permission_options.ts";

const STATUS_CONFIG = 2;

/** Characters of a line. */
const WIDTH = 100;
/** Between columns. */
const GAP = 2;
const NAME_WIDTH = 8;

/** Prints what was asked for. @returns the exit status */
export async function showPermissions(line: PermissionsCommand): Promise<number> {
  const { subject, permissions = [] } = line;
  const isScript = subject !== undefined && !isChecks(subject) && /[./]/.test(subject);
  if (permissions.length > 0 && !isScript) {
    throw new UsageError(`option '${permissions[0]}' goes with scripts only: name one behind it`);
  }
  const text = subject === undefined
    ? describeModes()
    : isChecks(subject)
    ? await describeChecks(subject, line)
    : isScript
    ? describeScript(subject, permissions)
    : describeMode(subject);
  restrictTo(NOTHING);
  writeText(text);
  return 0;
}

function describeModes(): string {
  const modes = Object.values(MODES);
  const names = Math.max(...modes.map(({ name }) => name.length)) + GAP;
  const docs = Math.max(...modes.map(({ doc }) => doc.length)) + GAP;
  const row = (name: string, doc: string, may: string) =>
    `${name.padEnd(names)}${doc.padEnd(docs)}${wrapped(may.split(" "), " ", names + docs)}\n`;
  return row("MODE", "ENTERED BY", "MAY") + modes.map(({ name, doc, may }) => row(name, doc, may)).join("") +
    "\n'assay permissions FILE' shows what a script or a file of checks would be granted.\n";
}

function describeMode(name: string): string {
  const mode = Object.values(MODES).find((known) => known.name === name);
  if (mode === undefined) {
    const known = Object.keys(MODES).map((key) => `'${key}'`).join(", ");
    throw new UsageError(`'${name}' is neither a mode nor a file: modes are ${known}`);
  }
  return `${mode.name}: ${mode.doc}\nmay: ${mode.may}\n\n${describeGrants(mode.grants)}`;
}

function describeScript(file: string, permissions: readonly string[]): string {
  let source: string;
  try {
    source = sourceText(Deno.readFileSync(file));
  } catch (error) {
    throw new Failure(`reading ${file}: ${describeSystemError(error)}`, 1, { cause: error });
  }
  const grants = effectiveGrants(source, permissions);
  if (grants === undefined) {
    return `${file} may do everything: neither it nor the command line narrows that\n`;
  }
  return `${file} may\n${describeGrants(grants)}`;
}

async function describeChecks(file: string, { given }: PermissionsCommand): Promise<string> {
  const { ConfigError, loadFiles } = await import("../checks/config/load.ts");
  const { planRun } = await import("../checks/run/plan.ts");
  try {
    const environment = Deno.env.toObject();
    const { checks } = planRun(loadFiles([file], { environment, ...(given === undefined ? {} : { given }) }));
    const groups = Map.groupBy(checks, ({ executor }) => executor);
    if (groups.size === 0) return `${file} has no checks\n`;
    const parts = [...groups.values()].map((group) => {
      const names = group.map(({ check }) => `'${check.name}'`).join(", ");
      const who = groups.size === 1 ? "its checks" : names;
      return `${file}: ${who} may\n${describeGrants(group[0]?.grants ?? NOTHING)}`;
    });
    return parts.join("\n");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`loading config from ${file}: ${error.message}`, STATUS_CONFIG, { cause: error });
  }
}

function describeGrants(grants: Grants): string {
  const lines = PERMISSIONS.filter((name) => isGranted(grants, name)).map((name) =>
    `  ${name.padEnd(NAME_WIDTH)}${describeExtent(grants[name])}\n`
  );
  const others = PERMISSIONS.filter((name) => !isGranted(grants, name)).join(", ");
  const notes = [
    ...(isGranted(grants, "write") && grants.read !== true ? ["What may be written may be read too."] : []),
    ...(isGranted(grants, "run") && !isEverything(grants)
      ? ["Programs that are run may do everything."]
      : []),
  ];
  const rest = others === "" ? [] : [`  ${lines.length === 0 ? "nothing:" : "nothing else:"} no ${others}\n`];
  return [...lines, ...rest, ...notes.map((note) => `  ${note}\n`)].join("");
}

function describeExtent(extent: Extent): string {
  if (typeof extent === "boolean") return "all";
  return wrapped(extent.map((item, i) => i < extent.length - 1 ? `${item},` : item), " ", NAME_WIDTH + 2);
}

/** Parts in lines of the usual width, the first of which begins at a column. */
function wrapped(parts: readonly string[], separator: string, column: number): string {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || column + last.length + separator.length + part.length > WIDTH) lines.push(part);
    else lines[lines.length - 1] = last + separator + part;
  }
  return lines.join(`\n${" ".repeat(column)}`);
}
