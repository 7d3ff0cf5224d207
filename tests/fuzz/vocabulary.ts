/** What random programs are made of. */

/** What an expression or a variable holds, mostly: now and then it is something else. */
export type Kind = "number" | "string" | "boolean" | "table" | "object" | "function";
export const KINDS: readonly Kind[] = [
  "number",
  "number",
  "string",
  "boolean",
  "table",
  "object",
  "function",
];

export interface Variable {
  readonly name: string;
  readonly kind: Kind;
  readonly constant: boolean;
}

export interface Context {
  readonly variables: readonly Variable[];
  /** How deep statements nest. */
  readonly depth: number;
  readonly inLoop: boolean;
  readonly isVararg: boolean;
  /** Whether a `return` may stand here. */
  readonly inFunction: boolean;
}

export const NUMBERS = [
  "0",
  "1",
  "2",
  "3",
  "7",
  "-1",
  "10",
  "100",
  "0.5",
  "2.0",
  "-0.0",
  "1.25",
  "-3",
  "(1/0)",
  "255",
];
export const WIDE = [
  "math.maxinteger",
  "math.mininteger",
  "0x7fffffff",
  "2147483648",
  "4294967296",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "0xffffffffffffffff",
  "0x8000000000000000",
  "1e15",
  "2^53",
  "1e308",
  "-2^63",
  "9223372036854775808",
  "123456789012345",
];
export const STRINGS = [
  '"x"',
  '""',
  '"10"',
  '"0x1F"',
  '" 7 "',
  '"1e2"',
  '"abcabc"',
  '"a b  c"',
  '"1.5"',
  '"\\0z"',
  '"%d"',
  '"-3"',
];
export const PATTERNS = [
  '"%w+"',
  '"[abc]"',
  '"(.)(.)"',
  '"%d+"',
  '"^a"',
  '"x*"',
  '"()b"',
  '"%s+"',
  '".-c"',
  '"%f[%w]%w"',
  '"b$"',
];

export function add(context: Context, ...variables: Variable[]): Context {
  return { ...context, variables: [...context.variables, ...variables] };
}

/** Whether a variable cannot be assigned to, or one of the same name that can be is hidden by one that cannot. */
export function hidden(context: Context, variable: Variable): boolean {
  return context.variables.some(({ name, constant }) => constant && name === variable.name);
}
