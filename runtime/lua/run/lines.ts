/** The lines of a function's text on which something is done: `activelines` of `debug.getinfo`. */
import type { Block, FunctionNode, Statement } from "../ast.ts";

/** The lines of statements and conditions, and of the function's end. */
export function activeLines(node: FunctionNode): Set<number> {
  const lines = new Set<number>();
  addBlock(node.body, lines);
  lines.add(node.lastLine);
  return lines;
}

function addBlock(block: Block, lines: Set<number>): void {
  for (const statement of block.statements) addStatement(statement, lines);
}

function addStatement(s: Statement, lines: Set<number>): void {
  switch (s.kind) {
    case "label":
      return;
    case "do":
      return addBlock(s.body, lines);
    case "if":
      for (const { condition, body } of s.branches) {
        lines.add(condition.line);
        addBlock(body, lines);
      }
      if (s.otherwise !== undefined) addBlock(s.otherwise, lines);
      return;
    case "while":
    case "repeat":
      lines.add(s.condition.line);
      return addBlock(s.body, lines);
    case "numericfor":
    case "genericfor":
      lines.add(s.line);
      return addBlock(s.body, lines);
    default:
      lines.add(s.line);
  }
}
