/** The resolvers that the system asks. */
import type { Resolver } from "./type.ts";

const PORT = 53;

/** Reads `/etc/resolv.conf`, see resolv.conf(5); none where it cannot be read. */
export function systemResolvers(): Resolver[] {
  let text: string;
  try {
    text = Deno.readTextFileSync("/etc/resolv.conf");
  } catch {
    // What is missing is told when a name is to be resolved: permission denied
    return [];
  }
  return Array.from(text.matchAll(/^\s*nameserver\s+([\da-fA-F.:]+)/gm), ([, address = ""]) => ({
    address,
    port: PORT,
  }));
}
