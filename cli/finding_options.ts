/** The command lines of `modules`, `context` and `types`. */
import { parseArgs } from "node:util";
import {
  type ContextCommand,
  type HelpCommand,
  type ModulesCommand,
  type TypesCommand,
  UsageError,
} from "./arguments.ts";

const DEFAULT_LIMIT = 5;

const OPTIONS = {
  modules: { json: { type: "boolean" } },
  context: { limit: { type: "string", short: "l" } },
  types: { output: { type: "string", short: "o" } },
} as const;

/** A command that finds or documents modules. */
export type FindingCommandName = keyof typeof OPTIONS;

const GLOBAL = { help: { type: "boolean", short: "h" }, verbose: { type: "boolean", short: "v" } } as const;

/** @throws {UsageError} When the arguments make no sense */
export function parseFinding(
  command: FindingCommandName,
  args: readonly string[],
): ModulesCommand | ContextCommand | TypesCommand | HelpCommand {
  const { values, positionals } = parse(command, args);
  if (values.help) return { command: "help", implicit: false };
  if (command === "context") {
    if (positionals.length === 0) {
      throw new UsageError("context requires a QUERY, such as 'assay context grafana'");
    }
    return { command, query: positionals.join(" "), limit: readLimit(values.limit) };
  }
  const [extra] = positionals;
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}' of '${command}'`);
  if (command === "modules") return { command, json: values.json ?? false };
  if (values.output === "") throw new UsageError("invalid value '' for --output: it must be a folder or -");
  return { command, output: values.output ?? "-" };
}

interface Values {
  help?: boolean;
  json?: boolean;
  limit?: string;
  output?: string;
}

function parse(
  command: FindingCommandName,
  args: readonly string[],
): { values: Values; positionals: string[] } {
  try {
    const options = { ...OPTIONS[command], ...GLOBAL };
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values, positionals: positionals.slice(1) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(". ")[0]?.toLowerCase() ?? message, { cause: error });
  }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`invalid value '${text}' for --limit: it must be a whole number of at least 1`);
}
