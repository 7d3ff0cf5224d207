/** `allow:`: what a file or a check may do beyond the hosts that the file names. */
import { type Extent, type Grants, NOTHING } from "../../runtime/permissions.ts";
import { flag, texts } from "./scalars.ts";
import { either, optional, type Reader, reader, record } from "./schema.ts";

/** All, or those that are named. */
function extent(): Reader<Extent> {
  return either<Extent>({ kinds: ["boolean"], read: flag() }, { kinds: [], read: texts() });
}

const readAllow = record({
  net: optional(extent(), "Hosts, such as api.example.com:443, or true for all"),
  read: optional(extent(), "Files and folders to read"),
  write: optional(extent(), "Files and folders to write"),
  env: optional(extent(), "Variables of the environment that scripts see"),
  run: optional(extent(), "Programs to start"),
  sys: optional(extent(), "System information, such as hostname"),
});

/** Reads `allow:`. */
export function allow(): Reader<Grants> {
  return reader(readAllow.schema, (node, problems, key) => {
    const given = readAllow(node, problems, `'${key}'`);
    return given === undefined ? undefined : { ...NOTHING, ...given };
  });
}
