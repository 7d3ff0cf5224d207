/** `type: http`: makes a request and looks at the answer. */
import { flag, integer, text } from "../../schema/scalars.ts";
import { optional, required } from "../../schema/schema.ts";
import { hostOf, httpUrl } from "../../schema/url.ts";
import { jsonExpression } from "../../schema/json_expression.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

const keys = {
  url: required(httpUrl(), "The http:// or https:// URL"),
  follow_redirects: optional(flag(), "Whether to follow redirects, 10 at most. Default: true"),
};

const expect = {
  status: optional(integer(100, 599), "The status of the answer. Default: any of 2xx"),
  body: optional(text(), "What the body contains"),
  json: optional(jsonExpression(), 'What a JSON body is, such as .status == "ok"'),
};

/** What the probe gets. */
export type HttpSettings = SettingsOf<typeof keys, typeof expect>;

/** The check type `http`. */
export const http = defineCheckType({
  name: "http",
  doc: "Makes a request and looks at the answer",
  keys,
  expect,
  needs: ({ url }) => ({ net: [hostOf(url)] }),
  probe: async () => (await import("./probe.ts")).probe,
});
