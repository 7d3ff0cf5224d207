/**
 * Local variables that only ever hold floats, found before a function is compiled. Generated code keeps such a value
 * as a bare JavaScript number, integral or not, so that arithmetic on it needs neither tests nor boxes.
 */
import type { Block, Expression, FunctionNode, Statement, Variable } from "../ast.ts";
import { LuaInteger } from "../value.ts";

/** What is known of a value: it is a float, or a number of either subtype. */
export type Kind = "float" | "number" | undefined;

/** What is known of the variables of a chunk's functions, the enclosing ones first. */
export class Kinds {
  readonly #kinds = new Map<Variable, Kind>();

  /** Finds out about the variables that a function declares. */
  analyse(node: FunctionNode): void {
    const definitions = new Map<Variable, Expression[]>();
    collect(node.body, definitions, this.#kinds);
    for (const variable of definitions.keys()) this.#kinds.set(variable, "float");
    // From the best that could be true to what the definitions allow
    for (let changed = true; changed;) {
      changed = false;
      for (const [variable, values] of definitions) {
        const before = this.#kinds.get(variable);
        if (before === undefined) continue;
        const kind = values.map((value) => this.of(value)).reduce(weaker, "float");
        if (kind === before) continue;
        this.#kinds.set(variable, kind);
        changed = true;
      }
    }
  }

  /** Whether a variable is kept as a bare number. Closures share variables in the form that they know. */
  isBare(variable: Variable): boolean {
    return !variable.captured && this.#kinds.get(variable) === "float";
  }

  /** What is known of an expression. Chains to the left are walked, not recursed into. */
  of(e: Expression): Kind {
    const chain: Expression[] = [];
    let inner = e;
    while (inner.kind === "binary") {
      if (!ARITHMETIC.has(inner.operator)) return undefined;
      chain.push(inner);
      inner = inner.left;
    }
    let kind = this.#simple(inner);
    while (kind !== undefined && chain.length > 0) {
      const node = chain.pop();
      if (node?.kind !== "binary") return undefined;
      const right = this.of(node.right);
      if (right === undefined) return undefined;
      if (right === "float" || node.operator === "/" || node.operator === "^") kind = "float";
    }
    return kind;
  }

  #simple(e: Expression): Kind {
    switch (e.kind) {
      case "number":
        return e.value instanceof LuaInteger || Number.isInteger(e.value) ? "number" : "float";
      case "local":
        return this.#kinds.get(e.variable);
      case "unary":
        return e.operator === "-" ? this.of(e.operand) : undefined;
      default:
        return undefined;
    }
  }
}

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "//", "%", "^"]);

function weaker(a: Kind, b: Kind): Kind {
  return a === undefined || b === undefined ? undefined : a === b ? a : "number";
}

/** Finds the variables that are given a value by each of their definitions, and the values. */
function collect(body: Block, definitions: Map<Variable, Expression[]>, kinds: Map<Variable, Kind>): void {
  for (const s of body.statements) {
    if (s.kind === "local") {
      s.variables.forEach((variable, i) => {
        const value = s.values[i];
        const isShared = variable.captured && variable.assigned;
        if (value === undefined || isShared || variable.attribute === "close") return;
        definitions.set(variable, [value]);
      });
    } else if (s.kind === "assign") {
      s.targets.forEach((target, i) => {
        if (target.kind !== "local") return;
        const value = s.values[i];
        if (value === undefined) definitions.delete(target.variable);
        else definitions.get(target.variable)?.push(value);
      });
    } else if (s.kind === "numericfor") {
      if (!s.variable.assigned) kinds.set(s.variable, "number");
    }
    for (const block of blocksOf(s)) collect(block, definitions, kinds);
  }
}

function blocksOf(s: Statement): readonly Block[] {
  switch (s.kind) {
    case "do":
    case "while":
    case "repeat":
    case "numericfor":
    case "genericfor":
      return [s.body];
    case "if":
      return [...s.branches.map(({ body }) => body), ...(s.otherwise === undefined ? [] : [s.otherwise])];
    default:
      return [];
  }
}
