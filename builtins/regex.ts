import type { RE2JS } from "re2js";
import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import type { Host } from "../runtime/seam/host.ts";
import { string } from "../runtime/seam/params.ts";
import type { LuaTable } from "../runtime/seam/value.ts";
import { newList } from "./json/shape.ts";
import { type Match, Pattern } from "./regex/pattern.ts";
import { parseReplacement } from "./regex/replacement.ts";

const PATTERN_AND_TEXT = [string("pattern"), string("text")] as const;

/**
 * The compiled form of a pattern, for other builtins that take one. It matches text, not bytes.
 *
 * @throws {ScriptError} `<functionName>: invalid pattern: …`
 */
export function compilePattern(functionName: string, pattern: string): RE2JS {
  return Pattern.of(pattern, functionName).regex;
}

function firstMatch(pattern: Pattern, text: string): Match | undefined {
  const [first] = pattern.matches(text);
  return first;
}

function groupsOf(host: Host, pattern: Pattern, match: Match): LuaTable {
  const table = host.vm.newTable();
  for (let index = 0; index <= pattern.groupCount; index++) {
    const text = match.group(index);
    if (text !== undefined) table.set(index, text);
  }
  for (const [name, index] of pattern.names) {
    const text = match.group(index);
    if (text !== undefined) table.set(name, text);
  }
  return table;
}

function replaceAll(pattern: Pattern, text: string, replacement: string): string {
  const expand = parseReplacement(replacement, pattern);
  const parts: string[] = [];
  let end = 0;
  for (const match of pattern.matches(text)) {
    parts.push(text.slice(end, match.start), expand(match));
    end = match.end;
  }
  parts.push(text.slice(end));
  return parts.join("");
}

export default defineGlobal({
  name: "regex",
  doc: "Regular expressions in RE2 syntax",
  functions: {
    match: fn({
      params: PATTERN_AND_TEXT,
      returns: "boolean",
      doc: "Whether a pattern matches anywhere in a text",
      run: (_host, pattern, text) => Pattern.of(pattern, "regex.match").test(text),
    }),
    find: fn({
      params: PATTERN_AND_TEXT,
      returns: "string|nil",
      doc: "The first match of a pattern",
      run: (_host, pattern, text) => firstMatch(Pattern.of(pattern, "regex.find"), text)?.group(0),
    }),
    captures: fn({
      params: PATTERN_AND_TEXT,
      returns: "table|nil",
      doc: "The groups of the first match by number and by name; number 0 is the whole match",
      run: (host, source, text) => {
        const pattern = Pattern.of(source, "regex.captures");
        const match = firstMatch(pattern, text);
        return match === undefined ? undefined : groupsOf(host, pattern, match);
      },
    }),
    find_all: fn({
      params: PATTERN_AND_TEXT,
      returns: "[string]",
      doc: "Every match of a pattern, from left to right",
      run: (host, pattern, text) => {
        const matches = Array.from(
          Pattern.of(pattern, "regex.find_all").matches(text),
          (match) => match.group(0),
        );
        return newList(host, matches);
      },
    }),
    replace: fn({
      params: [...PATTERN_AND_TEXT, string("replacement")],
      returns: "string",
      doc: "Replace every match; $1, ${1}, $name and ${name} stand for groups, $$ for a dollar sign",
      run: (_host, pattern, text, replacement) =>
        replaceAll(Pattern.of(pattern, "regex.replace"), text, replacement),
    }),
  },
});
