/** Numbers as text, both ways, as integers and compared, as Lua 5.5 has them. */
export { numberEqual, numberLess } from "../lua/number/compare.ts";
export { toInteger } from "../lua/number/convert.ts";
export { formatNumber } from "../lua/number/format.ts";
export { parseNumber } from "../lua/number/parse.ts";
