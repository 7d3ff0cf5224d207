/** How much memory scripts may use. */

/** Bytes of a VM unless told otherwise. */
const DEFAULT = 64 * 2 ** 20;

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

let chosen = DEFAULT;

/** Makes a limit, in bytes, that of the VMs which are made from now on. */
export function chooseMemory(bytes: number): void {
  chosen = bytes;
}

/** The limit of a VM, in bytes. @default 64 MiB */
export function chosenMemory(): number {
  return chosen;
}

/** What texts {@link parseMemory} takes. */
export const MEMORY_FORM = "it must be bytes, or a number with K, M or G such as 256M";

/** The bytes that `256M` means: a number with K, M or G (times 1024, twice, three times); undefined for other texts. */
export function parseMemory(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? NaN);
  return bytes >= 1 ? Math.floor(bytes) : undefined;
}
