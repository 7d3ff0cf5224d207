import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { string } from "../../runtime/seam/params.ts";
import { connect, connectOptions } from "./connect.ts";
import { connectionFunctions, connectionObject } from "./connection.ts";

export default defineGlobal({
  name: "ws",
  doc: "WebSocket client",
  objects: { connection: connectionObject },
  functions: {
    connect: fn({
      params: [string("url"), connectOptions],
      returns: "connection",
      doc: "Connect to a WebSocket server",
      permission: "net",
      effect: "write",
      run: (host, url, opts) => connect(host, url, opts),
    }),
    ...connectionFunctions,
  },
});
