/**
 * Puts what every script needs into the first file of a bundle: each further one costs 0.1 ms at every start.
 *
 * esbuild splits code so that no file holds more than what imports it needs: what two files import is in a file of its
 * own, and so is what is imported lazily.
 */
import * as esbuild from "esbuild";
import { createHash } from "node:crypto";
import { basename } from "node:path";

/**
 * The first file. bin/assay counts on its looking at what ASSAY_CHECK names, so a bundle whose first file does not must
 * call it otherwise: it may stand in the folder of another.
 */
export const MAIN = "assay.js";
const NAMESPACE = "split";

/** What esbuild makes of sources when it splits code. */
export type SplitBuild = esbuild.BuildResult<{ write: false; metafile: true }>;

/** Files by their names, with what they import and export. */
type Graph = ReadonlyMap<string, esbuild.Metafile["outputs"][string]>;

/**
 * Merges files into the first one, with all that they import.
 *
 * @param lazy Sources that are imported lazily, but at every start
 * @param print How files are printed
 * @returns The files by their names. The names of the others tell what was merged, so that the files of several
 *   bundles can share a folder
 */
export async function mergeFirstFile(
  { outputFiles, metafile }: SplitBuild,
  lazy: readonly string[],
  print: esbuild.BuildOptions,
): Promise<Map<string, string>> {
  const graph: Graph = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]),
  );
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const entries = lazy.map((source) => fileOf(source, graph));
  const merged = withImports([MAIN, ...entries], graph);
  const key = keyOf(merged, graph);
  // What is none of these files keeps its name, as does what imports the others
  const withKeys = (name: string) =>
    name === MAIN || !graph.has(name) ? name : name.replace(/\.js$/, `-${key}.js`);
  const options = { ...print, bundle: true, write: false, outdir: "/" } as const;

  const first = await esbuild.build({
    ...options,
    stdin: { contents: exportsOfAll(merged, graph), resolveDir: "/" },
    plugins: [
      files(withKeys, async (name) => {
        if (!merged.has(name)) return undefined;
        return importedAtOnce(await withOwnUrl(texts.get(name) ?? "", name), entries);
      }),
    ],
  });
  const others = Array.from(texts.keys()).filter((name) => !merged.has(name));
  const rest = await esbuild.build({
    ...options,
    entryPoints: others.map((name) => ({ in: `./${name}`, out: withKeys(name).replace(/\.js$/, "") })),
    plugins: [files(withKeys, (name, kind) => {
      if (kind === "entry-point") return importedFromFirst(texts.get(name) ?? "", merged);
      if (!merged.has(name) || name === MAIN) return undefined;
      // What is imported for its effect alone has had it
      return kind === "import-statement" ? "" : exportsFromFirst(name, graph);
    })],
  });
  const result = new Map(rest.outputFiles.map(({ path, text }) => [basename(path), text]));
  return result.set(MAIN, first.outputFiles[0]?.text ?? "");
}

/**
 * @param rename The name of a file that stays one of its own
 * @param text The text of a file that is put into others
 */
function files(
  rename: (name: string) => string,
  text: (name: string, kind: esbuild.ImportKind) => string | undefined | Promise<string | undefined>,
): esbuild.Plugin {
  return {
    name: "files",
    setup(build) {
      build.onResolve({ filter: /^\.\// }, async ({ path, kind }) => {
        const name = path.slice(2);
        const contents = await text(name, kind);
        return contents === undefined
          ? { path: `./${rename(name)}`, external: true }
          : { path: name, namespace: NAMESPACE, pluginData: contents };
      });
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ pluginData }) => ({
        contents: pluginData,
        loader: "js",
        resolveDir: "/",
      }));
    },
  };
}

function fileOf(source: string, graph: Graph): string {
  for (const [name, { entryPoint }] of graph) if (entryPoint === source) return name;
  throw new Error(`nothing imports ${source} lazily`);
}

function withImports(names: readonly string[], graph: Graph): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) {
    for (const { path, kind, external } of graph.get(name)?.imports ?? []) {
      if (kind === "import-statement" && external !== true) found.add(basename(path));
    }
  }
  return found;
}

/** Names the sources of the merged files: which file another is to import is a question of these alone. */
function keyOf(merged: ReadonlySet<string>, graph: Graph): string {
  const sources = Array.from(merged, (name) => Object.keys(graph.get(name)?.inputs ?? {})).flat().sort();
  return createHash("sha256").update(sources.join("\n")).digest("hex").slice(0, 8);
}

/** A file goes by the name that it had, which tells what is in it. */
async function withOwnUrl(text: string, name: string): Promise<string> {
  if (!text.includes("import.meta.url")) return text;
  const { code } = await esbuild.transform(text, {
    define: { "import.meta.url": "ownUrl" },
    banner: `const ownUrl=/* @__PURE__ */new URL("./${name}",import.meta.url).href;`,
    minifyWhitespace: true,
  });
  return code;
}

/** Has merged files at hand what they would import lazily. */
function importedAtOnce(text: string, entries: readonly string[]): string {
  return entries.reduce((code, name, i) => {
    const there = code.replaceAll(`import("./${name}")`, `Promise.resolve(lazy${i})`);
    return there === code ? code : `import*as lazy${i} from"./${name}";${there}`;
  }, text);
}

/** What the first file calls an export of a merged file: two may have the same name. */
function nameInFirst(file: string, name: string): string {
  return `${file.replace(/\W/g, "_")}_${name}`;
}

function exportsOfAll(merged: ReadonlySet<string>, graph: Graph): string {
  const exported = Array.from(merged).filter((file) => file !== MAIN).map((file) => {
    const names = (graph.get(file)?.exports ?? []).map((name) => `${name} as ${nameInFirst(file, name)}`);
    return `export{${names}}from"./${file}";`;
  });
  // Last: it begins to run at once
  return `${exported.join("")}import"./${MAIN}";`;
}

/** What stands for a merged file where it is imported lazily. */
function exportsFromFirst(file: string, graph: Graph): string {
  const names = (graph.get(file)?.exports ?? []).map((name) => `${nameInFirst(file, name)} as ${name}`);
  return `export{${names}}from"./${MAIN}";`;
}

/** Imports, as esbuild writes them, from merged files. What stood for these would import all that they export. */
function importedFromFirst(text: string, merged: ReadonlySet<string>): string {
  return text.replace(/\bimport\{([^{}]*)\}from"\.\/([\w.-]+)"/g, (statement, list: string, file: string) => {
    if (!merged.has(file)) return statement;
    const names = list.split(",").map((item) => {
      const [name = "", local = name] = item.split(" as ");
      return `${nameInFirst(file, name)} as ${local}`;
    });
    return `import{${names}}from"./${MAIN}"`;
  });
}
