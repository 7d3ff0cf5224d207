/** `type: dns`: asks a resolver for the records of a name. */
import { integer, text, texts, word } from "../../schema/scalars.ts";
import { optional, type Reader, reader, required } from "../../schema/schema.ts";
import { netOf } from "../../schema/url.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";
import { systemResolvers } from "./resolvers.ts";

/** The records that can be asked for. */
export const RECORDS = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] as const;

/** A resolver's address. */
export interface Resolver {
  readonly address: string;
  readonly port: number;
}

function resolver(): Reader<Resolver> {
  return reader({ type: "string" }, (node, problems, key) => {
    const value = text()(node, problems, key);
    if (value === undefined) return undefined;
    const [, six, four, port = "53"] =
      /^(?:\[?([\da-f]*:[\da-f:.]*:[\da-f:.]*|::)\]?|(\d+\.\d+\.\d+\.\d+))(?::(\d{1,5}))?$/i.exec(value) ??
        [];
    const address = six ?? four;
    if (address !== undefined) return { address, port: Number(port) };
    problems.add(
      node.at,
      `'${key}' must be the IP address of a resolver, such as 10.0.0.10 or 10.0.0.10:5353`,
    );
    return undefined;
  });
}

const keys = {
  host: required(text(), "The name to resolve; for a PTR record the address"),
  record: optional(word(...RECORDS), "The kind of record. Default: A"),
  resolver: optional(resolver(), "The IP address of the resolver. Default: those of the system"),
};

const expect = {
  values: optional(texts(), "All values, in any order: 10.0.0.1, '10 mail.example.com.', a text"),
  contains: optional(texts(), "Values that must be among them"),
  count: optional(integer(0), "How many values there must be. Default: one or more"),
};

/** What the probe gets. */
export type DnsSettings = SettingsOf<typeof keys, typeof expect>;

/** The check type `dns`. */
export const dns = defineCheckType({
  name: "dns",
  doc: "Resolves a name",
  keys,
  expect,
  timeout: 10_000,
  needs: ({ resolver }) => ({
    net: (resolver === undefined ? systemResolvers() : [resolver]).flatMap(({ address, port }) =>
      netOf(address, port)
    ),
  }),
  probe: async () => (await import("./probe.ts")).probe,
});
