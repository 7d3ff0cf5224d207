/** What scripts have become is kept between runs, which nothing but time may show. */
import assert from "node:assert/strict";
import { ROOT, withFolder } from "./support/assay.ts";

/** Makes a script long enough to be kept. */
const FILLER = `\n-- ${"x".repeat(78)}`.repeat(60);

interface Place {
  readonly cache: string;
  readonly script: string;
}

/** A script in a folder of its own, and a folder for what is kept. */
async function withScript(text: string, work: (place: Place) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const place = { cache: `${folder}/cache`, script: `${folder}/job.lua` };
    await Deno.writeTextFile(place.script, text + FILLER);
    await work(place);
  });
}

/** Runs a script in the program as it is bundled: only there code is kept. */
async function run(
  { cache, script }: Place,
  options: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}bin/assay`, {
    args: ["run", ...options, script],
    stdin: "null",
    env: { ASSAY_DENO: Deno.execPath(), ASSAY_CACHE: cache, RUST_LOG: "error", NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr).replaceAll(/^\S+Z +/gm, "") };
}

function kept({ cache }: Place): string[] {
  return Array.from(Deno.readDirSync(cache), ({ name }) => `${cache}/${name}`);
}

/** What is kept of the only script. */
function onlyKept(place: Place): string {
  const [file = "", ...others] = kept(place);
  assert.match(file, /\/[0-9a-f]{64}\.js$/);
  assert.deepEqual(others, []);
  return file;
}

const WAITING = `
local function work(n)
  sleep(0)
  if n == 3 then error({ code = n }) end
  return n .. "," .. 9007199254740993 .. "," .. 2.0
end
print(work(1), pcall(work, 3))
local t = nil
print(t.field)`;

Deno.test("a script says the same in every run, and keeps what only its user may read and write", async () => {
  await withScript(WAITING, async (place) => {
    const first = await run(place);
    assert.equal(first.code, 1);
    assert.match(first.stdout, /^1,9007199254740993,2\.0\tfalse\ttable: /);
    assert.match(first.stderr, /job\.lua:9: attempt to index a nil value \(local 't'\)/);
    const file = onlyKept(place);
    assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    assert.equal((Deno.statSync(place.cache).mode ?? 0) & 0o777, 0o700);
    const { ino } = Deno.statSync(file);
    for (let again = 0; again < 2; again++) {
      const { code, stdout, stderr } = await run(place);
      assert.equal(code, 1);
      assert.equal(stdout.replace(/0x\w+/, ""), first.stdout.replace(/0x\w+/, ""));
      assert.equal(stderr, first.stderr);
    }
    assert.equal(Deno.statSync(onlyKept(place)).ino, ino);
  });
});

Deno.test("what is kept is what runs, and a script that has changed is another one", async () => {
  await withScript('print("one")', async (place) => {
    await run(place);
    const file = onlyKept(place);
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replaceAll('"one"', '"kept"'));
    assert.equal((await run(place)).stdout, "kept\n");
    await Deno.writeTextFile(place.script, `print("two")${FILLER}`);
    assert.equal((await run(place)).stdout, "two\n");
    assert.equal(kept(place).length, 2);
  });
});

Deno.test("a script that ends itself is kept, one that is no Lua is not", async () => {
  await withScript("print('on its way') os.exit(3)", async (place) => {
    assert.equal((await run(place)).code, 3);
    onlyKept(place);
  });
  await withScript("print(", async (place) => {
    assert.equal((await run(place)).code, 1);
    assert.throws(() => kept(place), Deno.errors.NotFound);
  });
});

Deno.test("a file into which others can write is not run, nor one in such a folder, nor one that a link leads to", async () => {
  await withScript('print("one")', async (place) => {
    await run(place);
    const file = onlyKept(place);
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replaceAll('"one"', '"theirs"'));
    assert.equal((await run(place)).stdout, "theirs\n");
    await Deno.chmod(file, 0o622);
    assert.equal((await run(place)).stdout, "one\n");

    const theirs = (await Deno.readTextFile(file)).replaceAll('"one"', '"theirs"');
    await Deno.writeTextFile(file, theirs);
    assert.equal((await run(place)).stdout, "theirs\n");
    await Deno.chmod(place.cache, 0o777);
    assert.equal((await run(place)).stdout, "one\n");

    await Deno.chmod(place.cache, 0o700);
    await Deno.writeTextFile(`${place.cache}/../theirs.js`, theirs);
    await Deno.remove(file);
    await Deno.symlink(`${place.cache}/../theirs.js`, file);
    assert.equal((await run(place)).stdout, "one\n");
  });
});

Deno.test("a file that is no code is as good as none", async () => {
  await withScript('print("one")', async (place) => {
    await run(place);
    const file = onlyKept(place);
    const whole = await Deno.readTextFile(file);
    for (const text of ["", "no code", "export const description = {};", whole.slice(0, whole.length / 2)]) {
      await Deno.writeTextFile(file, text);
      assert.deepEqual(await run(place), { code: 0, stdout: "one\n", stderr: "" }, text);
    }
  });
});

Deno.test("nothing is kept where it is not wanted or cannot be, and scripts run all the same", async () => {
  await withScript('print("one")', async (place) => {
    for (const cache of ["", "0"]) assert.equal((await run({ ...place, cache })).stdout, "one\n");
    await Deno.writeTextFile(place.cache, "a file in the folder's place");
    assert.deepEqual(await run(place), { code: 0, stdout: "one\n", stderr: "" });
    await Deno.remove(place.cache);
    assert.equal((await run(place, ["--deny-net"])).stdout, "one\n");
    assert.equal((await run(place, ["--engine", "fengari"])).stdout, "one\n");
    assert.throws(() => kept(place), Deno.errors.NotFound);
  });
});

Deno.test("without a folder of its own the cache is below the user's caches", async () => {
  await withScript('print("one")', async (place) => {
    const { cache, script } = place;
    const { code, stderr } = await new Deno.Command(`${ROOT}bin/assay`, {
      args: [script],
      env: {
        ASSAY_DENO: Deno.execPath(),
        XDG_CACHE_HOME: cache,
        DENO_DIR: `${cache}/deno`,
        RUST_LOG: "error",
      },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    onlyKept({ ...place, cache: `${cache}/assay` });
  });
});

Deno.test("the code is shown as it is generated, whether it is kept or not", async () => {
  await withScript('print("one")', async (place) => {
    await run(place);
    const { stdout, stderr } = await run(place, ["--dump-js"]);
    assert.equal(stdout, "one\n");
    assert.match(stderr, /function F0_\d+/);
  });
});

Deno.test("no more than a hundred scripts are kept, the last ones", async () => {
  await withScript('print("one")', async (place) => {
    await run(place);
    const first = onlyKept(place);
    await Deno.utime(first, 1, 1);
    for (let i = 0; i < 99; i++) await Deno.copyFile(first, `${place.cache}/${i}.js`);
    await Deno.writeTextFile(place.script, `print("two")${FILLER}`);
    assert.equal((await run(place)).stdout, "two\n");
    assert.equal(kept(place).length, 100);
    assert.ok(!kept(place).includes(first));
  });
});
