/** Declarations of the client functions, for the table `http` and for the methods of a client. */
import { fn, type FunctionDeclaration } from "../../runtime/seam/declare.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { instance, Mismatch, type Param, string } from "../../runtime/seam/params.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { isNumber, isTable, type LuaTable } from "../../runtime/seam/value.ts";
import { perform } from "./client.ts";
import { HttpClient, STANDARD_DEFAULTS } from "./client_object.ts";
import { download } from "./download.ts";
import { buildRequest, methodOf, type RequestOptions, requestOptions } from "./request.ts";
import type { BodyValue } from "./request_body.ts";
import { isRepeatable } from "./retry.ts";
import { standardConnection } from "./wire.ts";

const RETURNS =
  "{status: integer, body: string, headers: {[string]: string}, header_lists: {[string]: [string]}, url: string}";

const body: Param<BodyValue> = {
  name: "body",
  type: "string|table",
  optional: true,
  read(value) {
    if (value === undefined || typeof value === "string" || isTable(value)) return value;
    if (isNumber(value)) return formatNumber(value);
    throw new Mismatch("string, table, or nil");
  },
};

const client = instance("client", "http.client", HttpClient);

const ORDINALS = ["first", "second", "third"];
const URL_TEXT = "must be a URL string";
const BODY_TEXT = "must be a string, table, or nil";
const OPTIONS_TEXT = "must be a table or nil";

/** Words for arguments of the wrong type, as the documents fix them. */
function messages(functionName: string, wanted: readonly string[]): (index: number) => string | undefined {
  return (index) => `${functionName}: ${ORDINALS[index]} argument ${wanted[index]}`;
}

/** The same for a method: its object is no argument to whoever writes the call. */
function methodMessages(
  functionName: string,
  wanted: readonly string[],
): (index: number) => string | undefined {
  const rest = messages(functionName, wanted);
  return (index) =>
    index === 0 ? `${functionName}: call it with a colon, as in client:get(url)` : rest(index - 1);
}

async function request(
  host: Host,
  self: HttpClient | undefined,
  functionName: string,
  method: string,
  url: string,
  given: BodyValue,
  opts: RequestOptions,
): Promise<LuaTable> {
  const built = buildRequest(functionName, method, url, given, opts, self?.defaults ?? STANDARD_DEFAULTS);
  if (opts.retry !== undefined && !isRepeatable(method, built.retry)) {
    host.log.warn(
      `${functionName}: ${method} is not retried, it may do something twice: allow it with retry.unsafe = true`,
    );
  }
  return await perform(host, built, self?.connection ?? standardConnection());
}

interface Pair {
  readonly global: FunctionDeclaration;
  readonly method: FunctionDeclaration;
}

/** `http.get(url, opts?)` and its like. */
function withoutBody(verb: string, effect: "read" | "write"): Pair {
  const name = `http.${verb}`;
  const method = verb.toUpperCase();
  const wanted = [URL_TEXT, OPTIONS_TEXT];
  const common = {
    returns: RETURNS,
    doc: `Send a ${method} request and give the response, whatever its status`,
    permission: "net",
    effect,
  } as const;
  return {
    global: fn({
      ...common,
      params: [string("url"), requestOptions],
      argumentMessage: messages(name, wanted),
      run: (host, url, opts) => request(host, undefined, name, method, url, undefined, opts),
    }),
    method: fn({
      ...common,
      params: [client, string("url"), requestOptions],
      argumentMessage: methodMessages(name, wanted),
      run: (host, self, url, opts) => request(host, self, name, method, url, undefined, opts),
    }),
  };
}

/** `http.post(url, body?, opts?)` and its like. */
function withBody(verb: string): Pair {
  const name = `http.${verb}`;
  const method = verb.toUpperCase();
  const wanted = [URL_TEXT, BODY_TEXT, OPTIONS_TEXT];
  const common = {
    returns: RETURNS,
    doc: `Send a ${method} request and give the response, whatever its status; a table is sent as JSON`,
    permission: "net",
    effect: "write",
  } as const;
  return {
    global: fn({
      ...common,
      params: [string("url"), body, requestOptions],
      argumentMessage: messages(name, wanted),
      run: (host, url, given, opts) => request(host, undefined, name, method, url, given, opts),
    }),
    method: fn({
      ...common,
      params: [client, string("url"), body, requestOptions],
      argumentMessage: methodMessages(name, wanted),
      run: (host, self, url, given, opts) => request(host, self, name, method, url, given, opts),
    }),
  };
}

/** `http.request(method, url, opts?)`. */
function anyMethod(): Pair {
  const name = "http.request";
  const wanted = ["must be an HTTP method", URL_TEXT, OPTIONS_TEXT];
  const common = {
    returns: RETURNS,
    doc: "Send a request with any method and give the response; opts.body or opts.json is the body",
    permission: "net",
    effect: "write",
  } as const;
  return {
    global: fn({
      ...common,
      params: [string("method"), string("url"), requestOptions],
      argumentMessage: messages(name, wanted),
      run: (host, method, url, opts) =>
        request(host, undefined, name, methodOf(name, method), url, undefined, opts),
    }),
    method: fn({
      ...common,
      params: [client, string("method"), string("url"), requestOptions],
      argumentMessage: methodMessages(name, wanted),
      run: (host, self, method, url, opts) =>
        request(host, self, name, methodOf(name, method), url, undefined, opts),
    }),
  };
}

/** `http.download(url, path, opts?)`. */
function toFile(): Pair {
  const name = "http.download";
  const common = {
    returns: "integer",
    doc: "Download to a file and give the number of bytes; a status that is not 2xx is an error",
    permission: "net",
    effect: "write",
  } as const;
  const run = (host: Host, self: HttpClient | undefined, url: string, path: string, opts: RequestOptions) => {
    const built = buildRequest(name, "GET", url, undefined, opts, self?.defaults ?? STANDARD_DEFAULTS);
    return download(host, built, self?.connection ?? standardConnection(), path, opts.timeout !== undefined);
  };
  return {
    global: fn({
      ...common,
      params: [string("url"), string("path"), requestOptions],
      run: (host, url, path, opts) => run(host, undefined, url, path, opts),
    }),
    method: fn({
      ...common,
      params: [client, string("url"), string("path"), requestOptions],
      run: (host, self, url, path, opts) => run(host, self, url, path, opts),
    }),
  };
}

const PAIRS: Readonly<Record<string, Pair>> = {
  get: withoutBody("get", "read"),
  head: withoutBody("head", "read"),
  options: withoutBody("options", "read"),
  delete: withoutBody("delete", "write"),
  post: withBody("post"),
  put: withBody("put"),
  patch: withBody("patch"),
  request: anyMethod(),
  download: toFile(),
};

const pick = (which: keyof Pair): Record<string, FunctionDeclaration> =>
  Object.fromEntries(Object.entries(PAIRS).map(([name, pair]) => [name, pair[which]]));

/** The functions of the table `http`. */
export const requestFunctions = pick("global");

/** The methods of what `http.client` gives. */
export const clientMethods = pick("method");
