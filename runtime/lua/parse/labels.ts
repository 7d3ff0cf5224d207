/**
 * `goto` and labels.
 *
 * A label is visible in its whole block, inner blocks included, but not in inner functions. A `goto` to a label that
 * has been seen is resolved at once; another waits in its block and, as long as the block has no such label, moves on
 * to the block around it. It may leave blocks, but not jump to where more declarations are in force.
 */
import type { Block, Label } from "../ast.ts";
import type { Lexer } from "./lex.ts";
import type { BlockScope, GotoStatement, LabelEntry, Mutable, PendingGoto, Scope } from "./scope.ts";

const NO_BLOCK: Block = { statements: [], lastLine: 0 };
/** Stands in `goto`s until their labels are known. */
const UNRESOLVED: Label = { name: "", id: -1, block: NO_BLOCK, forward: false, backward: false };

export class Labels {
  private count = 0;

  constructor(private readonly scope: Scope, private readonly lex: Lexer) {}

  /**
   * Defines a label in the current block.
   *
   * @param isLast Whether nothing follows in the block: its variables are out of force already then
   * @throws {LuaSyntaxError} When a label of that name is visible here
   */
  define(name: string, line: number, isLast: boolean): Label {
    const current = this.scope.function;
    const existing = this.find(name);
    if (existing !== undefined) {
      throw this.lex.semanticError(`label '${name}' already defined on line ${existing.line}`);
    }
    const { block } = current;
    const label: Label = { name, id: this.count++, block: block.node, forward: false, backward: false };
    block.labels ??= new Map();
    block.labels.set(name, {
      label,
      line,
      declarations: isLast ? block.declarations : this.scope.declarations.length,
      repeatedFrom: current.variables.length,
    });
    return label;
  }

  /** The statement of a `goto`, whose label may follow later. */
  jump(name: string, line: number): GotoStatement {
    const entry = this.find(name);
    if (entry === undefined) {
      const statement: Mutable<GotoStatement> = { kind: "goto", label: UNRESOLVED, line };
      this.wait(name, line, statement);
      return statement;
    }
    entry.label.backward = true;
    const { variables } = this.scope.function;
    for (; entry.repeatedFrom < variables.length; entry.repeatedFrom++) {
      const variable = variables[entry.repeatedFrom];
      if (variable !== undefined) variable.repeated = true;
    }
    return { kind: "goto", label: entry.label, line };
  }

  /** Notes a `break` outside a loop, which is reported where its function ends, as a `goto` without a label is. */
  strayBreak(line: number): void {
    this.wait("break", line, undefined);
  }

  /**
   * Resolves the `goto`s that wait in a block, at its end.
   *
   * @throws {LuaSyntaxError} When one jumps over a declaration, or has no label when the function ends
   */
  leaveBlock(): void {
    const { block } = this.scope.function;
    const { gotos, labels, outer } = block;
    if (gotos === undefined) return;
    for (const pending of gotos) {
      const entry = labels?.get(pending.name);
      if (entry !== undefined) this.resolve(pending, entry);
      else if (outer === undefined) throw this.noLabel(pending);
      else {
        pending.declarations = block.declarations;
        outer.gotos ??= [];
        outer.gotos.push(pending);
      }
    }
  }

  private resolve(pending: PendingGoto, entry: LabelEntry): void {
    if (pending.declarations < entry.declarations) {
      const name = this.scope.declarations[pending.declarations]?.name;
      throw this.lex.semanticError(
        `<goto ${pending.name}> at line ${pending.line} jumps into the scope of '${name}'`,
      );
    }
    entry.label.forward = true;
    if (pending.statement !== undefined) pending.statement.label = entry.label;
  }

  private noLabel({ name, line }: PendingGoto): Error {
    return this.lex.semanticError(
      name === "break"
        ? `break outside loop at line ${line}`
        : `no visible label '${name}' for <goto> at line ${line}`,
    );
  }

  private wait(name: string, line: number, statement: Mutable<GotoStatement> | undefined): void {
    const { function: { block }, declarations } = this.scope;
    block.gotos ??= [];
    block.gotos.push({ name, line, declarations: declarations.length, statement });
  }

  private find(name: string): LabelEntry | undefined {
    let block: BlockScope | undefined = this.scope.function.block;
    for (; block !== undefined; block = block.outer) {
      const entry = block.labels?.get(name);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}
