/**
 * Runs every file of tests/lua/language/ in our engine without builtins, and in Debian's lua5.4, which so checks what
 * the files expect. Where 5.5 differs, the files ask for `_VERSION`.
 */
import { fromText } from "../runtime/seam/text.ts";
import { puc } from "./support/puc.ts";
import { testSession } from "./support/lua.ts";
import { checkLanguageTests, LANGUAGE_HARNESS } from "./support/language.ts";

const FOLDER = new URL("./lua/language/", import.meta.url);

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".lua")) continue;
  const source = fromText(LANGUAGE_HARNESS + Deno.readTextFileSync(new URL(name, FOLDER)));

  Deno.test(`lua/language/${name} in our engine`, async () => {
    const { session, printed } = await testSession({ visible: () => false });
    await session.run(source, name);
    checkLanguageTests(printed());
  });

  Deno.test(`lua/language/${name} in lua5.4`, async () => {
    const output = await puc(source);
    if (output !== undefined) checkLanguageTests(output);
  });
}
