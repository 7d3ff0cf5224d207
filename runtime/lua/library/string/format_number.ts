/** C's `printf` of numbers: `%d %u %o %x %X`, `%e %f %g %a` and their capitals. */
import { exponential, fixed, general, withPoint } from "../../number/decimal.ts";
import { formatNumber, nonFinite } from "../../number/format.ts";
import { type IntegerNumber, toBigInt } from "../../number/kinds.ts";
import type { Conversion } from "./format_spec.ts";

/** Pads to the width with blanks. */
export function pad(text: string, { width, leftAlign }: Conversion): string {
  if (text.length >= width) return text;
  return leftAlign ? text.padEnd(width) : text.padStart(width);
}

/** Puts sign and digits together, with zeros or blanks up to the width. */
export function padNumber(sign: string, digits: string, spec: Conversion, zeros: boolean): string {
  if (!zeros || spec.leftAlign) return pad(sign + digits, spec);
  return sign + digits.padStart(spec.width - sign.length, "0");
}

export function formatInteger(value: IntegerNumber, spec: Conversion): string {
  switch (spec.letter) {
    case "d":
    case "i": {
      const text = formatNumber(value);
      const negative = text.startsWith("-");
      return padInteger(negative ? "-" : spec.plus, negative ? text.slice(1) : text, spec);
    }
    case "u":
      return padInteger("", unsigned(value, 10), spec);
    case "o": {
      const digits = unsigned(value, 8);
      const zero = spec.alternative && digits.length >= spec.precision && !digits.startsWith("0");
      return padInteger("", zero ? `0${digits}` : digits, spec);
    }
    default: {
      const digits = unsigned(value, 16);
      const prefix = spec.alternative && value !== 0 ? "0x" : "";
      const text = padInteger(prefix, digits, spec);
      return spec.letter === "X" ? text.toUpperCase() : text;
    }
  }
}

function unsigned(value: IntegerNumber, radix: number): string {
  if (typeof value === "number" && value >= 0) return value.toString(radix);
  return BigInt.asUintN(64, toBigInt(value)).toString(radix);
}

function padInteger(sign: string, digits: string, spec: Conversion): string {
  if (spec.precision < 0) return padNumber(sign, digits, spec, spec.zeros);
  // C prints no digit at all of 0 with a precision of 0, but for the 0 that `%#o` asks for.
  const none = spec.precision === 0 && digits === "0" && !(spec.letter === "o" && spec.alternative);
  return pad(sign + (none ? "" : digits.padStart(spec.precision, "0")), spec);
}

export function formatDouble(n: number, spec: Conversion): string {
  const text = padDouble(n, spec);
  return spec.letter < "a" ? text.toUpperCase() : text;
}

function padDouble(n: number, spec: Conversion): string {
  if (!Number.isFinite(n)) {
    const text = nonFinite(n);
    return pad(text.startsWith("-") ? text : spec.plus + text, spec);
  }
  const sign = n < 0 || Object.is(n, -0) ? "-" : spec.plus;
  const magnitude = Math.abs(n);
  const { alternative, precision } = spec;
  switch (spec.letter) {
    case "f": {
      const digits = fixed(magnitude, precision < 0 ? 6 : precision);
      return padNumber(sign, alternative ? withPoint(digits) : digits, spec, spec.zeros);
    }
    case "e":
    case "E": {
      const digits = exponential(magnitude, precision < 0 ? 6 : precision);
      const at = digits.indexOf("e");
      const text = alternative ? withPoint(digits.slice(0, at)) + digits.slice(at) : digits;
      return padNumber(sign, text, spec, spec.zeros);
    }
    case "g":
    case "G":
      return padNumber(
        sign,
        general(magnitude, precision < 0 ? 6 : precision, alternative),
        spec,
        spec.zeros,
      );
    default:
      return padNumber(`${sign}0x`, hexDigits(magnitude, precision, alternative), spec, spec.zeros);
  }
}

const bits = new DataView(new ArrayBuffer(8));

/** `%a` of a non-negative double, without sign and `0x`. */
export function hexDigits(n: number, precision: number, point: boolean): string {
  bits.setFloat64(0, n);
  const word = bits.getBigUint64(0);
  const biased = Number(word >> 52n);
  let mantissa = word & 0xf_ffff_ffff_ffffn;
  if (biased > 0) mantissa |= 1n << 52n;
  const exponent = n === 0 ? 0 : biased === 0 ? -1022 : biased - 1023;
  let count = 13;
  if (precision >= 0 && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const half = 1n << (drop - 1n);
    const tail = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    if (tail > half || (tail === half && (mantissa & 1n) === 1n)) mantissa++;
    count = precision;
  }
  const all = mantissa.toString(16).padStart(count + 1, "0");
  let fraction = all.slice(all.length - count);
  if (count === 0) fraction = "";
  fraction = precision < 0 ? fraction.replace(/0+$/, "") : fraction.padEnd(precision, "0");
  const whole = all.slice(0, all.length - count);
  const dot = fraction !== "" || point ? "." : "";
  return `${whole}${dot}${fraction}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}
