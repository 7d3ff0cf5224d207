/** The parser: from a source text to its syntax tree. */
import type { Chunk } from "../ast.ts";
import { Lexer } from "./lex.ts";
import { Scope } from "./scope.ts";
import { StatementParser } from "./statements.ts";

/**
 * Reads a chunk of Lua 5.5.
 *
 * A first line that begins with `#` is skipped, a byte order mark too. `global` is a name where it does not begin a
 * declaration.
 *
 * @param source The text, as bytes
 * @param name What messages call the chunk, as bytes: a file's name or `[string "..."]`
 * @throws {LuaSyntaxError} With PUC-Rio's wording
 */
export function parseChunk(source: string, name: string): Chunk {
  const lex = new Lexer(source, name);
  const scope = new Scope(lex);
  const { node } = scope.function;
  new StatementParser(lex, scope).main();
  return { main: node, env: scope.env, functionCount: scope.functions.length, functions: scope.functions };
}
