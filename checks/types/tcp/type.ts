/** `type: tcp`: connects, sends a text if there is one, and looks at what comes back. */
import { text } from "../../schema/scalars.ts";
import { optional, required } from "../../schema/schema.ts";
import { textExpectation, usesPattern } from "../../schema/text_expectation.ts";
import { host, netOf, port } from "../../schema/url.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

const keys = {
  host: required(host(), "The host"),
  port: required(port(), "The port"),
  send: optional(text(), 'What is sent, such as "PING\\r\\n"'),
};

const expect = {
  response: optional(
    textExpectation("contains"),
    "What comes back contains, or {equals, contains, matches}; read until it is so",
  ),
};

/** What the probe gets. */
export type TcpSettings = SettingsOf<typeof keys, typeof expect>;

/** The check type `tcp`. */
export const tcp = defineCheckType({
  name: "tcp",
  doc: "Connects to a port, and looks at what is sent back",
  keys,
  expect,
  timeout: 10_000,
  needs: ({ host, port }) => ({ net: netOf(host, port) }),
  parts: ({ expect = {} }) => usesPattern(expect.response) ? ["regex"] : [],
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
