/**
 * The kinds of tokens: a single character is its code, all others begin at 257. Constants of their own module are what
 * a bundle writes as numbers where they are used.
 */

export const LENGTH = 0x23;
export const OPENING_PARENTHESIS = 0x28;
export const CLOSING_PARENTHESIS = 0x29;
export const ASTERISK = 0x2a;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const ASSIGN = 0x3d;
export const GREATER = 0x3e;
export const OPENING_BRACKET = 0x5b;
export const CLOSING_BRACKET = 0x5d;
export const OPENING_BRACE = 0x7b;
export const CLOSING_BRACE = 0x7d;
export const TILDE = 0x7e;

export const AND = 257;
export const BREAK = 258;
export const DO = 259;
export const ELSE = 260;
export const ELSEIF = 261;
export const END = 262;
export const FALSE = 263;
export const FOR = 264;
export const FUNCTION = 265;
export const GOTO = 266;
export const IF = 267;
export const IN = 268;
export const LOCAL = 269;
export const NIL = 270;
export const NOT = 271;
export const OR = 272;
export const REPEAT = 273;
export const RETURN = 274;
export const THEN = 275;
export const TRUE = 276;
export const UNTIL = 277;
export const WHILE = 278;
export const FLOOR_DIVIDE = 279;
export const CONCAT = 280;
export const DOTS = 281;
export const EQUAL = 282;
export const GREATER_EQUAL = 283;
export const LESS_EQUAL = 284;
export const NOT_EQUAL = 285;
export const SHIFT_LEFT = 286;
export const SHIFT_RIGHT = 287;
export const DOUBLE_COLON = 288;
export const END_OF_TEXT = 289;
export const NUMBER = 290;
export const NAME = 291;
export const STRING = 292;

/** One more than the greatest token. */
export const TOKEN_LIMIT = 293;

const RESERVED_WORDS = [
  "and",
  "break",
  "do",
  "else",
  "elseif",
  "end",
  "false",
  "for",
  "function",
  "goto",
  "if",
  "in",
  "local",
  "nil",
  "not",
  "or",
  "repeat",
  "return",
  "then",
  "true",
  "until",
  "while",
];

const OPERATORS = ["//", "..", "...", "==", ">=", "<=", "~=", "<<", ">>", "::"];

/** The token of each reserved word. */
export const RESERVED: ReadonlyMap<string, number> = new Map(
  RESERVED_WORDS.map((word, i) => [word, AND + i]),
);

/** How messages show a kind of token. */
export function describeToken(token: number): string {
  if (token < AND) {
    return token >= 0x20 && token < 0x7f ? `'${String.fromCharCode(token)}'` : `'<\\${token}>'`;
  }
  if (token === END_OF_TEXT) return "<eof>";
  if (token === NUMBER) return "<number>";
  if (token === NAME) return "<name>";
  if (token === STRING) return "<string>";
  return `'${RESERVED_WORDS[token - AND] ?? OPERATORS[token - FLOOR_DIVIDE]}'`;
}
