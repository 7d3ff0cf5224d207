/** The embedded modules: name below `assay.`, dots as slashes → Lua source. */
export const MODULES: ReadonlyMap<string, string> = new Map();
