/** Random statements. */
import { ControlWriter } from "./control.ts";
import { add, type Context, type Kind, KINDS, PATTERNS } from "./vocabulary.ts";

/** How deep statements nest. */
const MAX_DEPTH = 4;

export abstract class StatementWriter extends ControlWriter {
  /** Statements and, mostly, a `return`. */
  protected body(context: Context, count: number): void {
    const inner = this.statements({ ...context, inFunction: true, inLoop: false }, count);
    const kind = this.chance(4) ? this.pick(KINDS) : "number";
    if (this.chance(6)) this.line(`return ${this.call(inner)}`);
    else if (this.chance(5)) {
      this.line(`return ${this.expression(kind, inner, 2)}, ${this.arguments(inner)}`);
    } else this.line(`return ${this.expression(kind, inner, 2)}`);
  }

  protected statements(context: Context, count: number): Context {
    let inner = context;
    for (let i = 0; i < count; i++) inner = this.statement(inner);
    return inner;
  }

  protected override block(context: Context, count = 1 + this.random.below(3)): void {
    this.statements({ ...context, depth: context.depth + 1 }, count);
  }

  /** @returns The context of what follows */
  protected statement(context: Context): Context {
    const deep = context.depth >= MAX_DEPTH;
    switch (this.random.below(deep ? 10 : 30)) {
      case 0:
      case 1:
        return this.declare(context);
      case 2:
      case 3:
        this.assign(context);
        break;
      case 4:
        this.line(`out(${this.arguments(context)})`);
        break;
      case 5:
        this.line(
          this.pick(["pause()", "Y(1)", `out(Y(${this.expression("number", context, 1)}))`, "pause()"]),
        );
        break;
      case 6:
        this.line(this.call(context).replace(/^\(/, "_ = ("));
        break;
      case 7:
        if (context.inLoop) this.line(`if ${this.expression("boolean", context, 2)} then break end`);
        else this.line(`out(${this.expression("number", context, 3)})`);
        break;
      case 8:
        this.line(
          `out(${this.expression("string", context, 2)}, ${this.expression("boolean", context, 3)})`,
        );
        break;
      case 9:
        this.raise(context);
        break;
      case 10:
      case 11:
        this.if(context);
        break;
      case 12:
      case 13:
        this.numericFor(context);
        break;
      case 14:
      case 15:
        this.genericFor(context);
        break;
      case 16:
        this.while(context);
        break;
      case 17:
        this.repeat(context);
        break;
      case 18:
        this.goto(context);
        break;
      case 19:
      case 20:
        return this.localFunction(context);
      case 21:
      case 22:
        this.line(`out(${this.pick(["pcall", "plain"])}(function(...)`);
        this.body({ ...context, depth: context.depth + 1, isVararg: true }, 2);
        this.line(`end, ${this.arguments(context)}))`);
        break;
      case 23:
        this.line("out(drain(function(...)");
        this.body({ ...context, depth: context.depth + 1, isVararg: true }, 3);
        this.line("end, 1, 2))");
        break;
      case 24:
        this.sort(context);
        break;
      case 25:
        this.gsub(context);
        break;
      case 26:
        this.close(context);
        break;
      case 27:
        this.wrap(context);
        break;
      case 28:
        this.spin(context);
        break;
      case 29:
        if (context.inFunction) {
          this.line(
            `if ${this.expression("boolean", context, 1)} then return ${this.arguments(context)} end`,
          );
        }
        break;
    }
    return context;
  }

  protected declare(context: Context): Context {
    if (this.chance(4)) {
      const [first, second] = [this.pick(KINDS), this.pick(KINDS)];
      const names = [this.fresh(first), `${this.fresh(second)}b`] as const;
      const values = this.chance(3)
        ? `${this.expression(first, context, 1)}, ${this.call(context)}`
        : `${this.expression(first, context, 2)}, ${this.expression(second, context, 2)}`;
      this.line(`local ${names[0]}, ${names[1]} = ${values}`);
      return add(context, { name: names[0], kind: first, constant: false }, {
        name: names[1],
        kind: second,
        constant: false,
      });
    }
    const kind = this.pick(KINDS);
    const name = this.fresh(kind);
    const constant = this.wide && this.chance(8);
    this.line(`local ${name}${constant ? " <const>" : ""} = ${this.expression(kind, context, 3)}`);
    return add(context, { name, kind, constant });
  }

  protected assign(context: Context): void {
    const kind = this.pick(KINDS);
    const name = this.variable(context, kind, true);
    const table = this.variable(context, "table");
    switch (this.random.below(7)) {
      case 0: {
        const other = this.variable(context, kind, true);
        if (name === undefined || other === undefined) break;
        this.line(`${name}, ${other} = ${this.clipped(kind, context)}, ${name}`);
        return;
      }
      case 1:
        if (table === undefined) break;
        this.line(`${table}[${this.key(context)}] = ${this.expression("number", context, 2)}`);
        return;
      case 2:
        if (table === undefined) break;
        this.line(
          `${table}.${this.pick(["x", "y", "end_", "__proto__"])} = ${this.expression("number", context, 2)}`,
        );
        return;
      case 3: {
        const object = this.variable(context, "object");
        if (object === undefined) break;
        this.line(`${object}.${this.pick(["n", "m", "k"])} = ${this.expression("number", context, 2)}`);
        return;
      }
      case 4:
        if (name === undefined || table === undefined) break;
        this.line(
          `${table}.x, ${name} = ${this.expression("number", context, 2)}, ${this.clipped(kind, context)}`,
        );
        return;
      case 5:
        this.line(`G${this.random.below(2)} = ${this.clipped("number", context)}`);
        return;
    }
    if (name !== undefined) this.line(`${name} = ${this.clipped(kind, context)}`);
  }

  /** A value to be kept: strings must not double for ever. */
  protected clipped(kind: Kind, context: Context): string {
    const value = this.expression(kind, context, 2);
    return kind === "string" ? `clip(${value})` : value;
  }

  protected raise(context: Context): void {
    const value = this.pick([
      () => `error(${this.joined(context, 2)})`,
      () => `error(${this.expression("object", context, 1)})`,
      () => `error(${this.joined(context, 2)}, ${this.random.below(3)})`,
      () => `local _ = undefined_global.field`,
      () => `undefined_global(${this.expression("number", context, 1)})`,
      () => `local _ = ${this.expression("string", context, 1)} + {}`,
      () => `assert(${this.expression("boolean", context, 1)}, "asserted")`,
      () => `error({})`,
    ])();
    this.line(`if ${this.expression("boolean", context, 1)} then ${value} end`);
  }

  protected localFunction(context: Context): Context {
    const name = this.fresh("function");
    const params = ["a", "b", "c"].slice(0, this.random.below(4));
    const isVararg = this.chance(2);
    const own = add(
      context,
      ...params.map((each) => ({ name: each, kind: "number", constant: false } as const)),
    );
    this.line(`local function ${name}(${[...params, ...isVararg ? ["..."] : []].join(", ")}) fuel()`);
    this.body({ ...own, depth: context.depth + 1, isVararg }, 1 + this.random.below(3));
    this.line("end");
    return add(context, { name, kind: "function", constant: false });
  }

  protected sort(context: Context): void {
    const name = `s${this.names++}`;
    const elements = this.chance(3)
      ? `O(3), O(1), O(2), O(${this.random.below(5)})`
      : "3, 1.5, 2, 9, -1, 4, 4";
    this.line(`local ${name} = {${elements}}`);
    const order = this.pick([
      "a < b",
      "a > b",
      "num(a) < num(b)",
      ...this.chance(4)
        ? [`a < b or ${this.expression("boolean", { ...context, isVararg: false }, 1)} and error("stop")`]
        : [],
    ]);
    // What a sort that failed leaves behind is nobody's promise
    this.line(
      `if plain(table.sort, ${name}, quiet(function(a, b) pause() return ${order} end)) then out(unpack(${name})) end`,
    );
  }

  protected gsub(context: Context): void {
    const text = this.joined(context, 2);
    const pattern = this.pick(PATTERNS);
    const inner = { ...add(context, { name: "m", kind: "string", constant: false }), isVararg: false };
    this.line(`out(plain(string.gsub, ${text}, ${pattern}, quiet(function(m)`);
    this.line(`pause() return ${
      this.pick([
        () => this.joined(inner, 2),
        () => "nil",
        () => "false",
        () => "S(1)",
        () => this.joined(inner, 3),
      ])()
    }`);
    this.line("end)))");
  }

  protected close(context: Context): void {
    if (this.level !== "5.4") return;
    const name = `k${this.names++}`;
    this.line("do");
    this.line(
      `local ${name} <close> = ${
        this.pick(['K("one")', 'K("two")', "nil", "false", 'K("bad")', this.chance(6) ? "{}" : 'K("x")'])
      }`,
    );
    this.block(context, 2);
    if (this.chance(3) && context.inFunction) {
      this.line(`do return ${this.arguments(context)} end`);
    }
    this.line("end");
  }

  protected wrap(context: Context): void {
    const name = `c${this.names++}`;
    this.line(`local ${name} = coroutine.wrap(function(...)`);
    this.body({ ...context, depth: context.depth + 1, isVararg: true }, 2);
    this.line("end)");
    this.line(`out(plain(${name}, 1)) out(plain(${name}, 2))`);
  }
}
