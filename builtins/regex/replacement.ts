/** What `regex.replace` puts in the place of a match. */
import type { Match, Pattern } from "./pattern.ts";

const REFERENCE = /\$(?:\$|\{([^}]*)\}|([0-9A-Za-z_]+))/g;

/** Gives the text for a match. */
export type Replacement = (match: Match) => string;

/**
 * Reads a replacement: `$1`, `${1}`, `$name` and `${name}` stand for groups, `$$` for a dollar sign. A name goes
 * on as long as it can: `$1a` is the group `1a`. A group that does not exist, or took no part, is empty.
 */
export function parseReplacement(replacement: string, pattern: Pattern): Replacement {
  const parts: (string | number)[] = [];
  let end = 0;
  for (const reference of replacement.matchAll(REFERENCE)) {
    const [text, braced, plain] = reference;
    parts.push(replacement.slice(end, reference.index));
    end = reference.index + text.length;
    if (text === "$$") parts.push("$");
    else {
      const group = groupNumber(braced ?? plain ?? "", pattern);
      if (group !== undefined) parts.push(group);
    }
  }
  parts.push(replacement.slice(end));
  return (match) => parts.map((part) => typeof part === "string" ? part : match.group(part) ?? "").join("");
}

function groupNumber(name: string, pattern: Pattern): number | undefined {
  if (!/^[0-9]+$/.test(name)) return pattern.names.get(name);
  const number = Number(name);
  return number <= pattern.groupCount ? number : undefined;
}
