/** What the filters `forceescape`, `xmlattr` and `urlize` make. */
import type { Argument } from "./arguments.ts";
import { show } from "./arguments.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** ` name="value"` for each field that is neither undefined nor none. */
export function attributes(fields: ReadonlyMap<string, Argument>, autospace: boolean): string {
  const parts: string[] = [];
  for (const [name, value] of fields) {
    if (value === undefined || value === null) continue;
    if (/[\s/>=]/.test(name)) throw new Error(`xmlattr: invalid character in attribute name '${name}'`);
    parts.push(`${escapeHtml(name)}="${escapeHtml(show(value))}"`);
  }
  return (autospace && parts.length > 0 ? " " : "") + parts.join(" ");
}

export interface LinkOptions {
  /** How much of an address is shown. */
  readonly trim: number | undefined;
  readonly nofollow: boolean;
  readonly target: string | undefined;
  readonly rel: string | undefined;
}

const ADDRESS =
  /^(?:(?:https?:\/\/)?(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:https?:\/\/)?(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const BARE = /^(?:[\w%-]{1,63}\.)+(?:com|net|int|edu|gov|org|info|mil)(?:[:/?#]\S*)?$/i;
const MAIL = /^\S+@\w[\w.-]*\.\w+$/;

/** Addresses in a text as links; the text itself is escaped. Rules of Jinja's `urlize`. */
export function linkAddresses(text: string, options: LinkOptions): string {
  const rel = [
    ...new Set([...(options.rel ?? "").split(/\s+/), options.nofollow ? "nofollow" : "", "noopener"]),
  ]
    .filter((word) => word !== "").sort().join(" ");
  const more = ` rel="${escapeHtml(rel)}"` +
    (options.target === undefined ? "" : ` target="${escapeHtml(options.target)}"`);
  return escapeHtml(text).split(/(\s+)/).map((word) => linkWord(word, options.trim, more)).join("");
}

function linkWord(word: string, trim: number | undefined, more: string): string {
  const [, head = "", rest = ""] = /^((?:[(<]|&lt;)*)(.*)$/s.exec(word) ?? [];
  const [, middle = "", tail = ""] = /^(.*?)((?:[)>.,\n]|&gt;)*)$/s.exec(rest) ?? [];
  const shown = trim !== undefined && middle.length > trim ? `${middle.slice(0, trim)}...` : middle;
  const link = (address: string, attributes: string) =>
    `${head}<a href="${address}"${attributes}>${shown}</a>${tail}`;
  if (/^(?:https?:\/\/|www\.)/i.test(middle) && ADDRESS.test(middle)) {
    return link(/^https?:/i.test(middle) ? middle : `https://${middle}`, more);
  }
  if (BARE.test(middle)) return link(`https://${middle}`, more);
  if (MAIL.test(middle) && !middle.startsWith("www.")) {
    const address = middle.startsWith("mailto:") ? middle.slice("mailto:".length) : middle;
    if (!address.includes(":")) return `${head}<a href="mailto:${address}">${address}</a>${tail}`;
  }
  return word;
}
