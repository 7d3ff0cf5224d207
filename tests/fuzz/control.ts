/** Random branches, loops and jumps. */
import { ExpressionWriter } from "./expressions.ts";
import { add, type Context } from "./vocabulary.ts";

export abstract class ControlWriter extends ExpressionWriter {
  /** Statements of a block. */
  protected abstract block(context: Context, count?: number): void;

  protected if(context: Context): void {
    this.line(`if ${this.expression("boolean", context, 3)} then`);
    this.block(context);
    if (this.chance(3)) {
      this.line(`elseif ${this.expression(this.pick(["boolean", "number", "object"]), context, 2)} then`);
      this.block(context);
    }
    if (this.chance(2)) {
      this.line("else");
      this.block(context);
    }
    this.line("end");
  }

  protected numericFor(context: Context): void {
    const name = this.fresh("number");
    const bounds = this.pick([
      "1, 3",
      "3, 1, -1",
      "1, 0",
      "0.5, 2.5",
      "1, 2, 0.5",
      ...this.wide ? ["math.maxinteger - 1, math.maxinteger", "math.mininteger, math.mininteger + 1"] : [],
      `1, ${this.chance(6) ? this.expression("number", context, 1) + " // 1 % 4" : "2"}`,
    ]);
    this.line(`for ${name} = ${bounds} do fuel()`);
    this.block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.line("end");
  }

  protected genericFor(context: Context): void {
    const [first, second] = [this.fresh("number"), `${this.fresh("number")}w`];
    const values = this.pick([
      () => `ipairs({${this.numbers(context, 3)}})`,
      () => `${this.wide ? "pairs" : "ipairs"}({${this.numbers(context, 3)}})`,
      () => `ipairs(${this.table(context, 1)})`,
      () => `iter(3${this.level === "5.4" && this.chance(2) ? ", true" : ""})`,
      () => `pairs(${this.object(context, 1)})`,
      () => this.wide ? `next, {${this.numbers(context, 2)}}` : "ipairs({5, 6})",
      () => `coroutine.wrap(function() for i = 1, 3 do pause() yield(i, i * 2) end end)`,
    ])();
    this.line(`for ${first}, ${second} in ${values} do fuel()`);
    const variables = [first, second].map((name) => ({ name, kind: "number", constant: true } as const));
    // 5.4.4 forgets to close what a loop is to close at some of its breaks
    const inLoop = !values.endsWith(", true)");
    this.block({ ...add(context, ...variables), inLoop });
    this.line("end");
  }

  protected while(context: Context): void {
    const name = `w${this.names++}`;
    this.line(`local ${name} = 0`);
    this.line(
      `while ${name} < 3 and ${
        this.expression("boolean", context, 1)
      } ~= nil do fuel() ${name} = ${name} + 1`,
    );
    this.block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.line("end");
  }

  protected repeat(context: Context): void {
    const name = `r${this.names++}`;
    this.line(`local ${name} = 0`);
    this.line(`repeat fuel() local u${name} = ${name} ${name} = ${name} + 1`);
    this.block({ ...add(context, { name, kind: "number", constant: true }), inLoop: true });
    this.line(
      `until ${this.chance(2) ? `(function() return u${name} >= 2 end)()` : `u${name} > 1`} or ${
        this.expression("boolean", context, 1)
      }`,
    );
  }

  protected goto(context: Context): void {
    const name = `g${this.names++}`;
    if (this.chance(2)) {
      this.line(`for ${name} = 1, 3 do fuel()`);
      this.line(`if ${this.expression("boolean", context, 1)} then goto ${name}c end`);
      this.line("do");
      this.block({ ...context, inLoop: false, inFunction: false });
      this.line(`if ${this.expression("boolean", context, 1)} then goto ${name}c end`);
      this.line("end");
      this.line(`::${name}c:: end`);
      return;
    }
    this.line(`local ${name} = 0`);
    this.line("do");
    this.line(`::${name}top:: fuel() ${name} = ${name} + 1`);
    this.line("do");
    this.block({ ...context, inLoop: false });
    this.line("end");
    this.line(`if ${name} < 3 then goto ${name}top end`);
    this.line("end");
  }

  /** A loop long enough to be one whose budget is looked at. */
  protected spin(context: Context): void {
    const name = this.variable(context, "number", true);
    if (name === undefined) return;
    this.line(`for i = 1, 1100 do if i % 300 == 0 then fuel() end ${name} = i & 15 end`);
  }
}
