/** `debug.getinfo`. */
import type { FunctionNode } from "../ast.ts";
import { argumentError } from "../error.ts";
import { checkInteger, optString } from "../library/arguments.ts";
import type { LuaResult } from "../library/callback.ts";
import { toFloat } from "../number/mod.ts";
import { Coroutine } from "../run/coroutine.ts";
import { type KnownChunk, textOf } from "../run/functions.ts";
import { levelsOf } from "../run/locate.ts";
import { nameAtLevel } from "../run/naming.ts";
import { isLibraryFunction, type Level, libraryFunction } from "../run/stack.ts";
import { withStepped } from "./stepping.ts";
import { LuaTable, type LuaValue } from "../table.ts";

/** A function, or an activation of one. */
interface Subject {
  readonly node: FunctionNode | undefined;
  readonly chunk: KnownChunk | undefined;
  readonly source: string;
  readonly shortSource: string;
  readonly fn: LuaValue;
  readonly levels: readonly Level[];
  /** Where it stands among the levels; −1 for a function that is not asked for as a level. */
  readonly at: number;
}

export function getinfo(...args: LuaValue[]): LuaResult {
  const [first] = args;
  const thread = first instanceof Coroutine ? first : null;
  const position = thread === null ? 1 : 2;
  const [what, options] = thread === null ? args : args.slice(1);
  const wanted = optString(options, position + 1, "getinfo", "flnSrtu");
  if (!/^[SlnrutLf]*$/.test(wanted)) throw argumentError(position + 1, "getinfo", "invalid option");
  const subject = typeof what === "function" ? ofFunction(what) : ofLevel(thread, what, position);
  return subject === undefined ? undefined : describe(subject, wanted);
}

function ofFunction(fn: LuaValue): Subject {
  const text = textOf(fn);
  return {
    node: text?.node,
    chunk: text?.chunk,
    source: text?.chunk.source ?? "=[C]",
    shortSource: text?.chunk.name ?? "[C]",
    fn,
    levels: [],
    at: -1,
  };
}

function ofLevel(thread: Coroutine | null, level: LuaValue, position: number): Subject | undefined {
  const at = toFloat(checkInteger(level, position, "getinfo"));
  const levels = levelsOf(thread);
  const found = levels[at];
  if (found === undefined) return undefined;
  const { place } = found;
  const fn = found.known?.fn ?? libraryFunction(found);
  // What a hook is told of may not have begun to run
  const text = textOf(fn);
  const node = place?.owner ?? text?.node;
  return {
    node,
    chunk: text?.chunk ?? place?.loaded,
    source: place?.source ?? text?.chunk.source ?? "=[C]",
    shortSource: place?.chunk ?? text?.chunk.name ?? "[C]",
    fn,
    levels,
    at,
  };
}

/** Functions that functions of the library give have what these were given. */
export function countUpvalues(fn: LuaValue): number {
  return typeof fn === "function" && !isLibraryFunction(fn) ? 1 : 0;
}

function describe(subject: Subject, wanted: string): LuaResult {
  const { node, levels, at } = subject;
  const info = new LuaTable();
  const level = levels[at];
  if (wanted.includes("S")) {
    info.setStr("source", subject.source);
    info.setStr("short_src", subject.shortSource);
    info.setStr("what", node === undefined ? "C" : node.parent === undefined ? "main" : "Lua");
    info.setStr("linedefined", node?.line ?? -1);
    info.setStr("lastlinedefined", node === undefined ? -1 : node.parent === undefined ? -1 : node.lastLine);
  }
  if (wanted.includes("l")) info.setStr("currentline", level?.place?.origin.line ?? -1);
  if (wanted.includes("u")) {
    info.setStr("nups", node?.upvalues.length ?? countUpvalues(subject.fn));
    info.setStr("nparams", node?.params.length ?? 0);
    info.setStr("isvararg", node?.isVararg ?? true);
  }
  if (wanted.includes("n")) {
    const named = level === undefined ? undefined : nameAtLevel(levels, at);
    info.setStr("name", named?.name);
    info.setStr("namewhat", named?.what ?? "");
  }
  if (wanted.includes("r")) {
    const { first, count } = level?.known?.transfer ?? { first: 0, count: 0 };
    info.setStr("ftransfer", count === 0 ? 0 : first);
    info.setStr("ntransfer", count);
  }
  if (wanted.includes("t")) {
    info.setStr("istailcall", level?.isTailCalled ?? false);
    info.setStr("extraargs", level?.known?.extraArguments ?? 0);
  }
  if (wanted.includes("f")) info.setStr("func", subject.fn);
  const { chunk } = subject;
  if (!wanted.includes("L") || node === undefined || chunk === undefined) return info;
  return withStepped(({ activeLines }) => {
    const lines = new LuaTable();
    for (const line of activeLines(chunk, node.id)) lines.setInt(line, true);
    info.setStr("activelines", lines);
    return info;
  });
}
