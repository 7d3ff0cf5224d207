/** Random Lua programs that print what they come to: the same text for the same seed. */
import { Random } from "../support/puc.ts";
import { PRELUDE } from "./prelude.ts";

export interface ProgramOptions {
  /** What the program may use: all of 5.4, or 5.3 with integers of 32 bits. */
  readonly level: "5.3" | "5.4";
  /** Functions and blocks at the top of the program. @default 5 */
  readonly size?: number;
}

/** What an expression or a variable holds, mostly: now and then it is something else. */
type Kind = "number" | "string" | "boolean" | "table" | "object" | "function";
const KINDS: readonly Kind[] = ["number", "number", "string", "boolean", "table", "object", "function"];

interface Variable {
  readonly name: string;
  readonly kind: Kind;
  readonly constant: boolean;
}

interface Context {
  readonly variables: readonly Variable[];
  /** How deep statements nest. */
  readonly depth: number;
  readonly inLoop: boolean;
  readonly isVararg: boolean;
  /** Whether a `return` may stand here. */
  readonly inFunction: boolean;
}

const MAX_DEPTH = 4;

const NUMBERS = [
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
const WIDE = [
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
const STRINGS = [
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
const PATTERNS = [
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

/** Writes one program. */
class ProgramWriter {
  readonly #random: Random;
  readonly #wide: boolean;
  readonly #lines: string[] = [];
  #names = 0;

  constructor(seed: number, readonly options: ProgramOptions) {
    this.#random = new Random(seed);
    this.#wide = options.level !== "5.3";
  }

  text(): string {
    const top: Context = { variables: [], depth: 0, inLoop: false, isVararg: true, inFunction: true };
    let context = top;
    for (let i = 0; i < (this.options.size ?? 5); i++) {
      if (this.#chance(3)) context = this.#declare(context);
      else this.#protected(context);
    }
    this.#line("out('end', NY)");
    return `${PRELUDE}\n_CLOSE = ${this.#wide}\n${this.#lines.join("\n")}\n`;
  }

  #line(text: string): void {
    this.#lines.push(text);
  }

  /** True once in `n` times. */
  #chance(n: number): boolean {
    return this.#random.below(n) === 0;
  }

  #pick<T>(values: readonly T[]): T {
    return this.#random.pick(values);
  }

  #fresh(kind: Kind): string {
    // Few names, so that inner variables hide outer ones
    return this.#names++ > 150 || this.#chance(3)
      ? `${kind[0]}${this.#random.below(3)}`
      : `${kind[0]}v${this.#names}`;
  }

  /** A block at the top whose errors are told. */
  #protected(context: Context): void {
    const inner = { ...context, depth: 1, isVararg: true };
    const how = this.#pick(["pcall", "plain", "drain", "xpcall"]);
    if (how === "drain") this.#line("plain(drain, function(...)");
    else if (how === "xpcall") this.#line("out(xpcall(function(...)");
    else this.#line(`out(${how}(function(...)`);
    this.#body(inner, 2 + this.#random.below(5));
    this.#line(
      how === "drain"
        ? "end, 1, 'two', 3)"
        : how === "xpcall"
        ? `end, function(e) pause() return "H", e end, 1, 2))`
        : "end, 1, 'two', 3))",
    );
    if (how !== "plain" && how !== "drain") this.#line("NY = 0");
  }

  /** Statements and, mostly, a `return`. */
  #body(context: Context, count: number): void {
    const inner = this.#statements({ ...context, inFunction: true, inLoop: false }, count);
    const kind = this.#chance(4) ? this.#pick(KINDS) : "number";
    if (this.#chance(6)) this.#line(`return ${this.#call(inner)}`);
    else if (this.#chance(5)) {
      this.#line(`return ${this.#expression(kind, inner, 2)}, ${this.#arguments(inner)}`);
    } else this.#line(`return ${this.#expression(kind, inner, 2)}`);
  }

  #statements(context: Context, count: number): Context {
    let inner = context;
    for (let i = 0; i < count; i++) inner = this.#statement(inner);
    return inner;
  }

  #block(context: Context, count = 1 + this.#random.below(3)): void {
    this.#statements({ ...context, depth: context.depth + 1 }, count);
  }

  /** @returns The context of what follows */
  #statement(context: Context): Context {
    const deep = context.depth >= MAX_DEPTH;
    switch (this.#random.below(deep ? 10 : 30)) {
      case 0:
      case 1:
        return this.#declare(context);
      case 2:
      case 3:
        this.#assign(context);
        break;
      case 4:
        this.#line(`out(${this.#arguments(context)})`);
        break;
      case 5:
        this.#line(
          this.#pick(["pause()", "Y(1)", `out(Y(${this.#expression("number", context, 1)}))`, "pause()"]),
        );
        break;
      case 6:
        this.#line(this.#call(context).replace(/^\(/, "_ = ("));
        break;
      case 7:
        if (context.inLoop) this.#line(`if ${this.#expression("boolean", context, 2)} then break end`);
        else this.#line(`out(${this.#expression("number", context, 3)})`);
        break;
      case 8:
        this.#line(
          `out(${this.#expression("string", context, 2)}, ${this.#expression("boolean", context, 3)})`,
        );
        break;
      case 9:
        this.#raise(context);
        break;
      case 10:
      case 11:
        this.#if(context);
        break;
      case 12:
      case 13:
        this.#numericFor(context);
        break;
      case 14:
      case 15:
        this.#genericFor(context);
        break;
      case 16:
        this.#while(context);
        break;
      case 17:
        this.#repeat(context);
        break;
      case 18:
        this.#goto(context);
        break;
      case 19:
      case 20:
        return this.#localFunction(context);
      case 21:
      case 22:
        this.#line(`out(${this.#pick(["pcall", "plain"])}(function(...)`);
        this.#body({ ...context, depth: context.depth + 1, isVararg: true }, 2);
        this.#line(`end, ${this.#arguments(context)}))`);
        break;
      case 23:
        this.#line("out(drain(function(...)");
        this.#body({ ...context, depth: context.depth + 1, isVararg: true }, 3);
        this.#line("end, 1, 2))");
        break;
      case 24:
        this.#sort(context);
        break;
      case 25:
        this.#gsub(context);
        break;
      case 26:
        this.#close(context);
        break;
      case 27:
        this.#wrap(context);
        break;
      case 28:
        this.#spin(context);
        break;
      case 29:
        if (context.inFunction) {
          this.#line(
            `if ${this.#expression("boolean", context, 1)} then return ${this.#arguments(context)} end`,
          );
        }
        break;
    }
    return context;
  }

  #declare(context: Context): Context {
    if (this.#chance(4)) {
      const [first, second] = [this.#pick(KINDS), this.#pick(KINDS)];
      const names = [this.#fresh(first), `${this.#fresh(second)}b`] as const;
      const values = this.#chance(3)
        ? `${this.#expression(first, context, 1)}, ${this.#call(context)}`
        : `${this.#expression(first, context, 2)}, ${this.#expression(second, context, 2)}`;
      this.#line(`local ${names[0]}, ${names[1]} = ${values}`);
      return add(context, { name: names[0], kind: first, constant: false }, {
        name: names[1],
        kind: second,
        constant: false,
      });
    }
    const kind = this.#pick(KINDS);
    const name = this.#fresh(kind);
    const constant = this.#wide && this.#chance(8);
    this.#line(`local ${name}${constant ? " <const>" : ""} = ${this.#expression(kind, context, 3)}`);
    return add(context, { name, kind, constant });
  }

  #variable(context: Context, kind: Kind, writable = false): string | undefined {
    const fitting = context.variables.filter((v) => v.kind === kind && !(writable && hidden(context, v)));
    return fitting.length === 0 ? undefined : this.#pick(fitting).name;
  }

  #assign(context: Context): void {
    const kind = this.#pick(KINDS);
    const name = this.#variable(context, kind, true);
    const table = this.#variable(context, "table");
    switch (this.#random.below(7)) {
      case 0: {
        const other = this.#variable(context, kind, true);
        if (name === undefined || other === undefined) break;
        this.#line(`${name}, ${other} = ${this.#clipped(kind, context)}, ${name}`);
        return;
      }
      case 1:
        if (table === undefined) break;
        this.#line(`${table}[${this.#key(context)}] = ${this.#expression("number", context, 2)}`);
        return;
      case 2:
        if (table === undefined) break;
        this.#line(
          `${table}.${this.#pick(["x", "y", "end_", "__proto__"])} = ${
            this.#expression("number", context, 2)
          }`,
        );
        return;
      case 3: {
        const object = this.#variable(context, "object");
        if (object === undefined) break;
        this.#line(`${object}.${this.#pick(["n", "m", "k"])} = ${this.#expression("number", context, 2)}`);
        return;
      }
      case 4:
        if (name === undefined || table === undefined) break;
        this.#line(
          `${table}.x, ${name} = ${this.#expression("number", context, 2)}, ${this.#clipped(kind, context)}`,
        );
        return;
      case 5:
        this.#line(`G${this.#random.below(2)} = ${this.#clipped("number", context)}`);
        return;
    }
    if (name !== undefined) this.#line(`${name} = ${this.#clipped(kind, context)}`);
  }

  /** A value to be kept: strings must not double for ever. */
  #clipped(kind: Kind, context: Context): string {
    const value = this.#expression(kind, context, 2);
    return kind === "string" ? `clip(${value})` : value;
  }

  #raise(context: Context): void {
    const value = this.#pick([
      () => `error(${this.#expression("string", context, 1)})`,
      () => `error(${this.#expression("object", context, 1)})`,
      () => `error(${this.#expression("string", context, 1)}, ${this.#random.below(3)})`,
      () => `local _ = undefined_global.field`,
      () => `undefined_global(${this.#expression("number", context, 1)})`,
      () => `local _ = ${this.#expression("string", context, 1)} + {}`,
      () => `assert(${this.#expression("boolean", context, 1)}, "asserted")`,
      () => `error({})`,
    ])();
    this.#line(`if ${this.#expression("boolean", context, 1)} then ${value} end`);
  }

  #if(context: Context): void {
    this.#line(`if ${this.#expression("boolean", context, 3)} then`);
    this.#block(context);
    if (this.#chance(3)) {
      this.#line(`elseif ${this.#expression(this.#pick(["boolean", "number", "object"]), context, 2)} then`);
      this.#block(context);
    }
    if (this.#chance(2)) {
      this.#line("else");
      this.#block(context);
    }
    this.#line("end");
  }

  #numericFor(context: Context): void {
    const name = this.#fresh("number");
    const bounds = this.#pick([
      "1, 3",
      "3, 1, -1",
      "1, 0",
      "0.5, 2.5",
      "1, 2, 0.5",
      ...this.#wide ? ["math.maxinteger - 1, math.maxinteger", "math.mininteger, math.mininteger + 1"] : [],
      `1, ${this.#chance(6) ? this.#expression("number", context, 1) + " // 1 % 4" : "2"}`,
    ]);
    this.#line(`for ${name} = ${bounds} do fuel()`);
    this.#block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.#line("end");
  }

  #genericFor(context: Context): void {
    const [first, second] = [this.#fresh("number"), `${this.#fresh("number")}w`];
    const values = this.#pick([
      () => `ipairs({${this.#numbers(context, 3)}})`,
      () => `${this.#wide ? "pairs" : "ipairs"}({${this.#numbers(context, 3)}})`,
      () => `ipairs(${this.#expression("table", context, 1)})`,
      () => `iter(3${this.options.level === "5.4" && this.#chance(2) ? ", true" : ""})`,
      () => `pairs(${this.#expression("object", context, 1)})`,
      () => this.#wide ? `next, {${this.#numbers(context, 2)}}` : "ipairs({5, 6})",
      () => `coroutine.wrap(function() for i = 1, 3 do pause() yield(i, i * 2) end end)`,
    ])();
    this.#line(`for ${first}, ${second} in ${values} do fuel()`);
    const variables = [first, second].map((name) => ({ name, kind: "number", constant: true } as const));
    this.#block({ ...add(context, ...variables), inLoop: true });
    this.#line("end");
  }

  #while(context: Context): void {
    const name = `w${this.#names++}`;
    this.#line(`local ${name} = 0`);
    this.#line(
      `while ${name} < 3 and ${
        this.#expression("boolean", context, 1)
      } ~= nil do fuel() ${name} = ${name} + 1`,
    );
    this.#block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.#line("end");
  }

  #repeat(context: Context): void {
    const name = `r${this.#names++}`;
    this.#line(`local ${name} = 0`);
    this.#line(`repeat fuel() local u${name} = ${name} ${name} = ${name} + 1`);
    this.#block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.#line(
      `until ${this.#chance(2) ? `(function() return u${name} >= 2 end)()` : `u${name} > 1`} or ${
        this.#expression("boolean", context, 1)
      }`,
    );
  }

  #goto(context: Context): void {
    const name = `g${this.#names++}`;
    if (this.#chance(2)) {
      this.#line(`for ${name} = 1, 3 do fuel()`);
      this.#line(`if ${this.#expression("boolean", context, 1)} then goto ${name}c end`);
      this.#line("do");
      this.#block({ ...context, inLoop: false, inFunction: false });
      this.#line(`if ${this.#expression("boolean", context, 1)} then goto ${name}c end`);
      this.#line("end");
      this.#line(`::${name}c:: end`);
      return;
    }
    this.#line(`local ${name} = 0`);
    this.#line("do");
    this.#line(`::${name}top:: fuel() ${name} = ${name} + 1`);
    this.#line("do");
    this.#block({ ...context, inLoop: false });
    this.#line("end");
    this.#line(`if ${name} < 3 then goto ${name}top end`);
    this.#line("end");
  }

  #localFunction(context: Context): Context {
    const name = this.#fresh("function");
    const params = ["a", "b", "c"].slice(0, this.#random.below(4));
    const isVararg = this.#chance(2);
    const own = add(
      context,
      ...params.map((each) => ({ name: each, kind: "number", constant: false } as const)),
    );
    this.#line(`local function ${name}(${[...params, ...isVararg ? ["..."] : []].join(", ")}) fuel()`);
    this.#body({ ...own, depth: context.depth + 1, isVararg }, 1 + this.#random.below(3));
    this.#line("end");
    return add(context, { name, kind: "function", constant: false });
  }

  #sort(context: Context): void {
    const name = `s${this.#names++}`;
    const elements = this.#chance(3)
      ? `O(3), O(1), O(2), O(${this.#random.below(5)})`
      : "3, 1.5, 2, 9, -1, 4, 4";
    this.#line(`local ${name} = {${elements}}`);
    const order = this.#pick([
      "a < b",
      "a > b",
      "num(a) < num(b)",
      ...this.#chance(4)
        ? [`a < b or ${this.#expression("boolean", { ...context, isVararg: false }, 1)} and error("stop")`]
        : [],
    ]);
    // What a sort that failed leaves behind is nobody's promise
    this.#line(
      `if plain(table.sort, ${name}, quiet(function(a, b) pause() return ${order} end)) then out(unpack(${name})) end`,
    );
  }

  #gsub(context: Context): void {
    const text = this.#expression("string", context, 1);
    const pattern = this.#pick(PATTERNS);
    const inner = { ...add(context, { name: "m", kind: "string", constant: false }), isVararg: false };
    this.#line(`out(plain(string.gsub, ${text}, ${pattern}, quiet(function(m)`);
    this.#line(`pause() return ${
      this.#pick([
        () => this.#expression("string", inner, 1),
        () => "nil",
        () => "false",
        () => "S(1)",
        () => this.#expression("string", inner, 2),
      ])()
    }`);
    this.#line("end)))");
  }

  #close(context: Context): void {
    if (this.options.level !== "5.4") return;
    const name = `k${this.#names++}`;
    this.#line("do");
    this.#line(
      `local ${name} <close> = ${
        this.#pick(['K("one")', 'K("two")', "nil", "false", 'K("bad")', this.#chance(6) ? "{}" : 'K("x")'])
      }`,
    );
    this.#block(context, 2);
    if (this.#chance(3) && context.inFunction) {
      this.#line(`do return ${this.#arguments(context)} end`);
    }
    this.#line("end");
  }

  #wrap(context: Context): void {
    const name = `c${this.#names++}`;
    this.#line(`local ${name} = coroutine.wrap(function(...)`);
    this.#body({ ...context, depth: context.depth + 1, isVararg: true }, 2);
    this.#line("end)");
    this.#line(`out(plain(${name}, 1)) out(plain(${name}, 2))`);
  }

  /** A loop long enough to be one whose budget is looked at. */
  #spin(context: Context): void {
    const name = this.#variable(context, "number", true);
    if (name === undefined) return;
    this.#line(`for i = 1, 1100 do if i % 300 == 0 then fuel() end ${name} = i & 15 end`);
  }

  #numbers(context: Context, count: number): string {
    return Array.from({ length: count }, () => this.#number(context, 1)).join(", ");
  }

  #key(context: Context): string {
    return this.#chance(3) ? this.#expression("number", context, 1) : String(1 + this.#random.below(4));
  }

  /** Values in a list. */
  #arguments(context: Context): string {
    const values = Array.from(
      { length: 1 + this.#random.below(3) },
      () => this.#expression(this.#pick(KINDS), context, 2),
    );
    if (context.isVararg && this.#chance(3)) values.push("...");
    else if (this.#chance(4)) values.push(this.#call(context));
    return values.join(", ");
  }

  #call(context: Context): string {
    const name = this.#variable(context, "function");
    const object = this.#variable(context, "object");
    const text = this.#variable(context, "string");
    switch (this.#random.below(6)) {
      case 0:
        return `${object ?? "O(2)"}:get(${this.#expression("number", context, 1)})`;
      case 1:
        return `${object ?? "O(1)"}(${this.#arguments(context)})`;
      case 2:
        return `${text ?? '("text")'}:${
          this.#pick(["upper()", "len()", "byte(1, 3)", "rep(2)", "find('a')", "sub(2)", "nomethod()"])
        }`;
      case 3:
        return `select(${this.#pick(["1", "2", "-1", "'#'"])}, ${this.#expression("number", context, 1)}, 2)`;
      default:
        return `${name ?? "num"}(${this.#arguments(context)})`;
    }
  }

  #expression(kind: Kind, context: Context, depth: number): string {
    // A value of another kind, for the errors
    const wanted = this.#chance(40) ? this.#pick(KINDS) : kind;
    const variable = this.#variable(context, wanted);
    if (variable !== undefined && this.#chance(depth <= 0 ? 1 : 3)) return variable;
    switch (wanted) {
      case "number":
        return this.#number(context, depth);
      case "string":
        return this.#string(context, depth);
      case "boolean":
        return this.#boolean(context, depth);
      case "table":
        return this.#table(context, depth);
      case "object":
        return this.#object(context, depth);
      case "function":
        return this.#function(context, depth);
    }
  }

  #number(context: Context, depth: number): string {
    if (depth <= 0 || this.#chance(4)) {
      if (this.#wide && this.#chance(4)) return this.#pick(WIDE);
      return this.#pick(NUMBERS);
    }
    const inner = (kind: Kind = "number") => this.#expression(kind, context, depth - 1);
    switch (this.#random.below(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#arithmetic(inner(), inner());
      case 4:
        return this.#wide
          ? `(${inner()} ${this.#pick(["&", "|", "~", "<<", ">>"])} ${inner()})`
          : `(${inner()} ${this.#pick(["&", "|", "~"])} ${this.#random.below(1000)})`;
      case 5:
        return this.#wide ? `(${this.#pick(["-", "-", "~"])} ${inner()})` : `small(-${inner()})`;
      case 6:
        return `(#${inner("string")})`;
      case 7:
        return `num(${this.#call(context)})`;
      case 8:
        return `(${inner("boolean")} and ${inner()} or ${inner()})`;
      case 9:
        return this.#arithmetic(this.#pick(STRINGS), inner());
      case 10:
        return `num(${this.#variable(context, "table") ?? "({x = 1})"}.${this.#pick(["x", "y", "end_"])})`;
      case 11:
        return `num(${this.#variable(context, "table") ?? "({4, 5})"}[${this.#key(context)}])`;
      case 12:
        return this.#wide
          ? this.#pick([
            () => `math.max(${inner()}, ${inner()})`,
            () => `math.floor(${inner()})`,
            () => `math.abs(${inner()})`,
            () => `num(math.tointeger(${inner()}))`,
            () => `math.fmod(${inner()}, ${inner()})`,
            () => `num(tonumber(${inner("string")}))`,
          ])()
          : `num(tonumber(${inner("string")}))`;
      default:
        return this.#pick([
          () => `num(pause() or ${inner()})`,
          () => `(function(...) pause() return ${inner()} end)()`,
          () => `num(#${inner("object")})`,
          () => `num((${inner("object")}).n)`,
        ])();
    }
  }

  #arithmetic(a: string, b: string): string {
    const operator = this.#pick(["+", "-", "*", "/", "//", "%", "+", "-", "^"]);
    if (operator === "^") {
      return `(${this.#pick(["2", "3", "0.5", "-1"])} ^ ${this.#pick(["0", "1", "2", "3"])})`;
    }
    const text = `(${a} ${operator} ${b})`;
    return this.#wide ? text : `small${text}`;
  }

  #string(context: Context, depth: number): string {
    if (depth <= 0 || this.#chance(4)) return this.#pick(STRINGS);
    const inner = (kind: Kind) => this.#expression(kind, context, depth - 1);
    switch (this.#random.below(8)) {
      case 0:
      case 1:
        return `(${inner("string")} .. S(${inner("number")}) .. ${inner("string")})`;
      case 2:
        return `clip(${inner("object")} .. ${inner("string")})`;
      case 3:
        return `S(${inner("string")}):sub(${this.#random.below(4) - 1}, ${this.#random.below(5) - 2})`;
      case 4:
        return this.#pick([
          () =>
            `format("%s|%5.2f|%q", show(${inner("string")}), fin(${inner("number")}), ${inner("string")})`,
          () => `format("%d %x", ${inner("number")}, ${this.#random.below(99)})`,
          () =>
            `format("%-5s<%05d>%g", show(${inner("number")}), ${this.#random.below(999)}, fin(${
              inner("number")
            }))`,
        ])();
      case 5:
        return `(string.gsub(${inner("string")}, ${this.#pick(PATTERNS)}, ${
          this.#pick(['"<%0>"', '"%1"', '"-"', "{a = 1, b = 'B'}"])
        }))`;
      case 6:
        return `concat({${inner("string")}, 2, S(${inner("number")})}, ",")`;
      default:
        return `type(${inner(this.#pick(KINDS))})`;
    }
  }

  #boolean(context: Context, depth: number): string {
    if (depth <= 0) return this.#pick(["true", "false", "true"]);
    const inner = (kind: Kind) => this.#expression(kind, context, depth - 1);
    const kind = this.#pick(["number", "number", "string", "object"] as const);
    switch (this.#random.below(6)) {
      case 0:
      case 1:
        return `(${inner(kind)} ${this.#pick(["<", "<=", ">", ">="])} ${inner(kind)})`;
      case 2:
        return `(${inner(kind)} ${this.#pick(["==", "~="])} ${
          inner(this.#chance(3) ? this.#pick(KINDS) : kind)
        })`;
      case 3:
        return `(not ${inner(this.#pick(KINDS))})`;
      case 4:
        return `(${inner("boolean")} ${this.#pick(["and", "or"])} ${inner("boolean")})`;
      default:
        return this.#pick(["true", "false"]);
    }
  }

  #table(context: Context, depth: number): string {
    const inner = () => this.#number(context, depth - 1);
    const fields = [
      ...Array.from({ length: this.#random.below(3) }, () => `num(${inner()})`),
      ...this.#chance(2) ? [`x = ${inner()}`] : [],
      ...this.#chance(4) ? [`["y"] = ${inner()}`] : [],
      ...this.#chance(5) ? [`[10 + ${this.#random.below(3)}] = ${inner()}`] : [],
      ...context.isVararg && this.#chance(8) ? ["..."] : [],
    ];
    return `{${fields.join(", ")}}`;
  }

  #object(context: Context, depth: number): string {
    if (depth <= 0 || this.#chance(2)) return `O(${this.#number(context, depth - 1)})`;
    const inner = (kind: Kind) => this.#expression(kind, context, depth - 1);
    return this.#pick([
      () => `(${inner("object")} ${this.#pick(["+", "-", "*"])} ${inner("number")})`,
      () => `(${inner("number")} ${this.#pick(["+", "*", "&", "<<"])} ${inner("object")})`,
      () => `(-${inner("object")})`,
    ])();
  }

  #function(context: Context, depth: number): string {
    const own = add(context, { name: "p", kind: "number", constant: false });
    return this.#pick([
      () =>
        `function(p, ...) fuel() return ${
          this.#expression("number", { ...own, isVararg: true }, depth - 1)
        } end`,
      () =>
        `function(p) fuel() pause() return ${
          this.#expression("number", { ...own, isVararg: false }, depth - 1)
        }, 2 end`,
      () => `function(...) fuel() return select("#", ...), ... end`,
      () => "num",
    ])();
  }
}

function add(context: Context, ...variables: Variable[]): Context {
  return { ...context, variables: [...context.variables, ...variables] };
}

/** Whether a variable cannot be assigned to, or one of the same name that can be is hidden by one that cannot. */
function hidden(context: Context, variable: Variable): boolean {
  return context.variables.some(({ name, constant }) => constant && name === variable.name);
}

/** The text of a program. */
export function program(seed: number, options: ProgramOptions): string {
  return new ProgramWriter(seed, options).text();
}
