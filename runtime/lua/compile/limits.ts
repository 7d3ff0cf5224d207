/** Limits that generated code knows. */

/** How deep calls nest on the JavaScript stack before it is unwound into saved frames. */
export const MAX_DEPTH = 200;
