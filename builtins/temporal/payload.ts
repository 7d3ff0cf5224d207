/** Lua values as Temporal's payloads, and back. */
import { encodeJson } from "../json/encode.ts";
import { parseJson } from "../json/parse.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import { TemporalFailure } from "./failure.ts";

/** A value with what tells its encoding. */
export interface Payload {
  readonly metadata?: Record<string, Uint8Array> | null;
  readonly data?: Uint8Array | null;
}

/** The arguments or the results of something. */
export interface Payloads {
  payloads?: Payload[] | null;
}

const encoder = new TextEncoder();

/** Nothing for nil, else one payload: JSON. */
export function toPayloads(operation: string, value: LuaValue): { payloads: Payload[] } | undefined {
  if (value === undefined) return undefined;
  const data = toBytes(encodeJson(value, { functionName: `temporal ${operation}` }));
  return { payloads: [{ metadata: { encoding: encoder.encode("json/plain") }, data }] };
}

/**
 * The Lua value of the first payload; nil where there is none.
 *
 * @throws {TemporalFailure} When it is encoded in another way than JSON, bytes or nothing
 */
export function fromPayloads(host: Host, operation: string, payloads: Payloads | null | undefined): LuaValue {
  const payload = payloads?.payloads?.[0];
  if (payload === undefined) return undefined;
  const encoding = fromBytes(payload.metadata?.encoding ?? new Uint8Array());
  const data = fromBytes(payload.data ?? new Uint8Array());
  switch (encoding) {
    case "json/plain":
    case "json/protobuf":
      return parseJson(host, data, `temporal ${operation}`);
    case "binary/plain":
      return data;
    case "binary/null":
      return undefined;
    default:
      throw new TemporalFailure(
        `the payload has the encoding '${encoding}': readable are json/plain and binary/plain`,
      );
  }
}
