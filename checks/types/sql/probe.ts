/** Tries a check of type `sql`. */
import { DatabaseFailure } from "../../../builtins/db/failure.ts";
import type { Link } from "../../../builtins/db/link.ts";
import type { ServerSettings } from "../../../builtins/db/settings.ts";
import { encodeJson } from "../../../builtins/json/encode.ts";
import { FixedEnvironment } from "../../../runtime/environment.ts";
import { loadEngine } from "../../../runtime/engines.ts";
import { describeError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import type { Vm } from "../../../runtime/seam/engine.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import { floatFromNumber, type LuaTable, type LuaValue } from "../../../runtime/seam/value.ts";
import { parseKeepingNumbers } from "../../expression/evaluate.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import { judge } from "./judge.ts";
import { type Scalar, settingsOf, type SqlSettings } from "./type.ts";

type Open = (host: Host, settings: ReturnType<typeof settingsOf>) => Promise<Link>;

/** How long a lost connection may take to close. Milliseconds. */
const CLOSE_LIMIT = 500;

/** Imports the drivers that checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<SqlSettings>> {
  const openers = new Map<string, Open>();
  // Rows come as tables of a VM that runs no code
  const [find, engine] = await Promise.all([
    loadPatterns(parts),
    // Whose integers have 64 bits
    loadEngine("lua"),
    loadOpeners(parts, openers),
  ]);
  const vm = engine.createVm({ write() {} });
  return (settings, context) => attempt(settings, context, { find, openers, vm });
}

async function loadOpeners(parts: ReadonlySet<Part>, openers: Map<string, Open>): Promise<void> {
  if (parts.has("postgres")) {
    const [{ openPostgres }] = await Promise.all([
      import("../../../builtins/db/postgres/link.ts"),
      import("postgres"),
    ]);
    openers.set("postgres", (host, settings) => openPostgres(host, settings as ServerSettings));
  }
  if (parts.has("mysql")) {
    const [{ openMysql }] = await Promise.all([
      import("../../../builtins/db/mysql/link.ts"),
      import("mysql2"),
    ]);
    openers.set("mysql", (host, settings) => openMysql(host, settings as ServerSettings));
  }
  if (parts.has("sqlite")) {
    const [{ openSqlite }] = await Promise.all([
      import("../../../builtins/db/sqlite/link.ts"),
      import("node:sqlite"),
    ]);
    openers.set("sqlite", (host, settings) => {
      if (settings.kind !== "sqlite") throw new DatabaseFailure("this is no SQLite file");
      return openSqlite(host, settings);
    });
  }
}

interface Tools {
  readonly find: Find;
  readonly openers: ReadonlyMap<string, Open>;
  readonly vm: Vm;
}

async function attempt(
  { url, query, parameters = [], expect = {} }: SqlSettings,
  context: ProbeContext,
  { find, openers, vm }: Tools,
): Promise<Outcome> {
  const { signal, timeout } = context;
  let link: Link | undefined;
  let ended = false;
  const work = async () => {
    const settings = settingsOf(url, timeout / 1000);
    const open = openers.get(settings.kind);
    if (open === undefined) throw new DatabaseFailure(`internal error: ${settings.kind} is not loaded`);
    const opened = await open(hostOf(vm, context), settings);
    // The attempt was over before there was a connection
    if (ended) return await opened.close();
    link = opened;
    const { rows } = await link.run({ sql: query, parameters: parameters.map(toLua) });
    return documentOf(rows);
  };
  try {
    const document = await unlessAborted(work(), signal);
    const problem = judge(document ?? [], expect, find);
    return problem === undefined ? PASSED : failed(problem);
  } catch (error) {
    if (signal.aborted) {
      return failed(
        `${describeError(signal.reason)}: ${link === undefined ? "no connection" : "the query did not end"}`,
      );
    }
    if (!(error instanceof DatabaseFailure)) throw error;
    return failed(error.message);
  } finally {
    ended = true;
    const closing = link === undefined ? undefined : closed(link);
    // A result that comes too late is not looked at
    if (!signal.aborted) await closing;
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  work.catch(() => {});
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A server that does not answer must not keep the result waiting. */
async function closed(link: Link): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_LIMIT));
  await Promise.race([link.close().catch(() => {}), limit]);
  clearTimeout(timer);
}

/** What the drivers need of a host: tables, and a place for notices. */
function hostOf(vm: Vm, { log, output, signal }: ProbeContext): Host {
  const needed: Partial<Host> = { vm, log, output, signal, environment: new FixedEnvironment({}) };
  return needed as Host;
}

function toLua(value: Scalar): LuaValue {
  if (value === null) return undefined;
  if (typeof value === "string") return fromText(value);
  return typeof value === "number" && !Number.isInteger(value) ? floatFromNumber(value) : value;
}

/** The rows as the document that expressions are about. @throws {DatabaseFailure} When one is no text */
function documentOf(rows: readonly LuaTable[]): unknown[] {
  try {
    const texts = rows.map((row) => toText(encodeJson(row, { functionName: "a row cannot be looked at" })));
    return parseKeepingNumbers(`[${texts.join(",")}]`) as unknown[];
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw new DatabaseFailure(error.message, { cause: error });
  }
}
