/** The processes of macOS, which has no `/proc`: from `ps`. */
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import { fromBytes } from "../../runtime/seam/text.ts";
import type { ProcessEntry } from "./entry.ts";

/** All processes that are there. */
export async function listPs(): Promise<ProcessEntry[]> {
  // Two lists: names and arguments may both hold blanks
  const [names, commands] = await Promise.all([ps("pid=,ppid=,stat=,comm="), ps("pid=,args=")]);
  return parsePs(names, commands);
}

async function ps(columns: string): Promise<string> {
  try {
    const command = new Deno.Command("/bin/ps", {
      args: ["-axww", "-o", columns],
      stdin: "null",
      stderr: "null",
    });
    return fromBytes((await command.output()).stdout);
  } catch (cause) {
    throw new ScriptError(`process.list: cannot run /bin/ps: ${describeSystemError(cause)}`, { cause });
  }
}

/**
 * Reads two lists of processes.
 *
 * @param names Lines of pid, parent's pid, state, program
 * @param commands Lines of pid, arguments
 */
export function parsePs(names: string, commands: string): ProcessEntry[] {
  const lines = new Map(
    Array.from(
      commands.matchAll(/^ *(\d+) (.*)$/gm),
      ([, pid, command = ""]) => [Number(pid), command.trim()],
    ),
  );
  return Array.from(names.matchAll(/^ *(\d+) +(\d+) +(\S+) +(.*)$/gm), (match) => {
    const [, pid, parent, state = "", program = ""] = match;
    const commandLine = lines.get(Number(pid)) ?? "";
    return {
      pid: Number(pid),
      name: program.trim().replace(/^.*\//, ""),
      parent: Number(parent),
      isZombie: state.startsWith("Z"),
      ...(commandLine === "" ? {} : { commandLine }),
    };
  });
}
