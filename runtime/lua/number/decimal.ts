/**
 * C's `%f`, `%e` and `%g` of non-negative finite doubles.
 *
 * ECMAScript's `toFixed` and `toExponential` are exact but round a tie up, where C rounds it to even: `%.0f` of
 * 2.5 is 2. A tie at n decimals exists only where the double times 2^(n+1) is an integer.
 */

/** The most decimals that `toFixed` gives. */
const MOST_DECIMALS = 100;

/** `%.{digits}f`. @param digits 0 to 103, which is what `%.99g` may need */
export function fixed(x: number, digits: number): string {
  if (digits >= MOST_DECIMALS) return manyDecimals(x, digits);
  if (x >= 1e21) return BigInt(x).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  if (Number.isInteger(x) || !Number.isInteger(x * 2 ** (digits + 1))) return x.toFixed(digits);
  const exact = x.toFixed(digits + 1);
  return endsInEvenTie(exact) ? dropLast(exact) : x.toFixed(digits);
}

/** Many decimals of a number below 1, taken from its significant digits. */
function manyDecimals(x: number, digits: number): string {
  const [, shortest = "0"] = x.toExponential().split("e");
  const [mantissa = "", exponent = "0"] = roundedExponential(x, digits + Number(shortest)).split("e");
  return `0.${"0".repeat(-1 - Number(exponent))}${mantissa.replace(".", "")}`;
}

/** `%.{digits}e`. @param digits 0 to 99 */
export function exponential(x: number, digits: number): string {
  const [mantissa = "", exponent = ""] = roundedExponential(x, digits).split("e");
  const sign = exponent.charAt(0);
  return `${mantissa}e${sign}${exponent.slice(1).padStart(2, "0")}`;
}

function roundedExponential(x: number, digits: number): string {
  const rounded = x.toExponential(digits);
  if (x === 0) return rounded;
  const longer = x.toExponential(digits + 1);
  const [mantissa = "", exponentText = "0"] = longer.split("e");
  if (!endsInEvenTie(mantissa)) return rounded;
  const decimals = digits - Number(exponentText);
  const tie = decimals >= 0
    ? Number.isInteger(x * 2 ** (decimals + 1))
    : Number.isInteger(x) && /^0*$/.test(BigInt(x).toString().slice(digits + 2));
  return tie ? `${dropLast(mantissa)}e${exponentText}` : rounded;
}

/** The most digits with which every decimal is told from the next by the double that is nearest to it. */
const DECIMAL_DIGITS = 15;

/** `%.{precision}g`, or `%#.{precision}g` where zeros are kept. @param precision 0 to 99 */
export function general(x: number, precision: number, keepZeros = false): string {
  const wanted = precision === 0 ? 1 : precision;
  if (x >= 1e-4 && x < 1e15 && wanted <= DECIMAL_DIGITS && !keepZeros) {
    const shortest = shortestWithin(x, wanted);
    if (shortest !== undefined) return shortest;
  }
  // What toPrecision gives without an exponent is what C gives, unless there was a tie, which needs a double
  // with few digits behind the binary point.
  if (x >= 1e-4 && x < 1e15 && wanted <= 17 && !keepZeros && !Number.isInteger(x * 2 ** (wanted + 4))) {
    const plain = x.toPrecision(wanted);
    if (!plain.includes("e")) return trimZeros(plain);
  }
  const text = exponential(x, wanted - 1);
  const at = text.indexOf("e");
  const exponent = Number(text.slice(at + 1));
  if (exponent >= -4 && exponent < wanted) {
    const plain = fixed(x, wanted - 1 - exponent);
    return keepZeros ? withPoint(plain) : trimZeros(plain);
  }
  const mantissa = text.slice(0, at);
  return (keepZeros ? withPoint(mantissa) : trimZeros(mantissa)) + text.slice(at);
}

/**
 * The shortest digits that round-trip, as ECMAScript gives them: where they are no more than some 15 that are wanted, C
 * gives the same ones. Undefined where there are more.
 *
 * @param x From 0.0001 to 1e15
 */
export function shortestWithin(x: number, most: number): string | undefined {
  const text = `${x}`;
  const zeros = x >= 1 ? 0 : x >= 0.1 ? 1 : x >= 0.01 ? 2 : x >= 0.001 ? 3 : 4;
  const digits = text.length - zeros - (Number.isInteger(x) ? 0 : 1);
  return digits <= most ? text : undefined;
}

/** Whether digits end in a 5 behind an even digit: if that is all there is, they round down. */
function endsInEvenTie(digits: string): boolean {
  const last = digits.length - 1;
  if (digits.charCodeAt(last) !== 0x35) return false;
  const before = digits.charCodeAt(last - 1);
  return ((before === 0x2e ? digits.charCodeAt(last - 2) : before) & 1) === 0;
}

function dropLast(digits: string): string {
  const end = digits.length - 1;
  return digits.slice(0, digits.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}

/** Adds the point that `#` asks for where there is none. */
export function withPoint(digits: string): string {
  return digits.includes(".") ? digits : `${digits}.`;
}

function trimZeros(digits: string): string {
  if (!digits.includes(".")) return digits;
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  if (digits.charCodeAt(end - 1) === 0x2e) end--;
  return digits.slice(0, end);
}
