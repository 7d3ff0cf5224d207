import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { string } from "../../runtime/seam/params.ts";
import { LazyModule } from "../lazy.ts";
import { connectionFunctions, connectionObject } from "./connection.ts";
import { connectOptions } from "./options.ts";

const client = new LazyModule(() => import("./connect.ts"));

export default defineGlobal({
  name: "ws",
  doc: "WebSocket client",
  preload: () => client.load(),
  objects: { connection: connectionObject },
  functions: {
    connect: fn({
      params: [string("url"), connectOptions],
      returns: "connection",
      doc: "Connect to a WebSocket server",
      permission: "net",
      effect: "write",
      run: (host, url, opts) => client.use(({ connect }) => connect(host, url, opts)),
    }),
    ...connectionFunctions,
  },
});
