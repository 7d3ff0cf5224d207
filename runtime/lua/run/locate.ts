/** Where running Lua code stands: from the JavaScript stack, and from the frames that are saved off it. */
import type { Expression, FunctionNode } from "../ast.ts";
import { setLocate } from "../error.ts";
import type { Frame, FramePlace } from "./frame.ts";
import { machine } from "./machine.ts";
import { describeFunction, type Place, placeOf } from "./scripts.ts";

/** Frames looked at for a position; a traceback takes more. */
const NEAR = 30;
const FAR = 200;

/** Levels shown at the start and at the end of a long traceback, as PUC-Rio does. */
const FIRST_LEVELS = 10;
const LAST_LEVELS = 11;

interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
}

interface StackApi {
  stackTraceLimit: number;
  prepareStackTrace?: ((error: unknown, sites: CallSite[]) => unknown) | undefined;
  captureStackTrace(target: object): void;
}

function callSites(limit: number): CallSite[] {
  const api = Error as unknown as StackApi;
  const { stackTraceLimit, prepareStackTrace } = api;
  const holder: { stack?: CallSite[] } = {};
  api.stackTraceLimit = limit;
  api.prepareStackTrace = (_, sites) => sites;
  api.captureStackTrace(holder);
  const sites = holder.stack ?? [];
  api.stackTraceLimit = stackTraceLimit;
  api.prepareStackTrace = prepareStackTrace;
  return sites;
}

/** What is running, as the frames of the JavaScript stack up to the coroutine's start. */
function* running(limit: number): Generator<Place> {
  for (const site of callSites(limit)) {
    if (site.getFunctionName() === "runCoroutine") return;
    const place = placeOf(site.getScriptNameOrSourceURL() ?? "", site.getLineNumber() ?? 0);
    if (place !== undefined) yield place;
  }
}

/** The Lua functions that wait, saved, for what runs. */
function* saved(frame: Frame | null): Generator<FramePlace> {
  for (let each = frame; each !== null; each = each.next) {
    const place = each.kind.describe?.(each);
    if (place !== undefined) yield place;
  }
}

/** `chunk:line: ` of the Lua function at a level: 1 is the one that runs. */
export function locate(level: number): string {
  let rest = level;
  for (const { chunk, origin } of running(NEAR + level)) {
    if (--rest === 0) return `${chunk}:${origin.line}: `;
  }
  for (const { chunk, line } of saved(machine.current?.frames ?? null)) {
    if (--rest === 0) return `${chunk}:${line}: `;
  }
  return "";
}

/** The operation that runs, and the function in whose text it stands. */
export function currentExpression(): { expression: Expression; owner: FunctionNode } | undefined {
  for (const { origin: { expression }, owner } of running(NEAR)) {
    return expression === undefined ? undefined : { expression, owner };
  }
  return undefined;
}

/** `stack traceback:` and a line a level. @param skip Levels left out at the start */
export function traceback(skip = 0): string {
  const levels: string[] = [];
  for (const { owner, chunk, origin } of running(FAR)) {
    levels.push(`\n\t${chunk}:${origin.line}: in ${describeFunction(owner, chunk)}`);
  }
  for (const { chunk, line, what } of saved(machine.current?.frames ?? null)) {
    levels.push(`\n\t${chunk}:${line}: in ${what}`);
    if (levels.length > FAR) break;
  }
  const shown = levels.slice(skip);
  if (shown.length > FIRST_LEVELS + LAST_LEVELS) {
    const left = shown.length - FIRST_LEVELS - LAST_LEVELS;
    shown.splice(FIRST_LEVELS, left, `\n\t...\t(skipping ${left} levels)`);
  }
  return `stack traceback:${shown.join("")}`;
}

setLocate(locate);
