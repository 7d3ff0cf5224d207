/**
 * Runs the files of tests/lua/language/ and tests/lua/library/ as code that is run step by step: it means there what it
 * means as generated code.
 */
import { fromText } from "../runtime/seam/text.ts";
import { checkLanguageTests, LANGUAGE_HARNESS } from "./support/language.ts";
import { luaTests, testSession } from "./support/lua.ts";

/** A chunk that mentions it is run step by step. */
const STEPPED = "--[[debug.sethook]] ";

/**
 * Frames of code that is run step by step are larger, and what is no longer used counts until it is collected: with
 * less, deep recursion may end for want of memory before the stack overflows. Bytes.
 */
const MEMORY = 1024 * 1024 * 1024;

function luaFiles(folder: string): URL[] {
  const url = new URL(`./lua/${folder}/`, import.meta.url);
  const names = [...Deno.readDirSync(url)].map(({ name }) => name).filter((name) => name.endsWith(".lua"));
  return names.sort().map((name) => new URL(name, url));
}

function nameOf({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

for (const file of luaFiles("language")) {
  Deno.test(`lua/language/${nameOf(file)} step by step`, async () => {
    const source = fromText(STEPPED + LANGUAGE_HARNESS + Deno.readTextFileSync(file));
    const { session, printed } = await testSession({ visible: () => false, memory: MEMORY });
    await session.run(source, nameOf(file));
    checkLanguageTests(printed());
  });
}

for (const file of luaFiles("library")) {
  Deno.test(
    `lua/library/${nameOf(file)} step by step`,
    (t) => luaTests(t, file, { engine: "lua", prefix: STEPPED }),
  );
}
