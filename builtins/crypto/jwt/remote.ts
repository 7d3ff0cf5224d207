/** Key sets behind a URL (`jwks_uri` of OpenID Connect), fetched when needed and kept for a while. */
import { trustSystemStore } from "../../../runtime/seam/certificates.ts";
import { ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { fromBytes } from "../../../runtime/seam/text.ts";
import { shownUrl } from "../../http/shown_url.ts";
import { describeTransportError } from "../../http/transport_error.ts";

/** How long a set is used without asking again, in milliseconds. */
const MAX_AGE = 10 * 60_000;

/** How long an unknown key makes nobody ask again: tokens come from anyone. Milliseconds. */
const COOL_DOWN = 30_000;

/** How long a request may take, in milliseconds. */
const TIMEOUT = 10_000;

/** Of a set, in bytes. */
const MAX_SIZE = 1024 * 1024;

/** How many sets are kept. */
const MAX_SETS = 100;

const SETS = Symbol("crypto.jwt_verify key sets");

/** A set that has been asked for. */
export interface KeySet {
  /** Its JSON text, bytes in Lua's form. */
  readonly json: Promise<string>;
  /** When it was asked for, by the clock of the sets. Milliseconds. */
  readonly since: number;
}

/** Whether a key is not the key itself but where it is. */
export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/** The sets of a VM. Tasks that want the same one wait for one request. */
export class RemoteKeySets {
  readonly #sets = new Map<string, KeySet>();
  readonly #now: () => number;

  /** @param now A clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  static of(host: Host): RemoteKeySets {
    return host.state(SETS, () => new RemoteKeySets());
  }

  /** The set behind a URL. */
  get(url: string): KeySet {
    const kept = this.#sets.get(url);
    return kept !== undefined && this.#now() - kept.since < MAX_AGE ? kept : this.#fetch(url);
  }

  /** A newer set, for a token whose key `known` does not hold; `undefined` when it is too early to ask again. */
  renewed(url: string, known: KeySet): KeySet | undefined {
    const kept = this.#sets.get(url);
    // Another task may have asked meanwhile
    if (kept !== undefined && kept !== known) return kept;
    return this.#now() - known.since < COOL_DOWN ? undefined : this.#fetch(url);
  }

  #fetch(url: string): KeySet {
    const set = { json: fetchKeySet(url), since: this.#now() };
    this.#sets.delete(url);
    this.#sets.set(url, set);
    set.json.catch(() => {
      if (this.#sets.get(url) === set) this.#sets.delete(url);
    });
    const [oldest] = this.#sets.keys();
    if (this.#sets.size > MAX_SETS && oldest !== undefined) this.#sets.delete(oldest);
    return set;
  }
}

/** @throws {ScriptError} When it cannot be had */
async function fetchKeySet(url: string): Promise<string> {
  const fail = (reason: string, cause?: unknown) =>
    new ScriptError(`crypto.jwt_verify: cannot fetch the JWKS from ${shownUrl(url)}: ${reason}`, { cause });
  if (!URL.canParse(url)) throw fail("it is no URL");
  trustSystemStore();
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(url, { signal, headers: { accept: "application/json" } });
    const json = await readBody(response, fail);
    if (/^https:/i.test(url) && !response.url.startsWith("https:")) {
      throw fail("it is redirected to a URL without TLS");
    }
    if (!response.ok) throw fail(`the server answers ${response.status}`);
    if (!/^\s*\{/.test(json)) throw fail("the answer is no JSON object");
    return json;
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    throw fail(
      isLate ? `no answer within ${TIMEOUT / 1000}s` : describeTransportError(error, new URL(url)),
      error,
    );
  }
}

async function readBody(response: Response, fail: (reason: string) => ScriptError): Promise<string> {
  let json = "";
  for await (const chunk of response.body ?? []) {
    json += fromBytes(chunk);
    if (json.length > MAX_SIZE) throw fail(`it is larger than ${MAX_SIZE / 1024} KiB`);
  }
  return json;
}
