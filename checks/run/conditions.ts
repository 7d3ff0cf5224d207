/** `skip:`, `only_if:` and `retry_if:` while a run goes on. */
import { fromText } from "../../runtime/seam/text.ts";
import { ExpressionError } from "../expression/error.ts";
import { evaluate } from "../expression/evaluate.ts";
import { type Expression, parseExpression } from "../expression/parse.ts";
import { fillText } from "../values/captures.ts";
import type { PlannedCheck, RunPlan } from "./plan.ts";

type Matches = (pattern: string, text: string) => boolean;

/** Decides what expressions of checks say. */
export class Conditions {
  readonly #parsed = new Map<string, Expression>();
  readonly #matches: Matches;

  private constructor(matches: Matches) {
    this.#matches = matches;
  }

  /** Imports what the conditions of a run need: not every run has regular expressions. */
  static async for(plan: RunPlan): Promise<Conditions> {
    const texts = plan.checks.flatMap(({ check }) => [check.skip, check.onlyIf, check.retryIf]);
    if (!texts.some((text) => text?.includes("matches"))) {
      return new Conditions(() => {
        throw new ExpressionError("'matches' is not at hand");
      });
    }
    const { compilePattern } = await import("../../builtins/regex.ts");
    return new Conditions((pattern, text) =>
      compilePattern("matches", fromText(pattern)).matcher(text).find()
    );
  }

  /**
   * Why a check is left out; nothing when it is to be run.
   *
   * @throws {ExpressionError | MissingCapture}
   */
  reasonToSkip(
    { check, variables }: PlannedCheck,
    captured: ReadonlyMap<string, string>,
  ): string | undefined {
    const names = {
      vars: Object.fromEntries(variables),
      captured: Object.fromEntries(captured),
      matrix: check.matrix,
    };
    if (check.skip !== undefined && this.holds(fillText(check.skip, captured), names)) {
      return `skip: ${check.skip}`;
    }
    if (check.onlyIf !== undefined && !this.holds(fillText(check.onlyIf, captured), names)) {
      return `only_if: ${check.onlyIf}`;
    }
    return undefined;
  }

  /** @throws {ExpressionError} */
  holds(text: string, names: Readonly<Record<string, unknown>>): boolean {
    let expression = this.#parsed.get(text);
    if (expression === undefined) this.#parsed.set(text, expression = parseExpression(text));
    return evaluate(expression, { names }, this.#matches).holds;
  }
}
