import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { integer, options, string, table } from "../../runtime/seam/params.ts";
import { serve } from "./server.ts";

export default defineGlobal({
  name: "http",
  doc: "HTTP client and server",
  functions: {
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
