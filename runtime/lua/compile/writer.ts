/** What the compiler of one function keeps: its variables, temporaries and sites, and the items made so far. */
import type { Block, Expression, FunctionNode, Label, Variable } from "../ast.ts";
import type { Item, Scope } from "./ir.ts";
import type { Origin } from "./origin.ts";
import type { UnitTables } from "./unit.ts";

/** A block that has `<close>` variables, or a loop that may have a closing value. */
export interface Closer {
  /** The variable that holds how many closing values there were before; −1 where a loop has none. */
  readonly height: string;
  /** Whether the height may be −1. */
  readonly maybe: boolean;
}

/** A loop that `break` leaves, with how many closers were open around it. */
export interface LoopScope {
  readonly label: string;
  readonly closers: number;
}

/** Something that text can stand for without being evaluated twice or too late: a variable or a constant. */
export type Operand = string;

export class FunctionWriter {
  items: Item[] = [];
  line: number;
  siteCount = 0;
  /** Where variables are declared; what enters a scope puts it back. */
  scope: Scope | null = null;
  readonly closers: Closer[] = [];
  readonly loops: LoopScope[] = [];
  /** The blocks around, with how many closers there were when the statement began that is being made in each. */
  readonly blocks: { readonly block: Block; closers: number }[] = [];
  /** Labels behind which the code stands that is being made, with how many closers there were at each. */
  readonly passed = new Map<Label, number>();
  /** Expressions that have been evaluated before their turn. */
  readonly evaluated = new Map<Expression, Operand>();
  /** Labels that begin a stage, with the statements that jump there. */
  readonly stages = new Map<Label, { readonly jump: string }>();
  readonly #declared: string[] = [];
  #mostTemporaries = 0;
  #temporaries = 0;
  #labels = 0;
  #loopsAround = 0;

  constructor(readonly node: FunctionNode, readonly unit: UnitTables, readonly self: Variable | undefined) {
    this.line = node.line;
  }

  /** The JavaScript names of all variables and temporaries but the parameters, each once. */
  names(): string[] {
    const names = [...new Set(this.#declared)];
    for (let i = 1; i <= this.#mostTemporaries; i++) names.push(`t${i}`);
    return names;
  }

  /** Adds statements. */
  code(text: string, expression?: Expression, more?: Partial<Origin>): void {
    const origin = this.origin(expression);
    this.items.push({ kind: "code", text, origin: more === undefined ? origin : { ...origin, ...more } });
  }

  /** Adds a return of a JavaScript expression. */
  leave(result: string): void {
    this.code(`M.d--;return ${result};`);
  }

  /** What the site that is added next does when it is suspended. */
  exit(): string {
    return `{k_=${this.siteCount + 1};break B}`;
  }

  /**
   * Adds a statement that may suspend.
   *
   * @param text The statement, with {@link exit} for what it does when it is suspended
   */
  site(text: string, resume: string, expression?: Expression, event?: string): void {
    const number = ++this.siteCount;
    const origin = event === undefined ? this.origin(expression) : { ...this.origin(expression), event };
    const live = { temporaries: this.#temporaries, scope: this.scope };
    this.items.push({ kind: "site", number, text, resume, origin, live });
  }

  /** Adds the call that is the function's result; only where it calls what waits by itself is the frame kept. */
  tailSite(call: string, expression: Expression): void {
    const text = `${call}M.d--;if(r===S&&M.current.head===null)${this.exit()}return r;`;
    this.site(text, "M.d--;return val;", expression);
    const made = this.items.at(-1);
    if (made !== undefined) {
      this.items[this.items.length - 1] = { ...made, origin: { ...made.origin, isTailCall: true } };
    }
  }

  if(condition: string, then: () => void, otherwise?: () => void): void {
    const origin = this.origin();
    const thenItems = this.collect(then);
    const otherwiseItems = otherwise === undefined ? [] : this.collect(otherwise);
    this.items.push({ kind: "if", condition, then: thenItems, otherwise: otherwiseItems, origin });
  }

  loop(label: string, body: () => void): void {
    const origin = this.origin();
    this.#loopsAround++;
    this.items.push({ kind: "loop", label, body: this.collect(body), origin });
    this.#loopsAround--;
  }

  /**
   * Whether the code that is made runs once, as what a script's file says outside loops and functions does. Short
   * calls are better there than fast paths, which would have to be compiled for a single use.
   */
  get runsOnce(): boolean {
    return this.#loopsAround === 0 && this.node.parent === undefined;
  }

  block(label: string, body: () => void): void {
    const origin = this.origin();
    this.items.push({ kind: "block", label, body: this.collect(body), origin });
  }

  /** The items that `work` adds. */
  collect(work: () => void): Item[] {
    const outer = this.items;
    this.items = [];
    work();
    const made = this.items;
    this.items = outer;
    return made;
  }

  origin(expression?: Expression): Origin {
    return expression === undefined ? { line: this.line } : { line: this.line, expression };
  }

  /** A new temporary. They are given back at the end of a statement: see {@link scoped}. */
  temporary(): Operand {
    const number = ++this.#temporaries;
    if (number > this.#mostTemporaries) this.#mostTemporaries = number;
    return `t${number}`;
  }

  /** Runs `work`, and gives back the temporaries that it took. */
  scoped(work: () => void): void {
    const before = this.#temporaries;
    work();
    this.#temporaries = before;
  }

  label(): string {
    return `L${++this.#labels}`;
  }

  /** Declares a local variable. */
  declare(variable: Variable): string {
    const name = this.nameOf(variable);
    this.#declared.push(name);
    this.scope = { name, outer: this.scope };
    return name;
  }

  /** Declares a variable of the compiler's own. */
  declareName(name: string): void {
    this.#declared.push(name);
  }

  nameOf(variable: Variable): string {
    if (variable === this.self) return `F${this.node.id}`;
    return `v${variable.id}`;
  }
}

/** Whether a variable is kept in a box, because functions that share it see it change. */
export function isBoxed(variable: Variable): boolean {
  return variable.captured && variable.assigned;
}
