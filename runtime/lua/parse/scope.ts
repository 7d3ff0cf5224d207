/**
 * What names mean where they stand: the open functions and blocks, the names in force, and what functions capture.
 *
 * A name leads to its innermost declaration through one map; each declaration remembers the one that it hides.
 */
import type { Attribute, Block, FunctionNode, Label, Statement, Variable } from "../ast.ts";
import type { Lexer } from "./lex.ts";

const MAX_LOCALS = 200;
const MAX_UPVALUES = 255;
const MAX_REGISTERS = 255;

export type GotoStatement = Extract<Statement, { kind: "goto" }>;

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A name in force: a local variable or a declared global one. */
export interface Declaration {
  /** `*` for the declaration of all globals. */
  readonly name: string;
  /** undefined for a global. */
  readonly variable: Variable | undefined;
  /** Whether a global must not be assigned. */
  readonly isConstant: boolean;
  /** The outer declaration of the same name. */
  readonly hidden: Declaration | undefined;
}

/** A `goto` whose label has not been seen. */
export interface PendingGoto {
  readonly name: string;
  readonly line: number;
  /** How many declarations are in force where it stands, or where the blocks begin that it left. */
  declarations: number;
  /** Gets its label later; undefined for a `break` outside a loop. */
  readonly statement: Mutable<GotoStatement> | undefined;
}

export interface LabelEntry {
  readonly label: Label;
  readonly line: number;
  /** How many declarations are in force where it stands. */
  readonly declarations: number;
  /** How many variables of the function come before it; grows over those that are marked as repeated. */
  repeatedFrom: number;
}

export interface BlockScope {
  readonly outer: BlockScope | undefined;
  readonly node: Block;
  /** How many declarations, and how many local variables of the function, were there before. */
  readonly declarations: number;
  readonly locals: number;
  readonly isLoop: boolean;
  labels: Map<string, LabelEntry> | undefined;
  gotos: PendingGoto[] | undefined;
}

export interface FunctionScope {
  readonly outer: FunctionScope | undefined;
  readonly node: FunctionNode;
  /** The innermost open block; the outermost one is the body, with the parameters in it. */
  block: BlockScope;
  /** How many local variables it has at this point, the hidden ones of loops included. */
  locals: number;
  /** How many loops are open. */
  loops: number;
  /** All that it has declared so far. */
  readonly variables: Variable[];
}

export class Scope {
  readonly env: Variable;
  function: FunctionScope;
  readonly functions: FunctionNode[] = [];
  /** What is in force, the innermost last. */
  readonly declarations: Declaration[] = [];
  private readonly byName = new Map<string, Declaration | undefined>();
  /** The `global *` in force, the innermost last. */
  private readonly collective: Declaration[] = [];
  /** How many declarations of single globals are in force. */
  private globals = 0;
  private variableCount = 0;

  constructor(private readonly lex: Lexer) {
    this.function = this.newFunction(undefined, 0);
    const node: Mutable<FunctionNode> = this.function.node;
    node.isVararg = true;
    this.env = this.newVariable("_ENV", "none", node);
    node.upvalues.push(this.env);
    this.byName.set("_ENV", { name: "_ENV", variable: this.env, isConstant: false, hidden: undefined });
  }

  /** Begins a function, in which names are then declared and looked up. */
  enterFunction(name: string | undefined, line: number): Mutable<FunctionNode> {
    this.function = this.newFunction(name, line, this.function);
    return this.function.node;
  }

  /** Ends the function and its body's block. */
  leaveFunction(): void {
    this.leaveBlock();
    // The main function is never left.
    this.function = this.function.outer ?? this.function;
  }

  enterBlock(isLoop: boolean): Block {
    const { function: current } = this;
    const node: Block = { statements: [], lastLine: 0 };
    current.block = this.newBlock(node, current.block, current.locals, isLoop);
    if (isLoop) current.loops++;
    return node;
  }

  /** Ends the innermost block: its declarations are no longer in force. */
  leaveBlock(): void {
    const { function: current, declarations } = this;
    const { block } = current;
    if (block.isLoop) current.loops--;
    current.locals = block.locals;
    if (block.outer !== undefined) current.block = block.outer;
    while (declarations.length > block.declarations) {
      const declaration = declarations.pop();
      if (declaration === undefined) break;
      if (declaration.name === "*") this.collective.pop();
      else {
        if (declaration.variable === undefined) this.globals--;
        this.byName.set(declaration.name, declaration.hidden);
      }
    }
  }

