/**
 * The two messages of `grpc.health.v1`, in the encoding of Protocol Buffers:
 * https://protobuf.dev/programming-guides/encoding/ and https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { STATUSES } from "./type.ts";

/** An answer that is not of the protocol, or says that something is wrong. */
export class MessageError extends Error {
  override readonly name = "MessageError";
}

/** A byte that says whether the message is compressed, and its length in four. */
const PREFIX = 5;

/** `HealthCheckRequest{service}` with the prefix of a message. */
export function encodeRequest(service: string): Uint8Array {
  const name = new TextEncoder().encode(service);
  // Field 1, of a length; a field with its default is left out
  const fields = name.length === 0 ? [] : [0x0a, ...varint(name.length), ...name];
  const message = new Uint8Array(PREFIX + fields.length);
  new DataView(message.buffer).setUint32(1, fields.length);
  message.set(fields, PREFIX);
  return message;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** The status of a `HealthCheckResponse`. @throws {MessageError} When it is none */
export function decodeStatus(chunks: readonly Uint8Array[]): string {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (bytes.length < PREFIX) throw new MessageError("the answer has no message");
  const length = new DataView(bytes.buffer).getUint32(1);
  if (bytes[0] !== 0 || length !== bytes.length - PREFIX) {
    throw new MessageError("the answer is no single message without compression");
  }
  const message = bytes.subarray(PREFIX);
  // Field 1, a varint: its default is not sent
  if (message.length === 0) return STATUSES[0];
  const status = message.length >= 2 && message[0] === 0x08 ? STATUSES[message[1] ?? -1] : undefined;
  if (status === undefined) throw new MessageError("the answer is no status of health");
  return status;
}
