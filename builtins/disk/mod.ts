import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { number } from "../../runtime/seam/params.ts";
import { path } from "../path.ts";
import { folderSize, sweep } from "./folder.ts";
import { usage } from "./usage.ts";

export default defineGlobal({
  name: "disk",
  doc: "Space on disks",
  functions: {
    usage: fn({
      params: [path()],
      returns: "{total: integer, free: integer, used: integer, available: integer, percent: number}",
      doc:
        "How full the file system of a path is, in bytes; free counts what only root may use, available does not",
      permission: "sys",
      run: usage,
    }),
    sweep: fn({
      params: [path("dir"), number("age_secs")],
      returns: "integer",
      doc: "Remove the entries of a folder that were last changed longer ago than that; gives their number",
      permission: "write",
      effect: "write",
      run: (_host, folder, age) => sweep(folder, age),
    }),
    dir_size: fn({
      params: [path()],
      returns: "integer",
      doc: "The size in bytes of all regular files in a folder and the folders in it",
      permission: "read",
      run: (_host, folder) => folderSize(folder),
    }),
  },
});
