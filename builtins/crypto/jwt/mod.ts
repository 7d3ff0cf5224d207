/** JSON Web Tokens, in one module that is loaded when first used. */
export { algorithmOf, SUPPORTED } from "./algorithm.ts";
export { readToken, signToken } from "./token.ts";
export { verifyToken } from "./verify.ts";
