/** Random Lua programs that print what they come to: the same text for the same seed. */
import type { Level } from "./expressions.ts";
import { PRELUDE } from "./prelude.ts";
import { StatementWriter } from "./statements.ts";
import type { Context } from "./vocabulary.ts";

export interface ProgramOptions {
  readonly level: Level;
  /** Functions and blocks at the top of the program. @default 5 */
  readonly size?: number;
}

/** Writes one program. */
class ProgramWriter extends StatementWriter {
  text(size: number): string {
    const top: Context = { variables: [], depth: 0, inLoop: false, isVararg: true, inFunction: true };
    let context = top;
    for (let i = 0; i < size; i++) {
      if (this.chance(3)) context = this.declare(context);
      else this.guarded(context);
    }
    this.line("out('end', NY)");
    return `${PRELUDE}\n_CLOSE = ${this.wide}\n${this.lines.join("\n")}\n`;
  }

  /** A block at the top whose errors are told. */
  protected guarded(context: Context): void {
    const inner = { ...context, depth: 1, isVararg: true };
    const how = this.pick(["pcall", "plain", "drain", "xpcall"]);
    if (how === "drain") this.line("plain(drain, function(...)");
    else if (how === "xpcall") this.line("out(xpcall(function(...)");
    else this.line(`out(${how}(function(...)`);
    this.body(inner, 2 + this.random.below(5));
    this.line(
      how === "drain"
        ? "end, 1, 'two', 3)"
        : how === "xpcall"
        ? `end, function(e) pause() return "H", e end, 1, 2))`
        : "end, 1, 'two', 3))",
    );
    if (how !== "plain" && how !== "drain") this.line("NY = 0");
  }
}

/** The text of a program. */
export function program(seed: number, { level, size = 5 }: ProgramOptions): string {
  return new ProgramWriter(seed, level).text(size);
}
