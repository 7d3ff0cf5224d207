/** What handlers are given of a request. */
import type { Host } from "../../../runtime/seam/host.ts";
import { fromText } from "../../../runtime/seam/text.ts";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { lastValue } from "../headers.ts";
import { type Match, queryParams } from "./routes.ts";

/** The raw path and query of a request's URL. */
export class Target {
  readonly path: string;
  readonly query: string;
  readonly #authority: number;

  /** @param url Made by Deno from the request line and the Host header, nothing in it decoded */
  constructor(url: string) {
    const authority = url.indexOf("://") + 3;
    const start = url.indexOf("/", authority);
    const mark = url.indexOf("?", start);
    const end = mark < 0 ? url.length : mark;
    this.#authority = start - authority;
    this.path = start < 0 ? "" : url.slice(start, end);
    this.query = url.slice(end + 1);
  }

  /** The path for a log: what a terminal could take for more than text is percent-encoded. */
  get shown(): string {
    return this.path.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
  }

  /** Whether the path is that of the request line, and no part of what the Host header says. */
  isFrom(host: string | undefined): boolean {
    return host === undefined || host.length === this.#authority || !host.includes("/");
  }
}

/** The headers of a request: names in lower case, of repeated ones the last. */
export interface RequestHeaders {
  readonly table: LuaTable;
  /** About what they took on the wire, in bytes. */
  readonly length: number;
}

/** What a header line takes beside its name and value: a colon, a blank and the line's end. */
const LINE = 4;

export function readHeaders(host: Host, headers: Headers): RequestHeaders {
  const table = host.vm.newTable();
  let length = 0;
  // Faster than the iterator: this is the dearest part of a short request
  headers.forEach((value, name) => {
    length += name.length + value.length + LINE;
    table.set(name, lastValue(headers, name, value));
  });
  return { table, length };
}

/** The table of a request. */
export function requestTable(
  host: Host,
  method: string,
  { path, query }: Target,
  headers: LuaTable,
  pathParams: Match["params"],
  body: string,
): LuaTable {
  const { vm } = host;
  const params = vm.newTable();
  if (query !== "") { for (const [name, value] of queryParams(query)) params.set(name, value); }
  if (pathParams !== undefined) { for (const [name, value] of pathParams) params.set(name, value); }
  const table = vm.newTable();
  table.set("method", method);
  table.set("path", fromText(path));
  table.set("query", fromText(query));
  table.set("params", params);
  table.set("headers", headers);
  table.set("body", body);
  return table;
}
