/** The JSON Schema of files of checks, for editors: made of the readers, so it says what they say. */
import type { JsonSchema } from "../schema/schema.ts";
import { schemaOf } from "../schema/schema.ts";
import { CHECK_TYPES } from "../types/registry.ts";
import type { AnyCheckType } from "../types/type.ts";
import { COMMON, fieldsOf, ignoredExpectations } from "./check.ts";
import { ROOT } from "./load.ts";
import { MATRIX_SCHEMA } from "./matrix.ts";

/** The schema, draft 2020-12. */
export function checksSchema(): JsonSchema {
  const root = schemaOf(ROOT);
  const properties = root["properties"] as Readonly<Record<string, JsonSchema>>;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A file of checks of assay",
    ...root,
    properties: {
      ...properties,
      checks: { ...properties["checks"], type: "array", items: { $ref: "#/$defs/check" } },
    },
    anyOf: [{ required: ["checks"] }, { required: ["include"] }],
    $defs: {
      check: {
        type: "object",
        required: ["name", "type"],
        properties: {
          type: { description: "What kind of check it is", enum: CHECK_TYPES.map(({ name }) => name) },
        },
        allOf: CHECK_TYPES.map(({ name }) => ({
          if: { properties: { type: { const: name } }, required: ["type"] },
          then: { $ref: `#/$defs/${name}` },
        })),
      },
      common: { description: "Keys that all checks share", properties: COMMON_PROPERTIES },
      ...Object.fromEntries(CHECK_TYPES.map((type) => [type.name, typeSchema(type)])),
    },
  };
}

const COMMON_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  ...schemaOf(COMMON)["properties"] as Readonly<Record<string, JsonSchema>>,
  matrix: { description: "One check for each combination of values, used as ${name}", ...MATRIX_SCHEMA },
};

function typeSchema(type: AnyCheckType): JsonSchema {
  const schema = schemaOf(fieldsOf(type));
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>>;
  return {
    description: type.doc,
    ...schema,
    properties: {
      ...properties,
      ...Object.fromEntries(
        Object.entries(COMMON_PROPERTIES).map(([key, { description }]) => [
          key,
          { description, $ref: `#/$defs/common/properties/${key}` },
        ]),
      ),
      type: { const: type.name, description: type.doc },
      expect: withIgnored(properties["expect"], ignoredExpectations(type)),
    },
  };
}

/** Some types pass over what other types expect, and so must editors. */
function withIgnored(expect: JsonSchema | undefined, ignored: ReadonlySet<string>): JsonSchema {
  const [mapping, ...others] = (expect?.["anyOf"] ?? []) as readonly JsonSchema[];
  const known = (mapping?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const more = [...ignored].filter((key) => !Object.hasOwn(known, key));
  if (mapping === undefined || more.length === 0) return expect ?? {};
  const added = Object.fromEntries(more.map((key) => [key, { description: "Means nothing for this type" }]));
  return { ...expect, anyOf: [{ ...mapping, properties: { ...known, ...added } }, ...others] };
}
