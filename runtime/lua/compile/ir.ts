/**
 * What the compiler makes of a function before it is text: JavaScript statements, with the places where the
 * function can be suspended (sites) and the control structures around them known.
 *
 * Two texts are printed of it. The plain one runs from the top. The resume copy enters at a site: `pc` is the
 * number of the site and everything before it is skipped; printed only when a function is first suspended.
 */
import type { Origin } from "./origin.ts";

export type Item = Code | Site | If | Loop | Labelled;

/** Statements without a site. */
export interface Code {
  readonly kind: "code";
  readonly text: string;
  readonly origin: Origin;
}

/** A statement that may suspend: it sets `k_` and leaves the function's block `B` then. */
export interface Site {
  readonly kind: "site";
  readonly number: number;
  readonly text: string;
  /** What is done with `val`, the awaited result, instead of `text` when the function is entered here. */
  readonly resume: string;
  readonly origin: Origin;
  readonly live: Live;
}

/** What of a frame is still used when it waits at a site. */
export interface Live {
  /** The temporaries up to this number. */
  readonly temporaries: number;
  /** The variables in scope. */
  readonly scope: Scope | null;
}

/** Variables in scope, the last declared first. */
export interface Scope {
  readonly name: string;
  readonly outer: Scope | null;
}

export interface If {
  readonly kind: "if";
  /** Free of sites and side effects. */
  readonly condition: string;
  readonly then: Item[];
  readonly otherwise: Item[];
  readonly origin: Origin;
}

/** Runs its body until a `break`. */
export interface Loop {
  readonly kind: "loop";
  readonly label: string;
  readonly body: Item[];
  readonly origin: Origin;
}

/** A block that `break LABEL` leaves. */
export interface Labelled {
  readonly kind: "block";
  readonly label: string;
  readonly body: Item[];
  readonly origin: Origin;
}

/** The first and the last site in some items, 0 and −1 where there is none. Sites are numbered in text order. */
export function siteRange(items: readonly Item[]): readonly [number, number] {
  let first = 0;
  let last = -1;
  const add = (from: number, to: number) => {
    if (to < 0) return;
    if (first === 0) first = from;
    last = to;
  };
  for (const item of items) {
    if (item.kind === "site") add(item.number, item.number);
    else if (item.kind === "if") {
      add(...siteRange(item.then));
      add(...siteRange(item.otherwise));
    } else if (item.kind !== "code") add(...siteRange(item.body));
  }
  return [first, last];
}
