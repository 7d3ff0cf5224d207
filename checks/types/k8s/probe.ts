/** Tries a check of type `k8s`. */
import { describeError, describeSystemError } from "../../../runtime/seam/error.ts";
import { wait } from "../../../runtime/seam/wait.ts";
import { parseKeepingNumbers } from "../../expression/evaluate.ts";
import { judgeExpressions } from "../common/expressions.ts";
import { type Find, loadPatterns } from "../common/patterns.ts";
import { exchange, loadExchange, TransportError } from "../http/exchange.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import type { Access } from "./cluster.ts";
import { groupPath, type Place, placeOf } from "./kinds.ts";
import { conditions, whyNotReady } from "./ready.ts";
import type { K8sSettings } from "./type.ts";

/** How long it is waited before looking again. Milliseconds. */
const PAUSE = 1000;

/** The API has said no, or nothing. */
class ApiError extends Error {
  override readonly name = "ApiError";
}

/** Imports what checks of the run need. */
export async function loadProbe(parts: ReadonlySet<Part>): Promise<Probe<K8sSettings>> {
  const [find] = await Promise.all([
    loadPatterns(parts),
    loadExchange(parts),
  ]);
  return (settings, context) => attempt(settings, context, find);
}

async function attempt(settings: K8sSettings, { signal }: ProbeContext, find: Find): Promise<Outcome> {
  const { cluster, kind, object, selector, within = 0 } = settings;
  if ("problem" in cluster) return failed(cluster.problem);
  if ((object === undefined) === (selector === undefined)) {
    return failed("one of 'object', the name, and 'selector' must be given");
  }
  const what = `${kind} ${object ?? selector}`;
  const end = performance.now() + within;
  let problem: string | undefined;
  try {
    for (;;) {
      problem = await look(settings, cluster, signal, find);
      if (problem === undefined) return PASSED;
      const left = end - performance.now();
      if (left <= 0) return failed(`${what}: ${problem}${within === 0 ? "" : ` after ${within / 1000}s`}`);
      await wait(Math.min(PAUSE, left), signal);
      signal.throwIfAborted();
    }
  } catch (error) {
    if (signal.aborted) {
      return failed(`${what}: ${describeError(signal.reason)}${problem === undefined ? "" : `: ${problem}`}`);
    }
    if (error instanceof ApiError || error instanceof TransportError) {
      return failed(`${what}: ${error.message}`);
    }
    throw error;
  }
}

/** Looks once. @returns What is not as expected */
async function look(
  settings: K8sSettings,
  cluster: Access,
  signal: AbortSignal,
  find: Find,
): Promise<string | undefined> {
  const { kind, object, selector, expect = {} } = settings;
  const url = await urlOf(settings, cluster, signal);
  const answer = await get(
    object === undefined
      ? `${url}?labelSelector=${encodeURIComponent(selector ?? "")}`
      : `${url}/${encodeURIComponent(object)}`,
    cluster,
    signal,
  );
  const exists = expect.exists ?? true;
  if (answer === undefined) return exists ? "there is no such object" : undefined;
  if (object !== undefined) return exists ? judge(kind, answer, expect, find) : "it exists";
  const items = itemsOf(answer);
  if (!exists) return items.length === 0 ? undefined : `${items.length} exist`;
  if (expect.count !== undefined && items.length !== expect.count) {
    return `expected ${expect.count} objects, got ${items.length}`;
  }
  if (expect.count === undefined && items.length === 0) return "the selector finds no objects";
  for (const item of items) {
    const problem = judge(kind, item, expect, find);
    if (problem !== undefined) return `${nameOf(item)}: ${problem}`;
  }
  return undefined;
}

