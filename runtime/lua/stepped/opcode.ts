/** The instructions of code that is run step by step: those of PUC-Rio's Lua 5.4, so that lines and registers agree. */

export const MOVE = 0;
/** `R[a] = v` */
export const LOADK = 1;
/** `R[a] = false`, and the next instruction is skipped. */
export const LFALSESKIP = 2;
/** `R[a … a+b] = nil` */
export const LOADNIL = 3;
export const GETUPVAL = 4;
/** `U[b] = R[a]` */
export const SETUPVAL = 5;
/** `R[a] = U[b][v]` */
export const GETTABUP = 6;
export const GETTABLE = 7;
/** `R[a] = R[b][v]`, an integer key. */
export const GETI = 8;
/** `R[a] = R[b][v]`, a name. */
export const GETFIELD = 9;
/** `U[a][v] = RK[c]` */
export const SETTABUP = 10;
/** `R[a][R[b]] = RK[c]` */
export const SETTABLE = 11;
/** `R[a][v] = RK[c]` */
export const SETFIELD = 12;
export const NEWTABLE = 13;
/** `R[a+1] = R[b]; R[a] = R[b][v]` */
export const SELF = 14;
/** `R[a] = RK[b] op RK[c]`; `v` is the operator. */
export const ARITH = 15;
export const UNM = 16;
export const BNOT = 17;
export const NOT = 18;
export const LEN = 19;
/** `R[a] = R[a] .. … .. R[a+b-1]` */
export const CONCAT = 20;
/** Ends all variables from `R[a]` on. */
export const CLOSE = 21;
/** `R[a]` is to be closed; `v` is its name. */
export const TBC = 22;
/** Goes to `b`. */
export const JMP = 23;
/** Comparisons: unless `RK[b] op RK[c]` is `k`, the jump that follows is skipped. */
export const EQ = 24;
export const LT = 25;
export const LE = 26;
/** Skips the jump that follows unless the truth of `R[a]` is `k`. */
export const TEST = 27;
/** As {@link TEST} of `R[b]`, which else becomes `R[a]`. */
export const TESTSET = 28;
/** `R[a](R[a+1 … a+b-1])` for `c-1` results; 0 means as many as there are. */
export const CALL = 29;
export const TAILCALL = 30;
/** Gives `R[a … a+b-2]` back. */
export const RETURN = 31;
export const FORPREP = 32;
export const FORLOOP = 33;
export const TFORPREP = 34;
export const TFORCALL = 35;
export const TFORLOOP = 36;
/** `R[a][c+i] = R[a+i]`, for `b` values. */
export const SETLIST = 37;
/** `R[a]` = a closure of the inner function `b`. */
export const CLOSURE = 38;
/** `R[a …] = ...`, `c-1` of them. */
export const VARARG = 39;
/** Where functions with further arguments begin. */
export const VARARGPREP = 40;
/** An error if `R[a]` is not nil: the global `v` has been defined. */
export const DEFINED = 41;
/** What other instructions need beside them. */
export const EXTRA = 42;

/** Instructions before a jump that they decide about. */
export function isTest(op: number): boolean {
  return op >= EQ && op <= TESTSET;
}

const SETTERS: ReadonlySet<number> = new Set([
  ...[MOVE, LOADK, LFALSESKIP, LOADNIL, GETUPVAL, GETTABUP, GETTABLE, GETI, GETFIELD, NEWTABLE, SELF, ARITH],
  ...[UNM, BNOT, NOT, LEN, CONCAT, TESTSET, CALL, TAILCALL, FORPREP, FORLOOP, TFORLOOP, CLOSURE, VARARG],
  VARARGPREP,
]);

/** Whether an instruction sets the register `a`. */
export function setsRegister(op: number): boolean {
  return SETTERS.has(op);
}
