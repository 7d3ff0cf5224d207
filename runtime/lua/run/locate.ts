/** Positions for messages, and tracebacks. */
import type { FunctionNode } from "../ast.ts";
import { type CalledAs, setPosition } from "../error.ts";
import type { Coroutine } from "./coroutine.ts";
import { textOf } from "./functions.ts";
import { machine } from "./machine.ts";
import { nameAtLevel } from "./naming.ts";
import type { Place } from "./scripts.ts";
import {
  innerLevels,
  type Level,
  nearestPlace,
  type Operation,
  runningLevels,
  suspendedLevels,
} from "./stack.ts";

/** Frames looked at for a position; a traceback takes more. */
const NEAR = 30;
const FAR = 1200;

/** Levels shown at the start and at the end of a long traceback, as PUC-Rio does. */
const FIRST_LEVELS = 10;
const LAST_LEVELS = 11;

/** `chunk:line: ` of the function at a level: 1 is the Lua function that runs, or what has called the library. */
export function locate(level: number): string {
  if (level === 1) {
    const place = nearestPlace(NEAR);
    if (place !== undefined) return positionOf(place);
  }
  const levels = innerLevels(NEAR + 4 * level, level + 1);
  // The function of the library that asks is level 0
  const asks = levels[0]?.place === undefined ? 0 : 1;
  return positionOf(levels[level - asks]?.place);
}

/** `chunk:line: `; nothing of no place. */
export function positionOf(place: Place | undefined): string {
  return place === undefined ? "" : `${place.chunk}:${place.origin.line}: `;
}

/** `chunk:line: ` of the Lua function that waits in a coroutine for what it called; nothing where the library does. */
export function locateWaiting({ frames }: Coroutine): string {
  return positionOf(frames?.kind.place?.(frames));
}

const NO_EXPRESSION = { kind: "nil", line: 0 } as const;

/** The operation that runs, and the function in whose text it stands. */
export function currentExpression(): Operation | undefined {
  const place = nearestPlace(NEAR);
  if (place?.activation !== undefined) {
    const { owner, activation } = place;
    return { place, expression: NO_EXPRESSION, owner, event: undefined, activation };
  }
  const expression = place?.origin.expression;
  if (place === undefined || expression === undefined) return undefined;
  return { place, expression, owner: place.owner, event: place.origin.event };
}

/** The levels that an error takes with it: a handler is to see them, or who asks for the coroutine that it ends. */
export function captureLevels(): readonly Level[] | undefined {
  const co = machine.current;
  if (co === null || (!co.isHandled && (co.isTask || co.protection > 0))) return undefined;
  return runningLevels(FAR);
}

/** The levels of a coroutine, or of what runs. */
export function levelsOf(co: Coroutine | null): Level[] {
  return co === null || co === machine.current ? runningLevels(FAR) : suspendedLevels(co, FAR);
}

/** `stack traceback:` and a line a level. @param skip Levels left out at the start */
export function traceback(skip = 0, levels: readonly Level[] = runningLevels(FAR)): string {
  const shown: string[] = [];
  const globals = globalFunctions();
  const last = levels.length - LAST_LEVELS;
  for (let i = skip; i < levels.length; i++) {
    if (i === skip + FIRST_LEVELS && i < last) {
      shown.push(`\n\t...\t(skipping ${last - i} levels)`);
      i = last;
    }
    shown.push(describeLevel(levels, i, globals));
  }
  return `stack traceback:${shown.join("")}`;
}

/** The names of the Lua functions that are globals, by their texts. */
function globalFunctions(): ReadonlyMap<FunctionNode, string> {
  const names = new Map<FunctionNode, string>();
  for (const [name, value] of machine.globals?.entries() ?? []) {
    const node = textOf(value)?.node;
    if (node !== undefined && typeof name === "string") names.set(node, name);
  }
  return names;
}

function describeLevel(
  levels: readonly Level[],
  i: number,
  globals: ReadonlyMap<FunctionNode, string>,
): string {
  const { place, isTailCalled } = levels[i] as Level;
  const position = place === undefined ? "[C]" : `${place.chunk}:${place.origin.line}`;
  return `\n\t${position}: in ${describe(levels, i, globals)}${isTailCalled ? "\n\t(...tail calls...)" : ""}`;
}

function describe(levels: readonly Level[], i: number, globals: ReadonlyMap<FunctionNode, string>): string {
  const { place, library } = levels[i] as Level;
  if (library !== undefined) return `function '${library}'`;
  if (place !== undefined && place.owner.parent === undefined) return "main chunk";
  const global = place === undefined ? undefined : globals.get(place.owner);
  if (global !== undefined) return `function '${global}'`;
  const named = nameAtLevel(levels, i);
  if (named !== undefined) return `${named.what === "global" ? "function" : named.what} '${named.name}'`;
  return place === undefined ? "?" : `function <${place.chunk}:${place.owner.line}>`;
}

/** How the running function of the library was called, and where. */
function calledAs(name: string): CalledAs {
  const levels = innerLevels(NEAR, 2);
  const at = levels[0]?.place === undefined ? 0 : -1;
  const position = positionOf(levels[at + 1]?.place);
  const named = at === 0 ? nameAtLevel(levels, 0) : undefined;
  if (named !== undefined) return { name: named.name, isMethod: named.what === "method", position };
  return { name: (at === 0 ? levels[0]?.library : undefined) ?? name, isMethod: false, position };
}

/** A traceback is taken only where nothing will catch the error: it costs more than a short function. */
function uncaughtTraceback(): string | undefined {
  const co = machine.current;
  return co === null || co.protection > 0 || !co.isTask ? undefined : traceback();
}

setPosition({ locate, levels: captureLevels, traceback: uncaughtTraceback, calledAs });