  /** Makes a local variable, which is not yet in force. @throws {LuaSyntaxError} When there are too many */
  newLocal(name: string, attribute: Attribute = "none"): Variable {
    this.reserveLocals(1);
    const { function: current } = this;
    const variable = this.newVariable(name, attribute, current.node);
    variable.repeated = current.loops > 0;
    current.variables.push(variable);
    return variable;
  }

  /** Counts local variables that have no name. @throws {LuaSyntaxError} When there are too many */
  reserveLocals(count: number): void {
    this.function.locals += count;
    if (this.function.locals > MAX_LOCALS) {
      throw this.limitError(this.function, MAX_LOCALS, "local variables");
    }
  }

  /** Refuses a list of values too long for PUC-Rio's registers. @throws {LuaSyntaxError} */
  checkRegisters(count: number): void {
    if (this.function.locals + count >= MAX_REGISTERS) {
      throw this.limitError(this.function, MAX_REGISTERS, "registers");
    }
  }

  /** Puts a local variable in force. */
  declare(variable: Variable): void {
    this.push(variable.name, variable, false);
  }

  /** Puts the declaration of a global in force. @param name `*` for all */
  declareGlobal(name: string, isConstant: boolean): void {
    const declaration = this.push(name, undefined, isConstant);
    if (name === "*") this.collective.push(declaration);
    else this.globals++;
  }

  /** What a name refers to: a declaration, or undefined for a global that nothing declares by name. */
  find(name: string): Declaration | undefined {
    return this.byName.get(name);
  }

  /** Whether a global that nothing declares by name is constant. @throws {LuaSyntaxError} When it may not be used */
  isConstantGlobal(name: string): boolean {
    const all = this.collective.at(-1);
    if (all === undefined && this.globals > 0) {
      throw this.lex.semanticError(`variable '${name}' not declared`);
    }
    return all !== undefined && all.isConstant;
  }

  /** Notes that the current function uses a variable. @throws {LuaSyntaxError} When it captures too many */
  use(variable: Variable): void {
    if (variable.owner === this.function.node) return;
    variable.captured = true;
    this.capture(this.function, variable);
  }

  private capture(scope: FunctionScope, variable: Variable): void {
    const { node, outer } = scope;
    if (outer === undefined || node.upvalues.includes(variable)) return;
    if (outer.node !== variable.owner) this.capture(outer, variable);
    if (node.upvalues.length >= MAX_UPVALUES) throw this.limitError(scope, MAX_UPVALUES, "upvalues");
    node.upvalues.push(variable);
  }

  private limitError(scope: FunctionScope, limit: number, what: string): Error {
    const where = scope.outer === undefined ? "main function" : `function at line ${scope.node.line}`;
    return this.lex.syntaxError(`too many ${what} (limit is ${limit}) in ${where}`);
  }

  private push(name: string, variable: Variable | undefined, isConstant: boolean): Declaration {
    const declaration = { name, variable, isConstant, hidden: this.byName.get(name) };
    this.declarations.push(declaration);
    if (name !== "*") this.byName.set(name, declaration);
    return declaration;
  }

  private newBlock(node: Block, outer: BlockScope | undefined, locals: number, isLoop: boolean): BlockScope {
    const declarations = this.declarations.length;
    return { outer, node, declarations, locals, isLoop, labels: undefined, gotos: undefined };
  }

  private newVariable(name: string, attribute: Attribute, owner: FunctionNode): Variable {
    return {
      name,
      id: this.variableCount++,
      attribute,
      owner,
      captured: false,
      assigned: false,
      repeated: false,
      literal: undefined,
    };
  }

  private newFunction(name: string | undefined, line: number, outer?: FunctionScope): FunctionScope {
    const node: FunctionNode = {
      id: this.functions.length,
      name,
      params: [],
      isVararg: false,
      varargTable: undefined,
      body: { statements: [], lastLine: 0 },
      line,
      lastLine: 0,
      parent: outer?.node,
      upvalues: [],
      hasClose: false,
    };
    this.functions.push(node);
    const block = this.newBlock(node.body, undefined, 0, false);
    return { outer, node, block, locals: 0, loops: 0, variables: [] };
  }
}
