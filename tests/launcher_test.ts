/** bin/assay: the bundle that it starts is always one of the sources as they are. */
import assert from "node:assert/strict";
import { ROOT, withFolder } from "./support/assay.ts";

const SOURCES = ["bin", "builtins", "checks", "cli", "runtime", "scripts", "stdlib"];
const FILES = ["main.ts", "deno.json", "deno.lock"];
const BANNER = "export const BANNER";

/** A checkout of its own, of which a source prints a word when the program starts. */
async function withCheckout(work: (checkout: Checkout) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for (const name of SOURCES) await copy(`${ROOT}/${name}`, `${folder}/${name}`);
    for (const name of FILES) await Deno.copyFile(`${ROOT}/${name}`, `${folder}/${name}`);
    await work(new Checkout(folder));
  });
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

class Checkout {
  constructor(readonly folder: string) {}

  get bundle(): string {
    return `${this.folder}/dist/bundle/main.js`;
  }

  /** Makes the program print a word when it starts. */
  async say(word: string): Promise<void> {
    const path = `${this.folder}/main.ts`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, `${text.split(BANNER)[0]}${BANNER} = console.log("${word}");\n`);
  }

  async run(env: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await new Deno.Command(`${this.folder}/bin/assay`, {
      args: ["exec", "-e", "print('from Lua')"],
      env: { ASSAY_DENO: Deno.execPath(), ...env },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }
}

Deno.test("the launcher makes a bundle once, and again when a source has changed, however old the source says it is", async () => {
  await withCheckout(async (checkout) => {
    await checkout.say("one");
    assert.equal(await checkout.run(), "one\nfrom Lua\n");
    const { ino } = await Deno.stat(checkout.bundle);
    assert.equal(await checkout.run(), "one\nfrom Lua\n");
    assert.equal((await Deno.stat(checkout.bundle)).ino, ino);
    await checkout.say("two");
    await Deno.utime(`${checkout.folder}/main.ts`, 0, 0);
    assert.equal(await checkout.run(), "two\nfrom Lua\n");
    assert.notEqual((await Deno.stat(checkout.bundle)).ino, ino);
  });
});

Deno.test("first starts at the same time do not disturb each other", async () => {
  await withCheckout(async (checkout) => {
    const outputs = await Promise.all(Array.from({ length: 4 }, () => checkout.run()));
    assert.deepEqual(outputs, Array(4).fill("from Lua\n"));
    const left = Array.from(Deno.readDirSync(`${checkout.folder}/dist/bundle`)).filter((entry) =>
      !entry.isFile
    );
    assert.deepEqual(left, []);
  });
});

Deno.test("where no bundle can be made, the launcher starts the sources", async () => {
  await withCheckout(async (checkout) => {
    // A file in the folder's place stands for a checkout that cannot be written to, which nothing is for root
    await Deno.writeTextFile(`${checkout.folder}/dist`, "");
    assert.equal(await checkout.run(), "from Lua\n");
    await Deno.remove(`${checkout.folder}/dist`);
    await Deno.writeTextFile(`${checkout.folder}/scripts/bundle.ts`, "Deno.exit(1);");
    assert.equal(await checkout.run(), "from Lua\n");
    await checkout.say("still the sources");
    assert.equal(await checkout.run(), "still the sources\nfrom Lua\n");
  });
});

Deno.test("with ASSAY_BUNDLE=0 the launcher makes no bundle", async () => {
  await withCheckout(async (checkout) => {
    assert.equal(await checkout.run({ ASSAY_BUNDLE: "0" }), "from Lua\n");
    await assert.rejects(Deno.stat(checkout.bundle), Deno.errors.NotFound);
  });
});
