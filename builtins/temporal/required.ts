import { ScriptError } from "../../runtime/seam/error.ts";
import { Mismatch, type Param, string } from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isTable } from "../../runtime/seam/value.ts";

/** The text of an option that must be there. @throws {ScriptError} When it is not, or empty */
export function required(operation: string, name: string, value: string | undefined): string {
  if (value === undefined || value === "") {
    throw new ScriptError(`temporal ${operation}: ${name} is required`);
  }
  return toText(value);
}

/** Which workflow is meant, and why something is done to it. */
export interface Target {
  readonly workflow_id?: string;
  readonly run_id?: string;
  readonly reason?: string;
}

const FIELDS = ["workflow_id", "run_id", "reason"] as const;

/** A workflow's id alone, or a table with it. */
export const target: Param<Target> = {
  name: "workflow",
  type: "string|{workflow_id: string, run_id?: string, reason?: string}",
  optional: false,
  read(value) {
    if (typeof value === "string") return { workflow_id: value };
    if (!isTable(value)) throw new Mismatch("String");
    const result: Record<string, string> = {};
    for (const field of FIELDS) {
      const given = value.get(field);
      if (given !== undefined) result[field] = string(field).read(given);
    }
    return result;
  },
};
