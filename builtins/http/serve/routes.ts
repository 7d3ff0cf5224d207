/** The routes of a service: read once from the script's table, then looked up for every request. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import { toText } from "../../../runtime/seam/text.ts";
import { isFunction, isTable, type LuaFunction, type LuaTable, typeOf } from "../../../runtime/seam/value.ts";

/** A handler, and what the path gave for the `:name` segments of its route. */
export interface Match {
  readonly handler: LuaFunction;
  /** Percent-decoded values by name; absent where the route has no such segments. */
  readonly params?: readonly (readonly [name: string, value: string])[];
}

interface Pattern {
  readonly segments: readonly string[];
  readonly handler: LuaFunction;
}

interface Wildcard {
  /** The route without its `*`: ends with a slash. */
  readonly prefix: string;
  readonly match: Match;
}

/** The routes of one method. */
interface MethodRoutes {
  readonly exact: Map<string, Match>;
  readonly patterns: Pattern[];
  /** The longest prefix first. */
  readonly wildcards: Wildcard[];
}

/** Finds the handler of a request: the exact path, then `:name` segments, then the longest `<prefix>/*`. */
export class Routes {
  readonly #methods = new Map<string, MethodRoutes>();

  /**
   * @param table `{METHOD = {[path] = function}}`; methods in any case
   * @throws {ScriptError} When it is of another shape
   */
  constructor(table: LuaTable) {
    for (const [method, paths] of table.entries()) {
      if (typeof method !== "string" || !isTable(paths)) {
        throw new ScriptError(
          `http.serve: routes must map methods to tables of paths, as in {GET = {["/"] = function(req) … end}}: ` +
            `${
              typeof method === "string"
                ? `routes.${toText(method)} is a ${typeOf(paths)}`
                : `a key is a ${typeOf(method)}`
            }`,
        );
      }
      this.#add(method.toUpperCase(), paths);
    }
  }

  #add(method: string, paths: LuaTable): void {
    let routes = this.#methods.get(method);
    if (routes === undefined) {
      routes = { exact: new Map(), patterns: [], wildcards: [] };
      this.#methods.set(method, routes);
    }
    for (const [path, handler] of paths.entries()) {
      if (typeof path !== "string" || !isFunction(handler)) {
        const shown = typeof path === "string" ? `"${toText(path)}"` : `a key of type ${typeOf(path)}`;
        throw new ScriptError(
          `http.serve: a route must map a path to a function: ${method} ${shown} has a ${typeOf(handler)}`,
        );
      }
      // What no request can ask for; `*` is the path of OPTIONS for a whole server
      if (!path.startsWith("/") && path !== "*") {
        throw new ScriptError(
          `http.serve: the path of a route must begin with "/": ${method} "${toText(path)}"`,
        );
      }
      routes.exact.set(path, { handler });
      if (path.endsWith("/*")) routes.wildcards.push({ prefix: path.slice(0, -1), match: { handler } });
      else if (path.includes("/:")) routes.patterns.push({ segments: path.split("/"), handler });
    }
    routes.wildcards.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /**
   * A HEAD that has no route of its own is answered by that of GET.
   *
   * @param path As the client sent it, without the query
   */
  find(method: string, path: string): Match | undefined {
    const match = this.#find(method, path);
    return match === undefined && method === "HEAD" ? this.#find("GET", path) : match;
  }

  #find(method: string, path: string): Match | undefined {
    const routes = this.#methods.get(method);
    if (routes === undefined) return undefined;
    const exact = routes.exact.get(path);
    if (exact !== undefined) return exact;
    if (routes.patterns.length > 0) {
      const segments = path.split("/");
      for (const pattern of routes.patterns) {
        const match = matchPattern(pattern, segments);
        if (match !== undefined) return match;
      }
    }
    return routes.wildcards.find(({ prefix }) => path.startsWith(prefix))?.match;
  }
}

function matchPattern({ segments, handler }: Pattern, path: readonly string[]): Match | undefined {
  if (segments.length !== path.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, segment] of segments.entries()) {
    const value = path[index] ?? "";
    if (segment.length > 1 && segment.startsWith(":")) {
      if (value === "") return undefined;
      params.push([segment.slice(1), percentDecode(value)]);
    } else if (segment !== value) {
      return undefined;
    }
  }
  return { handler, params };
}

/** Decodes `%XX` to bytes; what is no such triple stays as it is. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** The names and values of a query, `+` and `%XX` decoded once. */
export function queryParams(query: string): [name: string, value: string][] {
  const params: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? "" : part.slice(equals + 1);
    params.push([percentDecode(name.replaceAll("+", " ")), percentDecode(value.replaceAll("+", " "))]);
  }
  return params;
}
