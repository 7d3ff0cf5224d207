/** `type: prometheus`: asks a Prometheus server for a value and compares it with bounds. */
import { number, text } from "../../schema/scalars.ts";
import { optional, required } from "../../schema/schema.ts";
import { hostOf, httpUrl } from "../../schema/url.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

const keys = {
  url: required(httpUrl(), "The server's http:// or https:// URL"),
  query: required(text(), "The query in PromQL"),
};

const expect = {
  min: optional(number(), "The smallest value"),
  max: optional(number(), "The largest value"),
};

/** What the probe gets. */
export type PrometheusSettings = SettingsOf<typeof keys, typeof expect>;

/** The check type `prometheus`. */
export const prometheus = defineCheckType({
  name: "prometheus",
  doc: "Asks a Prometheus server for a value and compares it with bounds",
  keys,
  expect,
  needs: ({ url }) => ({ net: [hostOf(url)] }),
  probe: async () => (await import("./probe.ts")).probe,
});
