import { defineGlobal, fn, objectMetatable } from "../../runtime/seam/declare.ts";
import { boolean, integer, number, options, string, table } from "../../runtime/seam/params.ts";
import { HttpClient, STANDARD_DEFAULTS } from "./client_object.ts";
import { download } from "./download.ts";
import { clientMethods, requestFunctions } from "./functions.ts";
import { buildRequest, requestOptions } from "./request.ts";
import { serve } from "./server.ts";
import { standardConnection } from "./wire.ts";

const CLIENT = Symbol("http.client");

const clientObject = {
  doc: "A client with a timeout, redirects and certificates of its own",
  methods: clientMethods,
};

export default defineGlobal({
  name: "http",
  doc: "HTTP client and server",
  preload: () => import("./plain_wire.ts"),
  objects: { client: clientObject },
  functions: {
    ...requestFunctions,
    client: fn({
      params: [options("opts", {
        timeout: number,
        follow_redirects: boolean,
        ca_cert_file: string,
        ca_cert: string,
      })],
      returns: "client",
      doc: "A client with a timeout in seconds, redirects and trusted certificates of its own",
      permission: "net",
      run: (host, opts) => {
        const client = new HttpClient(opts);
        client.metatable = objectMetatable(host, CLIENT, "http.client", clientObject);
        return client;
      },
    }),
    download: fn({
      params: [string("url"), string("path"), requestOptions],
      returns: "integer",
      doc: "Download to a file and give the number of bytes",
      permission: "net",
      effect: "write",
      run: (host, url, path, opts) => {
        const request = buildRequest("http.download", "GET", url, undefined, opts, STANDARD_DEFAULTS);
        return download(host, request, standardConnection(), path, opts.timeout !== undefined);
      },
    }),
    serve: fn({
      params: [
        integer("port"),
        table("routes", "{METHOD = {[path] = function(req)}}"),
        options("opts", { host: string, max_body: integer }),
      ],
      returns: "never",
      doc: "Serve HTTP; the port in use is in the global _SERVER_PORT",
      permission: "net",
      effect: "write",
      run: (host, port, routes, opts) => serve(host, port, routes, opts),
    }),
  },
});
