/** `capture:`: values that later checks take from an answer as `{{name}}`. */
import { ExpressionError } from "../expression/error.ts";
import { parseExpression } from "../expression/parse.ts";
import { flag, integer, text, word } from "./scalars.ts";
import { describe, either, mapOf, optional, type Reader, reader, record } from "./schema.ts";

/** Where in an answer a value comes from. */
export type CaptureSource =
  & { readonly secret?: boolean }
  & (
    | { readonly from: "status" | "body" }
    | { readonly from: "header"; readonly name: string }
    | { readonly from: "json"; readonly path: string }
    | { readonly from: "regex"; readonly pattern: string; readonly group: number }
  );

const readDetailed = record({
  json: optional(path(), "A path in a JSON body, such as .items[0].id"),
  header: optional(text(), "The name of a header"),
  regex: optional(text(), "A regular expression (RE2) that is looked for in the body"),
  group: optional(
    integer(0, 99),
    "The group of the regular expression. Default: 1 if it has groups, or else 0",
  ),
  status: optional(flag(), "The status"),
  body: optional(flag(), "The whole body"),
  secret: optional(flag(), "Whether no output may show the value. Default: false"),
});

/** Reads one path of an expression. */
function path(): Reader<string> {
  return reader({ type: "string", minLength: 1 }, (node, problems, key) => {
    const source = text()(node, problems, key);
    if (source === undefined) return undefined;
    try {
      if (parseExpression(source).kind === "path") return source;
      problems.add(
        node.at,
        `'${key}' must be a path such as .items[0].id: current value is ${describe(node)}`,
      );
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.add(node.at, `'${key}' is no path such as .items[0].id: ${error.message}`);
    }
    return undefined;
  });
}

function source(): Reader<CaptureSource> {
  const detailed = reader<CaptureSource>(readDetailed.schema, (node, problems, key) => {
    const given = readDetailed(node, problems, `'${key}'`);
    if (given === undefined) return undefined;
    const { json, header, regex, group, status, body, secret } = given;
    const sources: CaptureSource[] = [
      ...(json === undefined ? [] : [{ from: "json", path: json } as const]),
      ...(header === undefined ? [] : [{ from: "header", name: header } as const]),
      // −1: the first group where there is one
      ...(regex === undefined ? [] : [{ from: "regex", pattern: regex, group: group ?? -1 } as const]),
      ...(status ? [{ from: "status" } as const] : []),
      ...(body ? [{ from: "body" } as const] : []),
    ];
    const [only, ...more] = sources;
    if (only !== undefined && more.length === 0) return secret ? { ...only, secret } : only;
    problems.add(node.at, `'${key}' must have one of json, header, regex, status: true and body: true`);
    return undefined;
  });
  const short = reader<CaptureSource>(word("status", "body").schema, (node, problems, key) => {
    const from = word("status", "body")(node, problems, key);
    return from === undefined ? undefined : { from };
  });
  return either({ kinds: ["mapping"], read: detailed }, { kinds: [], read: short });
}

const NAME = /^[A-Za-z_][\w.-]*$/;

/** Reads the names of values and where they come from. */
export function captures(): Reader<Record<string, CaptureSource>> {
  return mapOf(
    source(),
    (name) =>
      NAME.test(name)
        ? undefined
        : `'${name}' is no name for a value: it must be letters, digits, '_', '-' and '.'`,
  );
}
