import { defineGlobal, fn, objectMetatable } from "../../runtime/seam/declare.ts";
import { integer, table } from "../../runtime/seam/params.ts";
import { clientOptions, HttpClient } from "./client_object.ts";
import { clientMethods, requestFunctions } from "./functions.ts";
import { serveOptions } from "./serve/options.ts";
import { serve } from "./serve/server.ts";

const CLIENT = Symbol("http.client");

const clientObject = {
  doc: "A client with a timeout, redirects and certificates of its own",
  methods: clientMethods,
};

export default defineGlobal({
  name: "http",
  doc: "HTTP client and server",
  preload: () => import("./node_wire.ts"),
  objects: { client: clientObject },
  functions: {
    ...requestFunctions,
    client: fn({
      params: [clientOptions],
      returns: "client",
      doc: "A client with defaults, certificates, a proxy or a socket of its own for all its requests",
      permission: "net",
      run: (host, opts) => {
        const client = new HttpClient(opts);
        client.metatable = objectMetatable(host, CLIENT, "http.client", clientObject);
        return client;
      },
    }),
    serve: fn({
      params: [
        integer("port"),
        table("routes", "{METHOD = {[path] = function(req)}}"),
        serveOptions,
      ],
      returns: "never",
      doc: "Serve HTTP; the port in use is in the global _SERVER_PORT",
      permission: "net",
      effect: "write",
      run: (host, port, routes, opts) => serve(host, port, routes, opts),
    }),
  },
});
