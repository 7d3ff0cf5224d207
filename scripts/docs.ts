/**
 * Makes what is generated of the declarations of globals and the headers of modules: the pages of docs/reference,
 * llms.txt, the tables of the README, and cli/catalogue/builtin.json, which `assay modules` and `assay context` read.
 *
 * With `--check` nothing is written: the status is 1 when something is not what it would be.
 */
import { fileURLToPath } from "node:url";
import { generate } from "./docs/generate.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REFERENCE = "docs/reference";
const check = Deno.args.includes("--check");

const files = await generate(ROOT);
const stale: string[] = [];
for (const [path, text] of files) {
  const current = await Deno.readTextFile(ROOT + path).catch(() => undefined);
  if (current === text) continue;
  stale.push(path);
  if (!check) await write(ROOT + path, text);
}
for (const path of await obsolete()) {
  stale.push(path);
  if (!check) await Deno.remove(ROOT + path);
}
if (check && stale.length > 0) {
  console.error(`error: not up to date: ${stale.join(", ")}: run 'deno task docs'`);
  Deno.exit(1);
}
console.log(stale.length === 0 ? "all is up to date" : `written: ${stale.join(", ")}`);

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Pages of what is no more. */
async function obsolete(): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(ROOT + REFERENCE)) {
    const path = `${REFERENCE}/${name}`;
    if (!files.has(path)) paths.push(path);
  }
  return paths;
}
