/**
 * The string-keyed part of a table: a JavaScript object, so that a field of a table costs what a field of an
 * object costs. Nothing of JavaScript is behind it: the prototype has no members and no prototype.
 */
import type { LuaValue } from "../table.ts";

/** Fields by name. A removed field stays, with the value `undefined`. */
export interface Props {
  [name: string]: LuaValue;
}

/** The prototype of every {@link Props}: empty, frozen, without a prototype. Generated shapes use it too. */
export const PROPS_PROTOTYPE: object = Object.freeze(Object.create(null));

/** The constructor of a part that starts without fields. */
export const Props = makeConstructor();

function makeConstructor(): new () => Props {
  const constructor = function () {};
  constructor.prototype = PROPS_PROTOTYPE;
  const Constructor = constructor as unknown as new () => Props;
  // V8 sizes the objects of a constructor after the first few of them: with four fields each, later ones keep
  // room for four fields inside the object.
  for (let i = 0; i < 16; i++) {
    const sample = new Constructor();
    sample.a =
      sample.b =
      sample.c =
      sample.d =
        i;
  }
  return Constructor;
}

/** The string part of a table whose string keys are in its hash part. Compared by identity, never written. */
export const EMPTY_PROPS: Props = Object.freeze(new Props());

/** The string part of a table that has had no string key yet. Compared by identity, never written. */
export const NO_PROPS: Props = Object.freeze(new Props());

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * Whether a string may name a field of {@link Props}. Refused are "" and what starts with a digit, since
 * JavaScript moves integer-like names before all others, and `__proto__`, which is a name with a meaning.
 */
export function isPropertyKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return !(first >= DIGIT_0 && first <= DIGIT_9) && key !== "" && key !== "__proto__";
}
