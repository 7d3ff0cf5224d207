/** Tells the memory limit of a VM what tables take. */

/** Called with the bytes by which a part of a table has grown; it may throw to refuse. */
export type ChargeHook = (bytes: number) => void;

/** The hook in force. Read as a live binding, so that a call costs one load. */
export let charge: ChargeHook = () => {};

/** Sets what is told of the growth of tables; `undefined` for nothing. */
export function setCharge(hook: ChargeHook | undefined): void {
  charge = hook ?? (() => {});
}

/** The bytes of an element of the array part. */
export const ELEMENT_BYTES = 8;

/** The bytes of an entry of the hash part, with its share of the buckets. */
export const ENTRY_BYTES = 40;
