/**
 * Makes dist/bundle/ of the sources: few files, which start faster than many. bin/assay runs it when there is none
 * or when a source has changed since, and starts dist/bundle/assay.js instead of main.ts.
 *
 * What is imported lazily stays in files of its own, and packages stay where Deno's cache has them.
 */
import * as esbuild from "esbuild";
import { MAIN, mergeFirstFile } from "./bundle/first_file.ts";
import { Packages } from "./bundle/packages.ts";
import { embeddedIn } from "../runtime/loader.ts";
import { contentHash } from "../runtime/lua/run/content_hash.ts";
import { asciiOnly, precompile } from "../runtime/lua/run/precompiled.ts";
import { mentionedWords } from "../runtime/mentioned_words.ts";
import { fromText } from "../runtime/seam/text.ts";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STDLIB = `${ROOT}stdlib/`;
const OUTPUT = `${ROOT}dist/bundle`;

/** What is imported lazily, but by every script, or by most. */
const NEEDED = ["cli/run.ts", "runtime/lua_engine.ts", "stdlib/mod.ts"];

const PRINT: esbuild.BuildOptions = {
  format: "esm",
  platform: "neutral",
  target: "esnext",
  packages: "external",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "silent",
};

/** How long files of former bundles are kept for processes that may still import them. Milliseconds. */
const KEPT = 30 * 24 * 3600 * 1000;

/**
 * Embedded modules come with their code: `require` in a bundle compiles nothing. Each has a file of its own, whose lines
 * and names esbuild leaves as they are: positions in messages depend on them.
 *
 * @param files Name → text of the files that are made
 */
function precompiledModules(files: Map<string, string>): esbuild.Plugin {
  const names = new Map<string, Promise<string>>();

  /** Makes the file of a module. @param path Below `stdlib/`, without extension @returns Its name */
  function make(path: string): Promise<string> {
    let name = names.get(path);
    if (name === undefined) names.set(path, name = write(path));
    return name;
  }

  async function write(path: string): Promise<string> {
    const text = await Deno.readTextFile(`${STDLIB}${path}.lua`);
    const source = fromText(text);
    const code = precompile(source, `assay/${path}.lua`, await contentHash(source));
    // What it requires is read with it
    const mentions = { modules: embeddedIn(source), words: mentionedWords(source) };
    const required = await Promise.all(mentions.modules.map(make));
    const imports = required.map((file) => `import "./${file}";\n`).join("");
    const contents = `${code}${imports}export const mentions=${JSON.stringify(mentions)};
export default ${asciiOnly(JSON.stringify(text))};\n`;
    const name = `${path.replaceAll("/", "-")}-${(await contentHash(contents)).slice(0, 8)}.lua.js`;
    files.set(name, contents);
    return name;
  }

  return {
    name: "precompiled modules",
    setup(build) {
      build.onResolve({ filter: /\.lua$/ }, async ({ path }) => {
        return { path: `./${await make(path.slice("./".length, -".lua".length))}`, external: true };
      });
    },
  };
}

async function build(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const packages = new Packages(imports);
  const split = await esbuild.build({
    ...PRINT,
    absWorkingDir: ROOT,
    entryPoints: [{ in: "main.ts", out: MAIN.replace(/\.js$/, "") }],
    outdir: OUTPUT,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    plugins: [precompiledModules(files), packages.plugin],
  });
  const merged = await mergeFirstFile(split, NEEDED, PRINT);
  await esbuild.stop();
  for (const [name, text] of merged) files.set(name, withoutEagerGraph(text));
  return files.set("deno.lock", packages.lock(await Deno.readTextFile(`${ROOT}deno.lock`)));
}

/**
 * Deno reads and analyses all files that it finds named in an import, also where none is imported in the end. What was
 * imported as text has become code.
 */
function withoutEagerGraph(text: string): string {
  return text.replace(/\bimport\(("\.\/[\w.-]+\.js")(?:,\{with:\{type:"text"\}\})?\)/g, "import(String($1))");
}

/**
 * Every file but the first is named after its content, so bundles of several states, made by several processes at
 * once, can share the folder. The first is replaced last: whoever reads it finds all that it imports.
 *
 * @param start What has changed from then on is not in the bundle: the time that the files get
 */
async function publish(files: ReadonlyMap<string, string>, start: Date): Promise<void> {
  const scratch = await Deno.makeTempDir({ dir: OUTPUT });
  try {
    for (const name of [...[...files.keys()].filter((name) => name !== MAIN), MAIN]) {
      await Deno.writeTextFile(`${scratch}/${name}`, files.get(name) ?? "");
      await Deno.utime(`${scratch}/${name}`, start, start);
      await Deno.rename(`${scratch}/${name}`, `${OUTPUT}/${name}`);
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function removeOld(now: Date): Promise<void> {
  for await (const { name } of Deno.readDir(OUTPUT)) {
    const path = `${OUTPUT}/${name}`;
    // Another process may remove it at the same time
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || now.getTime() - mtime.getTime() < KEPT) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

const start = new Date();
await Deno.mkdir(OUTPUT, { recursive: true });
await publish(await build(), start);
await removeOld(start);
