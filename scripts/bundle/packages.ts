/** The packages of a bundle, which Deno finds without deno.json: reading that costs 2 ms at every start. */
import type { Plugin } from "esbuild";
import { fileURLToPath } from "node:url";

/** What deno.lock says of packages. */
interface LockFile {
  readonly version: string;
  /** What is asked for → the version that it is. */
  readonly specifiers: Readonly<Record<string, string>>;
  /** By name and version. Other packages are named as in `specifiers`, or by their name where there is one version. */
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
  readonly optionalPeers?: readonly string[];
}

/**
 * Packages of one file whose compiled code Deno does not keep as it keeps that of a bundle's files: re2js takes 14 ms to
 * compile at every start that needs it. They are put into the bundle.
 */
const PUT_IN = ["js-yaml", "re2js"];

/** Names packages in full: `npm:jose@6.2.17`. */
export class Packages {
  readonly #imports: Readonly<Record<string, string>>;
  readonly #names: readonly string[];
  readonly #used = new Set<string>();

  /** @param imports Those of deno.json */
  constructor(imports: Readonly<Record<string, string>>) {
    this.#imports = imports;
    this.#names = Object.keys(imports).sort((a, b) => b.length - a.length);
  }

  /** For esbuild. */
  get plugin(): Plugin {
    return {
      name: "packages",
      setup: (build) => {
        build.onResolve({ filter: /^[^./]/ }, async ({ path, kind }) => {
          if (kind === "entry-point") return undefined;
          const file = PUT_IN.includes(path) ? await cachedFile(path) : undefined;
          return file === undefined ? { path: this.#inFull(path), external: true } : { path: file };
        });
      },
    };
  }

  #inFull(path: string): string {
    const name = this.#names.find((name) => path === name || (name.endsWith("/") && path.startsWith(name)));
    if (name === undefined) return path;
    const full = this.#imports[name] ?? "";
    this.#used.add(full.replace(/^npm:\/?/, "npm:").replace(/\/$/, ""));
    return full + path.slice(name.length);
  }

  /**
   * The lock file of what has been named, as text.
   *
   * @param text That of all packages
   * @throws {Error} When a package is not in it
   */
  lock(text: string): string {
    const { version, specifiers, npm } = JSON.parse(text) as LockFile;
    const wanted = Object.entries(specifiers).filter(([specifier]) => this.#used.has(specifier));
    if (wanted.length < this.#used.size) {
      throw new Error("deno.lock does not have all that deno.json imports");
    }
    const packages = closure(wanted.map(([specifier, version]) => withVersion(specifier, version)), npm);
    return `${JSON.stringify({ version, specifiers: Object.fromEntries(wanted), npm: packages })}\n`;
  }
}

/** The file of a package, where Deno's cache has it. */
async function cachedFile(name: string): Promise<string | undefined> {
  try {
    const path = fileURLToPath(import.meta.resolve(name));
    return (await Deno.stat(path)).isFile ? path : undefined;
  } catch {
    return undefined;
  }
}

/** `jose@6.2.17`, as the lock file has it, of `npm:jose@6.2.17`. */
function withVersion(specifier: string, version: string): string {
  return `${specifier.slice("npm:".length, specifier.lastIndexOf("@"))}@${version}`;
}

/** Packages with all that they depend on. */
function closure(roots: readonly string[], npm: LockFile["npm"]): LockFile["npm"] {
  const byName = Map.groupBy(Object.keys(npm), (key) => key.replace(/(?<=.)@.*$/, ""));
  const found = new Set(roots);
  for (const key of found) {
    const { dependencies = [], optionalDependencies = [], optionalPeers = [] } = npm[key] ?? {};
    for (const name of [...dependencies, ...optionalDependencies, ...optionalPeers]) {
      for (const each of name in npm ? [name] : byName.get(name) ?? []) found.add(each);
    }
  }
  return Object.fromEntries(Object.entries(npm).filter(([key]) => found.has(key)));
}
