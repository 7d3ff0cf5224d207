/** `type: ws`: opens a WebSocket, sends a message if there is one, and looks at what comes back. */
import { text, texts } from "../../schema/scalars.ts";
import { optional, required } from "../../schema/schema.ts";
import { textExpectation, usesPattern } from "../../schema/text_expectation.ts";
import { hostOf, url } from "../../schema/url.ts";
import { connectionKeys, LISTS_ROOTS, type LoadedTls, loadTls, secretsOf } from "../http/connection.ts";
import { defineCheckType, type Part, type SettingsOf } from "../type.ts";

const keys = {
  url: required(url("ws", "wss"), "The ws:// or wss:// URL"),
  ...connectionKeys,
  subprotocols: optional(texts(), "The subprotocols that the server may choose from"),
  send: optional(text(), "The message to send"),
};

const expect = {
  message: optional(
    textExpectation("contains"),
    "A message that comes contains, or {equals, contains, matches}; others are passed over",
  ),
};

/** What the probe gets. */
export type WsSettings = SettingsOf<typeof keys, typeof expect, { readonly tls?: LoadedTls }>;

function isSecure(url: string): boolean {
  return /^wss:/i.test(url);
}

/** The check type `ws`. */
export const ws = defineCheckType({
  name: "ws",
  doc: "Opens a WebSocket, and looks at the messages that come",
  keys,
  expect,
  needs: ({ url }) => ({ net: [hostOf(url)], ...(isSecure(url) ? LISTS_ROOTS : {}) }),
  secrets: secretsOf,
  load: loadTls,
  parts: ({ url, expect = {} }) => [
    ...(usesPattern(expect.message) ? ["regex"] satisfies Part[] : []),
    ...(isSecure(url) ? ["roots"] satisfies Part[] : []),
  ],
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
