/** `type: prometheus`: asks a Prometheus server for a value and compares it with bounds. */
import { duration, flag, number, text, word } from "../../schema/scalars.ts";
import { optional, type Reader, reader, record, required } from "../../schema/schema.ts";
import { hostOf, httpUrl } from "../../schema/url.ts";
import { connectionKeys, LISTS_ROOTS, type LoadedTls, loadTls, secretsOf } from "../http/connection.ts";
import { nodeParts } from "../http/exchange_kind.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

/** A range query: the values of the last while. Milliseconds. */
export interface Range {
  readonly last: number;
  readonly step: number;
}

const readRange = record({
  last: required(duration(), "How far back, such as 30m"),
  step: optional(duration(), "The time between values. Default: 1m, or less for a short range"),
});

const DEFAULT_STEP = 60_000;
/** What a server gives at most: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries */
const MAX_POINTS = 11_000;

function range(): Reader<Range> {
  return reader(readRange.schema, (node, problems, key) => {
    const given = readRange(node, problems, `'${key}'`);
    if (given === undefined) return undefined;
    const { last, step = Math.min(DEFAULT_STEP, Math.max(1000, last / 10)) } = given;
    if (last > 0 && step > 0 && last / step < MAX_POINTS) return { last, step };
    problems.add(node.at, `'${key}' must have between 1 and ${MAX_POINTS} values: 'last' divided by 'step'`);
    return undefined;
  });
}

const keys = {
  url: required(httpUrl(), "The server's http:// or https:// URL"),
  query: required(text(), "The query in PromQL"),
  range: optional(range(), "Looks at all values of a while, {last: 30m, step: 1m}, and not at the newest"),
  ...connectionKeys,
};

const expect = {
  min: optional(number(), "The smallest value"),
  max: optional(number(), "The largest value"),
  equals: optional(number(), "The value itself"),
  empty: optional(flag(), "Whether the query must give no series at all"),
  series: optional(word("first", "all"), "Which series must be so. Default: first, or all of a range"),
};

/** What the probe gets. */
export type PrometheusSettings = SettingsOf<typeof keys, typeof expect, { readonly tls?: LoadedTls }>;

/** The check type `prometheus`. */
export const prometheus = defineCheckType({
  name: "prometheus",
  doc: "Asks a Prometheus server for a value and compares it with bounds",
  keys,
  expect,
  needs: ({ url, insecure }) => ({ net: [hostOf(url)], ...(insecure ? LISTS_ROOTS : {}) }),
  secrets: secretsOf,
  load: loadTls,
  parts: ({ url, insecure = false }) => nodeParts(insecure, url),
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
