/** Calls of filters whose arguments the engine takes otherwise, or not at all. */

/** One argument of a call. */
export interface CallArgument {
  readonly name: string | undefined;
  /** With its name, and the blanks around it. */
  readonly text: string;
}

/** Filters whose result is markup: what they are given is escaped in them. */
const MARKUP: ReadonlySet<string> = new Set(["forceescape", "urlize", "xmlattr"]);

/** A value longer than this is not looked at twice. */
const MAX_REPEATED = 120;

/**
 * @param value What stands before the bar
 * @returns What takes the place of `value|name(args)`; undefined where it can stay
 */
export function changeFilter(value: string, name: string, args: readonly CallArgument[]): string | undefined {
  if (MARKUP.has(name)) return `${value}|${name}${list(args)}|safe`;
  const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
  return change?.(value, args);
}

type Change = (value: string, args: readonly CallArgument[]) => string | undefined;

const CHANGES: Readonly<Record<string, Change>> = {
  d: defaultByPlace,
  default: defaultByPlace,
  float: (value, args) => numberOr(value, "float", args),
  int: (value, args) => numberOr(value, "int", args),
  join: (value, args) => overAttribute(value, "join", args, 1),
  replace: (value, args) => args.length < 3 ? undefined : `${value}|__replace${list(args)}`,
  round: (value, args) => numberOr(value, "round", args, "integer"),
  sum: (value, args) => overAttribute(value, "sum", args, 0),
};

/** The engine's takes its arguments by place. */
function defaultByPlace(value: string, args: readonly CallArgument[]): string | undefined {
  if (args.every(({ name }) => name === undefined)) return undefined;
  const [fallback, boolean] = ["default_value", "boolean"].map((wanted, index) => {
    const named = args.find(({ name }) => name === wanted);
    return named === undefined
      ? args[index]?.name === undefined ? args[index]?.text : undefined
      : valueOf(named);
  });
  return `${value}|default(${fallback ?? '""'}, ${boolean ?? "false"})`;
}

/** The engine's fail for what is no number, or round otherwise; ours cannot take an integer beyond 2^53. */
function numberOr(value: string, name: string, args: readonly CallArgument[], test = "number"): string {
  if (value.length > MAX_REPEATED || value.includes("\n")) return `${value}|__${name}${list(args)}`;
  return `(${value}|${name} if ${value} is ${test} else ${value}|__${name}${list(args)})`;
}

/** @param place Where the attribute stands without a name */
function overAttribute(
  value: string,
  name: string,
  args: readonly CallArgument[],
  place: number,
): string | undefined {
  const attribute = args.find((arg) => arg.name === "attribute") ??
    (args[place]?.name === undefined ? args[place] : undefined);
  if (attribute === undefined) return undefined;
  const others = args.filter((arg) => arg !== attribute);
  return `${value}|map(attribute=${valueOf(attribute)})|${name}${list(others)}`;
}

function valueOf({ name, text }: CallArgument): string {
  return name === undefined ? text : text.slice(text.indexOf("=") + 1);
}

function list(args: readonly CallArgument[]): string {
  return args.length === 0 ? "" : `(${args.map(({ text }) => text).join(",")})`;
}
