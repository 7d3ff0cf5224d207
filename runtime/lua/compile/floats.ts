/**
 * Local variables that only ever hold floats, found before a function is compiled. Generated code keeps such a value
 * as a bare JavaScript number, integral or not, so that arithmetic on it needs neither tests nor boxes.
 */
import type { Block, Expression, FunctionNode, Statement, Target, Variable } from "../ast.ts";
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

/** Finds the variables that are given a number by each of their definitions, as far as can be seen, and the values. */
function collect(body: Block, definitions: Map<Variable, Expression[]>, kinds: Map<Variable, Kind>): void {
  const { statements } = body;
  for (let k = 0; k < statements.length; k++) {
    const s = statements[k] as Statement;
    switch (s.kind) {
      case "local":
        for (let i = 0; i < s.variables.length; i++) {
          const variable = s.variables[i] as Variable;
          const value = s.values[i];
          const isShared = variable.captured && variable.assigned;
          if (value === undefined || isShared || variable.attribute === "close") continue;
          if (mayBeNumber(value)) definitions.set(variable, [value]);
        }
        break;
      case "assign":
        for (let i = 0; i < s.targets.length; i++) {
          const target = s.targets[i] as Target;
          if (target.kind !== "local") continue;
          const value = s.values[i];
          if (value !== undefined && mayBeNumber(value)) definitions.get(target.variable)?.push(value);
          else definitions.delete(target.variable);
        }
        break;
      case "numericfor":
        if (!s.variable.assigned) kinds.set(s.variable, "number");
        collect(s.body, definitions, kinds);
        break;
      case "do":
      case "while":
      case "repeat":
      case "genericfor":
        collect(s.body, definitions, kinds);
        break;
      case "if":
        for (const branch of s.branches) collect(branch.body, definitions, kinds);
        if (s.otherwise !== undefined) collect(s.otherwise, definitions, kinds);
        break;
    }
  }
}

/** Whether the kind of an expression may be known; calls, fields and strings have none. */
function mayBeNumber({ kind }: Expression): boolean {
  return kind === "number" || kind === "local" || kind === "binary" || kind === "unary";
}
