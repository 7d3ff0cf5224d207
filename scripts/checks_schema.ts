/** Writes docs/checks.schema.json, which editors use, anew: `deno task schema`. */
import { checksSchema } from "../checks/config/json_schema.ts";

const target = new URL("../docs/checks.schema.json", import.meta.url);
await Deno.writeTextFile(target, `${JSON.stringify(checksSchema(), null, 2)}\n`);
