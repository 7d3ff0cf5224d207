/** `assay permissions [MODE|FILE]`: what modes may do, or what a file would be allowed. */
import { type Extent, type Grants, MODES, NOTHING, PERMISSIONS, restrictTo } from "../runtime/permissions.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { sourceText } from "../runtime/source.ts";
import { writeText } from "../runtime/output.ts";
import { isChecks, type PermissionsCommand, UsageError } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { effectiveGrants } from "./permission_options.ts";

const STATUS_CONFIG = 2;

/** Prints what was asked for. @returns the exit status */
export async function showPermissions(line: PermissionsCommand): Promise<number> {
  const { subject } = line;
  const text = subject === undefined
    ? describeModes()
    : isChecks(subject)
    ? await describeChecks(subject, line)
    : subject.includes(".") || subject.includes("/")
    ? describeScript(subject, line.permissions ?? [])
    : describeMode(subject);
  restrictTo(NOTHING);
  writeText(text);
  return 0;
}

function describeModes(): string {
  return Object.values(MODES).map(({ name, doc, may }) =>
    `${name.padEnd(14)}${doc}\n${" ".repeat(14)}may: ${may}\n`
  )
    .join("\n");
}

function describeMode(name: string): string {
  const mode = Object.values(MODES).find((known) => known.name === name);
  if (mode === undefined) {
    const known = Object.keys(MODES).map((key) => `'${key}'`).join(", ");
    throw new UsageError(`'${name}' is neither a mode nor a file: modes are ${known}`);
  }
  return `${mode.name}: ${mode.doc}\nmay: ${mode.may}\n\n${describeGrants(mode.grants, "  ")}`;
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
  return `${file} may\n${describeGrants(grants, "  ")}`;
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
      return `${file}: ${who} may\n${describeGrants(group[0]?.grants ?? NOTHING, "  ")}`;
    });
    return parts.join("\n");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`loading config from ${file}: ${error.message}`, STATUS_CONFIG, { cause: error });
  }
}

function describeGrants(grants: Grants, indent: string): string {
  return PERMISSIONS.map((name) => `${indent}${name.padEnd(8)}${describeExtent(grants[name])}\n`).join("");
}

function describeExtent(extent: Extent): string {
  if (typeof extent === "boolean") return extent ? "all" : "-";
  return extent.length === 0 ? "-" : extent.join(", ");
}
