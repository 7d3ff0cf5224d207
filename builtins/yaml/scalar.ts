/** Scalars of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema). */
import { fromText } from "../../runtime/seam/text.ts";
import { floatFromNumber, type LuaValue } from "../../runtime/seam/value.ts";
import { integerOrFloat } from "../json/convert.ts";

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const DECIMAL = /^[-+]?[0-9]+$/;
const PREFIXED = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITY = /^([-+]?)\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

/** Digits that no 64-bit integer has: longer numerals are floats, whatever they are. */
const MAX_DIGITS = 40;

const PREFIX = "tag:yaml.org,2002:";

/** What an unquoted scalar without a tag means. */
export function resolvePlain(text: string): LuaValue {
  if (NULL.test(text)) return undefined;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  return integer(text) ?? float(text) ?? (NAN.test(text) ? undefined : fromText(text));
}

function integer(text: string): LuaValue {
  if (text.length > MAX_DIGITS) return undefined;
  if (PREFIXED.test(text)) return integerOrFloat(BigInt(text));
  if (!DECIMAL.test(text)) return undefined;
  const value = BigInt(text.replace(/^[-+]/, ""));
  return integerOrFloat(text.startsWith("-") ? -value : value);
}

function float(text: string): LuaValue {
  const infinity = INFINITY.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? -Infinity : Infinity;
  return FLOAT.test(text) ? floatFromNumber(Number(text)) : undefined;
}

/** What a scalar with a tag means, or why it cannot be. */
export function resolveTagged(tag: string, text: string): { value: LuaValue } | { error: string } {
  const name = tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : "";
  const invalid = { error: `${JSON.stringify(text)} is no value of the tag !!${name}` };
  switch (name) {
    case "str":
      return { value: fromText(text) };
    case "null":
      return NULL.test(text) ? { value: undefined } : invalid;
    case "bool":
      return TRUE.test(text) || FALSE.test(text) ? { value: TRUE.test(text) } : invalid;
    case "int": {
      const value = integer(text);
      return value === undefined ? invalid : { value };
    }
    case "float": {
      const value = float(text);
      return value === undefined && !NAN.test(text) ? invalid : { value };
    }
    default:
      return { error: unsupportedTag(tag) };
  }
}

/** The reason why a collection cannot have a tag, if it is one. */
export function collectionTagError(tag: string, name: "seq" | "map"): string | undefined {
  return tag === PREFIX + name ? undefined : unsupportedTag(tag);
}

function unsupportedTag(tag: string): string {
  return `unsupported tag ${tag.startsWith(PREFIX) ? `!!${tag.slice(PREFIX.length)}` : `'${tag}'`}`;
}
