/** Random expressions of all kinds. */
import { Random } from "../support/puc.ts";
import {
  add,
  type Context,
  hidden,
  type Kind,
  KINDS,
  NUMBERS,
  PATTERNS,
  STRINGS,
  WIDE,
} from "./vocabulary.ts";

/** What a program may use: all of 5.4, or 5.3 with integers of 32 bits. */
export type Level = "5.3" | "5.4";

export abstract class ExpressionWriter {
  protected readonly random: Random;
  protected readonly wide: boolean;
  protected readonly lines: string[] = [];
  protected names = 0;

  constructor(seed: number, readonly level: Level) {
    this.random = new Random(seed);
    this.wide = level !== "5.3";
  }

  protected line(text: string): void {
    this.lines.push(text);
  }

  /** True once in `n` times. */
  protected chance(n: number): boolean {
    return this.random.below(n) === 0;
  }

  protected pick<T>(values: readonly T[]): T {
    return this.random.pick(values);
  }

  protected fresh(kind: Kind): string {
    // Few names, so that inner variables hide outer ones
    return this.names++ > 150 || this.chance(3)
      ? `${kind[0]}${this.random.below(3)}`
      : `${kind[0]}v${this.names}`;
  }

  protected variable(context: Context, kind: Kind, writable = false): string | undefined {
    const fitting = context.variables.filter((v) => v.kind === kind && !(writable && hidden(context, v)));
    return fitting.length === 0 ? undefined : this.pick(fitting).name;
  }

  protected numbers(context: Context, count: number): string {
    return Array.from({ length: count }, () => this.number(context, 1)).join(", ");
  }

  protected key(context: Context): string {
    return this.chance(3) ? this.expression("number", context, 1) : String(1 + this.random.below(4));
  }

  /** Values in a list. */
  protected arguments(context: Context): string {
    const values = Array.from(
      { length: 1 + this.random.below(3) },
      () => this.expression(this.pick(KINDS), context, 2),
    );
    if (context.isVararg && this.chance(3)) values.push("...");
    else if (this.chance(4)) values.push(this.call(context));
    return values.join(", ");
  }

  protected call(context: Context): string {
    const name = this.variable(context, "function");
    const object = this.variable(context, "object");
    const text = this.variable(context, "string");
    switch (this.random.below(6)) {
      case 0:
        return `${object ?? "O(2)"}:get(${this.expression("number", context, 1)})`;
      case 1:
        return `${object ?? "O(1)"}(${this.arguments(context)})`;
      case 2:
        return `${text ?? '("text")'}:${
          this.pick(["upper()", "len()", "byte(1, 3)", "rep(2)", "find('a')", "sub(2)", "nomethod()"])
        }`;
      case 3:
        return `select(${this.pick(["1", "2", "-1", "'#'"])}, ${this.expression("number", context, 1)}, 2)`;
      default:
        return `${name ?? "num"}(${this.arguments(context)})`;
    }
  }

  protected expression(kind: Kind, context: Context, depth: number): string {
    // A value of another kind, for the errors
    const wanted = this.chance(40) ? this.pick(KINDS) : kind;
    const variable = this.variable(context, wanted);
    if (variable !== undefined && this.chance(depth <= 0 ? 1 : 3)) return variable;
    switch (wanted) {
      case "number":
        return this.number(context, depth);
      case "string":
        return this.string(context, depth);
      case "boolean":
        return this.boolean(context, depth);
      case "table":
        return this.table(context, depth);
      case "object":
        return this.object(context, depth);
      case "function":
        return this.function(context, depth);
    }
  }

