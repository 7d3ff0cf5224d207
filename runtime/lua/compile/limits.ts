/** Limits that generated code knows. */

/** How deep calls nest on the JavaScript stack before it is unwound into saved frames. */
export const MAX_DEPTH = 200;

/** How many passes of a function's loops count at one go to the budget. */
export const LOOP_SLICE = 1000;
