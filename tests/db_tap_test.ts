/** What is overheard of a PostgreSQL server, however its messages are cut into pieces. */
import assert from "node:assert/strict";
import { Meter } from "../builtins/db/meter.ts";
import { Tap } from "../builtins/db/postgres/tap.ts";

function message(type: string, body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const whole = new Uint8Array(5 + bytes.length);
  whole[0] = type.charCodeAt(0);
  new DataView(whole.buffer).setUint32(1, 4 + bytes.length);
  whole.set(bytes, 5);
  return whole;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const newTap = () => new Tap(new Meter(Infinity, () => {}));

const READY = message("Z", "I");

Deno.test("rows affected by several statements are counted together", () => {
  const tap = newTap();
  tap.take(joined(
    message("C", "INSERT 0 5\0"),
    message("C", "CREATE TABLE\0"),
    message("C", "UPDATE 7\0"),
    READY,
  ));
  assert.equal(tap.affected, 12);
  tap.take(joined(message("C", "DELETE 1\0"), READY));
  assert.equal(tap.affected, 1);
});

Deno.test("messages may arrive in pieces of any length", () => {
  const bytes = joined(
    message("T", "x".repeat(300)),
    message("D", "C\0\0\0\x05Z".repeat(100)),
    message("C", "SELECT 100\0"),
    message("E", "SFATAL\0C57P01\0Mlast words\0\0"),
    READY,
    message("C", "UPDATE 3\0"),
    READY,
    message("E", "SFATAL\0C57P01\0Mlast words\0\0"),
  );
  for (let size = 1; size < 64; size++) {
    const tap = newTap();
    for (let start = 0; start < bytes.length; start += size) tap.take(bytes.subarray(start, start + size));
    assert.equal(tap.affected, 3, `in pieces of ${size}`);
    assert.equal(tap.lastError, "last words", `in pieces of ${size}`);
  }
});

Deno.test("a length that cannot be keeps nobody busy for ever", () => {
  const tap = newTap();
  tap.take(new Uint8Array(64));
  tap.take(Uint8Array.of(67, 255, 255, 255, 255, 1, 2, 3));
  assert.equal(tap.affected, 0);
});
