/** `expect.status` of http checks: a number, a class such as `2xx`, or a list of them. */
import { integer } from "./scalars.ts";
import { either, list, type Reader, reader } from "./schema.ts";

/** A status, or a class of them. */
export type StatusPattern = number | `${1 | 2 | 3 | 4 | 5}xx`;

const CLASS = /^[1-5]xx$/;

function one(): Reader<StatusPattern> {
  const number = integer(100, 599);
  return reader<StatusPattern>(
    { anyOf: [number.schema, { type: "string", pattern: CLASS.source }] },
    (node, problems, key) => {
      if (node.kind === "string" && CLASS.test(node.text)) return node.text as StatusPattern;
      return number(node, problems, key);
    },
  );
}

/** Reads the statuses of which an answer must have one. */
export function statuses(): Reader<StatusPattern[]> {
  const single = reader<StatusPattern[]>(one().schema, (node, problems, key) => {
    const status = one()(node, problems, key);
    return status === undefined ? undefined : [status];
  });
  return either({ kinds: ["sequence"], read: list(one()) }, { kinds: [], read: single });
}

/** Whether a status is one of those that are expected. */
export function hasStatus(expected: readonly StatusPattern[], status: number): boolean {
  return expected.some((pattern) =>
    typeof pattern === "number" ? pattern === status : Number(pattern[0]) === Math.floor(status / 100)
  );
}
