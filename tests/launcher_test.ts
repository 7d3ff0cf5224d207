/** bin/assay: the bundle that it starts is always one of the sources as they are. */
import assert from "node:assert/strict";
import { ROOT, withFolder } from "./support/assay.ts";

const SOURCES = ["bin", "builtins", "checks", "cli", "runtime", "scripts", "stdlib"];
const FILES = ["main.ts", "deno.json", "deno.lock"];
const RUN = "cli/run.ts";

/** A checkout of its own, of which a source can be made to print a word. */
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
    return `${this.folder}/dist/bundle/assay.js`;
  }

  /** Makes the program print a word when it runs a script. */
  async say(word: string): Promise<void> {
    const path = `${this.folder}/${RUN}`;
    const text = await Deno.readTextFile(path);
    const changed = text.replace(
      /(function runInline\(.*\{\n)(?: *console\.log.*\n)?/,
      `$1  console.log(${JSON.stringify(word)});\n`,
    );
    assert.notEqual(changed, text);
    await Deno.writeTextFile(path, changed);
  }

  /** Starts assay with code. */
  start(code: string, env: Record<string, string> = {}): Deno.ChildProcess {
    return new Deno.Command(`${this.folder}/bin/assay`, {
      args: ["exec", "-e", code],
      env: { ASSAY_DENO: Deno.execPath(), ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async run(env: Record<string, string> = {}): Promise<string> {
    const child = this.start("print('from Lua')", env);
    await child.stdin.close();
    const { code, stdout, stderr } = await child.output();
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
    await Deno.utime(`${checkout.folder}/${RUN}`, 0, 0);
    assert.equal(await checkout.run(), "two\nfrom Lua\n");
    assert.notEqual((await Deno.stat(checkout.bundle)).ino, ino);
  });
});

Deno.test("a start after a change reads, writes and ends as any other", async () => {
  await withCheckout(async (checkout) => {
    await checkout.run();
    await checkout.say("changed");
    const child = checkout.start("print(io.read()) os.exit(3)");
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("a line\n"));
    await writer.close();
    const { code, stdout } = await child.output();
    assert.deepEqual([code, new TextDecoder().decode(stdout)], [3, "changed\na line\n"]);
  });
});

Deno.test("a start after a change hands signals on", async () => {
  await withCheckout(async (checkout) => {
    await checkout.run();
    await checkout.say("changed");
    const child = checkout.start("print('waits') io.stdout:flush() sleep(60)");
    await child.stdin.close();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let printed = "";
    while (!printed.endsWith("waits\n")) printed += (await reader.read()).value ?? "";
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await reader.cancel();
    await child.stderr.cancel();
  });
});

Deno.test("what the launcher finds of the sources is seen by no script, and left nowhere", async () => {
  await withCheckout(async (checkout) => {
    await checkout.run();
    const child = checkout.start("print(env.get('ASSAY_CHECK'), (io.popen('echo $ASSAY_CHECK'):read('a')))");
    await child.stdin.close();
    const { stdout } = await child.output();
    assert.equal(new TextDecoder().decode(stdout), "nil\t\n\n");
    const left = Array.from(Deno.readDirSync(`${checkout.folder}/dist/bundle`), ({ name }) => name);
    assert.deepEqual(left.filter((name) => !/\.js$|^deno\.lock$/.test(name)), []);
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
