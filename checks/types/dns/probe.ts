/** Tries a check of type `dns`. */
import { describeError } from "../../../runtime/seam/error.ts";
import { failed, type Outcome, PASSED, type ProbeContext } from "../type.ts";
import type { DnsSettings } from "./type.ts";

/** So many values are shown in messages. */
const MAX_SHOWN = 10;

/** Resolves the name and compares the records. */
export async function probe(settings: DnsSettings, { signal }: ProbeContext): Promise<Outcome> {
  const { host, record = "A", resolver, expect = {} } = settings;
  const query = record === "PTR" ? reverseName(host) : host;
  let values: string[];
  try {
    const records: unknown[] = await Deno.resolveDns(query, record, {
      signal,
      ...(resolver === undefined ? {} : { nameServer: { ipAddr: resolver.address, port: resolver.port } }),
    });
    values = records.map(shown).sort();
  } catch (error) {
    const noRecords = error instanceof Deno.errors.NotFound;
    if (noRecords && expect.count === 0) return PASSED;
    const where = resolver === undefined ? "" : ` (asked ${resolver.address}:${resolver.port})`;
    return failed(`DNS ${record} ${host}: ${describe(error, signal)}${where}`);
  }
  const problem = judge(values, expect);
  return problem === undefined ? PASSED : failed(`DNS ${record} ${host}: ${problem}`);
}

function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return describeError(signal.reason);
  if (error instanceof Deno.errors.NotFound) return "there is no such record";
  const text = describeError(error);
  return /timed out/i.test(text) ? "the resolver does not answer" : text.replace(/^proto error: /, "");
}

/** A record as zone files write it. */
function shown(record: unknown): string {
  // A text record comes in pieces of 255 bytes
  if (Array.isArray(record)) return record.join("");
  if (typeof record !== "object" || record === null) return String(record);
  const fields = record as Record<string, unknown>;
  const names = ["preference", "exchange"].every((name) => name in fields)
    ? ["preference", "exchange"]
    : "target" in fields
    ? ["priority", "weight", "port", "target"]
    : "mname" in fields
    ? ["mname", "rname", "serial", "refresh", "retry", "expire", "minimum"]
    : Object.keys(fields);
  return names.map((name) => String(fields[name])).join(" ");
}

function judge(
  values: readonly string[],
  { values: all, contains = [], count }: NonNullable<DnsSettings["expect"]>,
): string | undefined {
  const got = `got ${values.slice(0, MAX_SHOWN).join(", ") || "nothing"}${
    values.length > MAX_SHOWN ? ", …" : ""
  }`;
  const known = new Set(values.map(canonical));
  if (all !== undefined) {
    const isSame = all.length === values.length && all.every((value) => known.has(canonical(value)));
    if (!isSame) return `expected ${all.join(", ")}, ${got}`;
  }
  const missing = contains.find((value) => !known.has(canonical(value)));
  if (missing !== undefined) return `${missing} is not among the values: ${got}`;
  if (count === undefined) return values.length === 0 ? "there is no such record" : undefined;
  return values.length === count ? undefined : `expected ${count} values, ${got}`;
}

/** Names count without regard to case and to the dot at their end. */
function canonical(value: string): string {
  return value.replace(/\.$/, "").toLowerCase();
}

/** `4.3.2.1.in-addr.arpa` for 1.2.3.4; RFC 1035, section 3.5, and RFC 3596, section 2.5. */
function reverseName(address: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  if (!URL.canParse(`http://[${address}]/`)) return address;
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array<string>(8 - front.length - back.length).fill("0");
  const digits = [...front, ...middle, ...back].map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
