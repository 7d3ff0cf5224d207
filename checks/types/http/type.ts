/** `type: http`: makes a request and looks at the answer. */
import { anyValue } from "../../schema/any.ts";
import { captures, type CaptureSource } from "../../schema/capture.ts";
import { expression } from "../../schema/expression.ts";
import { jsonExpression } from "../../schema/json_expression.ts";
import { duration, flag, text, textMap } from "../../schema/scalars.ts";
import { either, list, mapOf, optional, type Reader, reader, required } from "../../schema/schema.ts";
import { statuses } from "../../schema/status.ts";
import { textExpectation, usesPattern } from "../../schema/text_expectation.ts";
import { hostOf, httpUrl } from "../../schema/url.ts";
import { defineCheckType, type Part, type SettingsOf } from "../type.ts";
import { connectionKeys, LISTS_ROOTS, type LoadedTls, loadTls, secretsOf } from "./connection.ts";
import { needsNode, nodeParts } from "./exchange_kind.ts";

const keys = {
  url: required(httpUrl(), "The http:// or https:// URL"),
  method: optional(method(), "The method. Default: GET, or POST where there is something to send"),
  ...connectionKeys,
  body: optional(text(), "What is sent, as it is"),
  json: optional(anyValue(), "What is sent as JSON"),
  form: optional(textMap(), "What is sent as a form of a web page does, by name"),
  follow_redirects: optional(flag(), "Whether to follow redirects, 10 at most. Default: true"),
  capture: optional(captures(), "Values of the answer for later checks, which use them as {{name}}"),
};

const expect = {
  status: optional(statuses(), "The status, a class such as 2xx, or a list. Default: 2xx"),
  headers: optional(
    mapOf(textExpectation("equals")),
    "What headers are: text, or {equals, contains, matches}",
  ),
  body: optional(textExpectation("contains"), "What the body contains, or {equals, contains, matches}"),
  json: optional(
    either<string | string[]>({ kinds: ["sequence"], read: list(expression()) }, {
      kinds: [],
      read: jsonExpression(),
    }),
    'What a JSON body is, such as .status == "ok", or a list of expressions',
  ),
  latency: optional(duration(), "The answer, its body included, must be there in less time than this"),
};

function method(): Reader<string> {
  return reader({ type: "string", pattern: "^[A-Za-z]+$" }, (node, problems, key) => {
    const name = text()(node, problems, key)?.toUpperCase();
    if (name === undefined) return undefined;
    if (/^[A-Z]+$/.test(name) && name !== "CONNECT") return name;
    problems.add(node.at, `'${key}' must be a method such as GET or POST: current value is '${name}'`);
    return undefined;
  });
}

/** What the probe gets. */
export type HttpSettings = SettingsOf<typeof keys, typeof expect, { readonly tls?: LoadedTls }>;

/** The method of a check's request. */
export function methodOf({ method, body, json, form }: HttpSettings): string {
  if (method !== undefined) return method;
  return body === undefined && json === undefined && form === undefined ? "GET" : "POST";
}

function partsOf(settings: HttpSettings): Part[] {
  const { body, json, form, expect = {}, capture = {}, insecure, url } = settings;
  const hasBody = body !== undefined || json !== undefined || form !== undefined;
  const usesRegex = usesPattern(expect.body, ...Object.values(expect.headers ?? {})) ||
    Object.values<CaptureSource>(capture).some(({ from }) => from === "regex") ||
    (Array.isArray(expect.json) && expect.json.some((text) => text.includes("matches")));
  return [
    ...(usesRegex ? ["regex"] satisfies Part[] : []),
    ...nodeParts(needsNode(methodOf(settings), hasBody, insecure), url),
  ];
}

/** The check type `http`. */
export const http = defineCheckType({
  name: "http",
  doc: "Makes a request and looks at the answer",
  keys,
  expect,
  needs: (settings) => ({
    net: [hostOf(settings.url)],
    ...(partsOf(settings).includes("roots") ? LISTS_ROOTS : {}),
  }),
  secrets: secretsOf,
  load: loadTls,
  parts: partsOf,
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
