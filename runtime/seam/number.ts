/** Numbers as text, both ways, and as integers, as Lua 5.5 has them. */
export { toInteger } from "../lua/number/convert.ts";
export { formatNumber } from "../lua/number/format.ts";
export { parseNumber } from "../lua/number/parse.ts";
