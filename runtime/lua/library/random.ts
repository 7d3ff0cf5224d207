/**
 * xoshiro256**, as Lua's `math.random` uses it: Blackman and Vigna, https://prng.di.unimi.it/xoshiro256starstar.c,
 * with the seeding and the projection of PUC-Rio's lmathlib.c. On 32-bit halves.
 */
import { highOf, type IntegerNumber, integerOf, lowOf, toBigInt } from "../number/kinds.ts";
import { integerFromBigInt } from "../value.ts";

const HALF = 4294967296;
const TWO_53 = 9007199254740992;

/** An Int32Array(8), for the type checker: all eight elements are there. */
type Words = [number, number, number, number, number, number, number, number];

export class Xoshiro {
  /** Four words of 64 bits: low half, then high half. */
  readonly #s = new Int32Array(8);
  /** The halves of the last number made, signed. */
  high = 0;
  low = 0;

  constructor(n1: IntegerNumber, n2: IntegerNumber) {
    this.seed(n1, n2);
  }

  /** Starts the sequence that belongs to two integers. */
  seed(n1: IntegerNumber, n2: IntegerNumber): void {
    const s = this.#s;
    s[0] = lowOf(n1);
    s[1] = highOf(n1);
    s[2] = 0xff;
    s[3] = 0;
    s[4] = lowOf(n2);
    s[5] = highOf(n2);
    s[6] = s[7] = 0;
    // Spreads the seed.
    for (let i = 0; i < 16; i++) this.next();
  }

  /** Makes the next 64 bits, in `high` and `low`. */
  next(): void {
    const s = this.#s as unknown as Words;
    const s0l = s[0], s0h = s[1], s1l = s[2], s1h = s[3];

    // rotl(s1 * 5, 7) * 9
    const five = (s1l >>> 0) * 5;
    const fiveLow = five | 0;
    const fiveHigh = (Math.imul(s1h, 5) + Math.floor(five / HALF)) | 0;
    const turnedLow = (fiveLow << 7) | (fiveHigh >>> 25);
    const turnedHigh = (fiveHigh << 7) | (fiveLow >>> 25);
    const nine = (turnedLow >>> 0) * 9;
    this.low = nine | 0;
    this.high = (Math.imul(turnedHigh, 9) + Math.floor(nine / HALF)) | 0;

    const s2l = s[4] ^ s0l, s2h = s[5] ^ s0h;
    const s3l = s[6] ^ s1l, s3h = s[7] ^ s1h;
    s[2] = s1l ^ s2l;
    s[3] = s1h ^ s2h;
    s[0] = s0l ^ s3l;
    s[1] = s0h ^ s3h;
    s[4] = s2l ^ (s1l << 17);
    s[5] = s2h ^ ((s1h << 17) | (s1l >>> 15));
    // rotl(s3, 45)
    s[6] = (s3h << 13) | (s3l >>> 19);
    s[7] = (s3l << 13) | (s3h >>> 19);
  }

  /** A float in [0, 1), of 53 bits. */
  float(): number {
    this.next();
    return ((this.high >>> 0) * 2097152 + (this.low >>> 11)) / TWO_53;
  }

  /** Any integer. */
  integer(): IntegerNumber {
    this.next();
    return integerOf(this.high, this.low);
  }

  /** An integer in [low, up], every one as likely; `low ≤ up`. */
  between(low: IntegerNumber, up: IntegerNumber): IntegerNumber {
    this.next();
    if (typeof low === "number" && typeof up === "number") {
      const span = up - low;
      if (span < HALF) return low + this.#project32(span);
      if (span < TWO_53) return low + this.#project53(span);
    }
    const base = toBigInt(low);
    return integerFromBigInt(base + this.#project64(toBigInt(up) - base));
  }

  // Each projects the number last made into [0, n]: cut to the bits of n, made anew while it is above n.

  #project32(n: number): number {
    const mask = n === 0 ? 0 : 0xffffffff >>> Math.clz32(n);
    for (;;) {
      const random = (this.low & mask) >>> 0;
      if (random <= n) return random;
      this.next();
    }
  }

  #project53(n: number): number {
    const mask = 0xffffffff >>> Math.clz32(Math.floor(n / HALF));
    for (;;) {
      const random = ((this.high & mask) >>> 0) * HALF + (this.low >>> 0);
      if (random <= n) return random;
      this.next();
    }
  }

  #project64(n: bigint): bigint {
    const mask = (1n << BigInt(n.toString(2).length)) - 1n;
    for (;;) {
      const random = BigInt.asUintN(64, toBigInt(integerOf(this.high, this.low))) & mask;
      if (random <= n) return random;
      this.next();
    }
  }
}