  protected number(context: Context, depth: number): string {
    if (depth <= 0 || this.chance(4)) {
      if (this.wide && this.chance(4)) return this.pick(WIDE);
      return this.pick(NUMBERS);
    }
    const inner = (kind: Kind = "number") => this.expression(kind, context, depth - 1);
    switch (this.random.below(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.arithmetic(inner(), inner());
      case 4:
        return this.wide
          ? `(${inner()} ${this.pick(["&", "|", "~", "<<", ">>"])} ${inner()})`
          : `(${inner()} ${this.pick(["&", "|", "~"])} ${this.random.below(1000)})`;
      case 5:
        return this.wide ? `(${this.pick(["-", "-", "~"])} ${inner()})` : `small(-${inner()})`;
      case 6:
        return `(#${inner("string")})`;
      case 7:
        return `num(${this.call(context)})`;
      case 8:
        return `(${inner("boolean")} and ${inner()} or ${inner()})`;
      case 9:
        return this.arithmetic(this.pick(STRINGS), inner());
      case 10:
        return `num(${this.variable(context, "table") ?? "({x = 1})"}.${this.pick(["x", "y", "end_"])})`;
      case 11:
        return `num(${this.variable(context, "table") ?? "({4, 5})"}[${this.key(context)}])`;
      case 12:
        return this.wide
          ? this.pick([
            () => `math.max(${inner()}, ${inner()})`,
            () => `math.floor(${inner()})`,
            () => `math.abs(${inner()})`,
            () => `num(math.tointeger(${inner()}))`,
            () => `math.fmod(${inner()}, ${inner()})`,
            () => `num(tonumber(${inner("string")}))`,
          ])()
          : `num(tonumber(${inner("string")}))`;
      default:
        return this.pick([
          () => `num(pause() or ${inner()})`,
          () => `(function(...) pause() return ${inner()} end)()`,
          () => `num(#${inner("object")})`,
          () => `num((${inner("object")}).n)`,
        ])();
    }
  }

  protected arithmetic(a: string, b: string): string {
    const operator = this.pick(["+", "-", "*", "/", "//", "%", "+", "-", "^"]);
    if (operator === "^") {
      return `(${this.pick(["2", "3", "0.5", "-1"])} ^ ${this.pick(["0", "1", "2", "3"])})`;
    }
    // PUC-Rio adds -0 instead of taking 0 away, which makes another zero of -0.0
    // fengari takes numerals in strings for floats, which have no error when they are divided by zero
    if (!this.wide && a.startsWith('"') && /[/%]/.test(operator)) return `small(${a} + ${b})`;
    const right = operator === "-" && b === "0" ? "1" : b;
    const text = `(${a} ${operator} ${right})`;
    return this.wide ? text : `small${text}`;
  }

  protected string(context: Context, depth: number): string {
    if (depth <= 0 || this.chance(4)) return this.pick(STRINGS);
    const inner = (kind: Kind) => this.expression(kind, context, depth - 1);
    switch (this.random.below(8)) {
      case 0:
      case 1:
        return `(${this.joined(context, depth)} .. S(${inner("number")}) .. ${this.joined(context, depth)})`;
      case 2:
        return `clip(${inner("object")} .. ${inner("string")})`;
      case 3:
        return `S(${inner("string")}):sub(${this.random.below(4) - 1}, ${this.random.below(5) - 2})`;
      case 4:
        return this.pick([
          () =>
            `format("%s|%5.2f|%q", show(${inner("string")}), fin(${inner("number")}), ${inner("string")})`,
          () => `format("%d %x", ${inner("number")}, ${this.random.below(99)})`,
          () =>
            `format("%-5s<%05d>${this.wide ? "%g" : "%.3f"}", show(${inner("number")}), ${
              this.random.below(999)
            }, fin(${inner("number")}))`,
        ])();
      case 5:
        return `(string.gsub(${this.joined(context, depth)}, ${this.pick(PATTERNS)}, ${
          this.pick(['"<%0>"', '"%1"', '"-"', "{a = 1, b = 'B'}"])
        }))`;
      case 6:
        return `concat({${this.joined(context, depth)}, 2, S(${inner("number")})}, ",")`;
      default:
        return `type(${inner(this.pick(KINDS))})`;
    }
  }

  /** A string where a float would become one: 5.5 shows more of its digits. */
  protected joined(context: Context, depth: number): string {
    const text = this.expression("string", context, depth - 1);
    return text.startsWith('"') ? text : `S(${text})`;
  }

  protected boolean(context: Context, depth: number): string {
    if (depth <= 0) return this.pick(["true", "false", "true"]);
    const inner = (kind: Kind) => this.expression(kind, context, depth - 1);
    const kind = this.pick(["number", "number", "string", "object"] as const);
    switch (this.random.below(6)) {
      case 0:
      case 1:
        return `(${inner(kind)} ${this.pick(["<", "<=", ">", ">="])} ${inner(kind)})`;
      case 2:
        return `(${inner(kind)} ${this.pick(["==", "~="])} ${
          inner(this.chance(3) ? this.pick(KINDS) : kind)
        })`;
      case 3:
        return `(not ${inner(this.pick(KINDS))})`;
      case 4:
        return `(${inner("boolean")} ${this.pick(["and", "or"])} ${inner("boolean")})`;
      default:
        return this.pick(["true", "false"]);
    }
  }

  protected table(context: Context, depth: number): string {
    const inner = () => this.number(context, depth - 1);
    const fields = [
      ...Array.from({ length: this.random.below(3) }, () => `num(${inner()})`),
      ...this.chance(2) ? [`x = ${inner()}`] : [],
      ...this.chance(4) ? [`["y"] = ${inner()}`] : [],
      ...this.chance(5) ? [`[10 + ${this.random.below(3)}] = ${inner()}`] : [],
      ...context.isVararg && this.chance(8) ? ["..."] : [],
    ];
    return `{${fields.join(", ")}}`;
  }

  protected object(context: Context, depth: number): string {
    if (depth <= 0 || this.chance(2)) return `O(${this.number(context, depth - 1)})`;
    const inner = (kind: Kind) => this.expression(kind, context, depth - 1);
    return this.pick([
      () => `(${inner("object")} ${this.pick(["+", "-", "*"])} ${inner("number")})`,
      () => `(${inner("number")} ${this.pick(["+", "*", "&", "<<"])} ${inner("object")})`,
      () => `(-${inner("object")})`,
    ])();
  }

  protected function(context: Context, depth: number): string {
    const own = add(context, { name: "p", kind: "number", constant: false });
    return this.pick([
      () =>
        `function(p, ...) fuel() return ${
          this.expression("number", { ...own, isVararg: true }, depth - 1)
        } end`,
      () =>
        `function(p) fuel() pause() return ${
          this.expression("number", { ...own, isVararg: false }, depth - 1)
        }, 2 end`,
      () => `function(...) fuel() return select("#", ...), ... end`,
      () => "num",
    ])();
  }
}