function judge(
  kind: string,
  { plain, exact }: Document,
  expected: NonNullable<K8sSettings["expect"]>,
  find: Find,
): string | undefined {
  const { ready = true, conditions: wanted = {}, json } = expected;
  if (ready) {
    const reason = whyNotReady(kind, plain);
    if (reason !== undefined) return `it is not ready: ${reason}`;
  }
  const known = conditions((plain as { status?: unknown }).status);
  for (const [type, value] of Object.entries(wanted)) {
    const actual = known.find((one) => one.type === type)?.status ?? "not there";
    if (actual !== value) return `expected condition ${type} ${value}, it is ${actual}`;
  }
  return json === undefined ? undefined : judgeExpressions(json, exact, find);
}

/** An object of the API: with plain numbers, and with numbers that keep all their digits. */
interface Document {
  readonly plain: unknown;
  readonly exact: unknown;
}

function itemsOf({ plain, exact }: Document): Document[] {
  const items = (value: unknown) => {
    const list: unknown = (value as { items?: unknown } | null)?.items;
    return Array.isArray(list) ? list as unknown[] : [];
  };
  const others = items(exact);
  return items(plain).map((item, index) => ({ plain: item, exact: others[index] }));
}

function nameOf({ plain }: Document): string {
  return (plain as { metadata?: { name?: string } }).metadata?.name ?? "an object";
}

async function urlOf(
  { kind, api_version: version, namespace }: K8sSettings,
  cluster: Access,
  signal: AbortSignal,
): Promise<string> {
  const known = placeOf(kind);
  const place = version === undefined || known?.apiVersion === version
    ? known
    : await discover(kind, version, cluster, signal);
  if (place === undefined) {
    throw new ApiError(`kind ${kind} is none of Kubernetes itself: give its 'api_version'`);
  }
  const { apiVersion, plural, isNamespaced } = place;
  const scope = isNamespaced ? `/namespaces/${encodeURIComponent(namespace ?? cluster.namespace)}` : "";
  return `${cluster.server}${groupPath(apiVersion)}${scope}/${plural}`;
}

/** https://kubernetes.io/docs/reference/using-api/#discovery-api */
async function discover(
  kind: string,
  apiVersion: string,
  cluster: Access,
  signal: AbortSignal,
): Promise<Place> {
  const answer = await get(`${cluster.server}${groupPath(apiVersion)}`, cluster, signal);
  if (answer === undefined) throw new ApiError(`the cluster has no ${apiVersion}`);
  const { resources = [] } = answer.plain as {
    resources?: { kind: string; name: string; namespaced: boolean }[];
  };
  const found = resources.find((one) =>
    one.kind.toLowerCase() === kind.toLowerCase() && !one.name.includes("/")
  );
  if (found === undefined) throw new ApiError(`${apiVersion} has no kind ${kind}`);
  return { apiVersion, plural: found.name, isNamespaced: found.namespaced };
}

/** @returns Undefined for a 404. @throws {ApiError | TransportError} */
async function get(url: string, access: Access, signal: AbortSignal): Promise<Document | undefined> {
  const { ca, cert, key, insecure } = access;
  const { status, body } = await exchange(url, {
    headers: { accept: "application/json" },
    auth: await authOf(access),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    },
    insecure,
    signal,
  });
  if (status === 404) return undefined;
  let plain: unknown;
  try {
    plain = JSON.parse(body);
  } catch (error) {
    throw new ApiError(`the API answered with status ${status} and no JSON`, { cause: error });
  }
  if (status >= 200 && status < 300) return { plain, exact: parseKeepingNumbers(body) };
  const { message } = plain as { message?: unknown };
  const said = typeof message === "string" ? `: ${message.slice(0, 200)}` : "";
  throw new ApiError(`the API answered with status ${status}${said}`);
}

async function authOf({ token, tokenFile, basic }: Access) {
  if (token !== undefined) return { bearer: token };
  if (basic !== undefined) return { basic };
  if (tokenFile === undefined) return undefined;
  try {
    return { bearer: (await Deno.readTextFile(tokenFile)).trim() };
  } catch (error) {
    throw new ApiError(`cannot read the token "${tokenFile}": ${describeSystemError(error)}`, {
      cause: error,
    });
  }
}
