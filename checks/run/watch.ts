/** Waits for changes of the files that a run was made of. */
import { loadFiles, type LoadOptions } from "../config/load.ts";

/** How long files must be left alone: editors write in several steps. Milliseconds. */
const QUIET = 100;

/** The files of a run, and the folders whose files of checks belong to it. */
export interface Sources {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

/**
 * What a run of these paths reads: files of checks, those that they include, and files that settings name, such as
 * scripts. Of files that are wrong only the paths themselves are known.
 */
export function sourcesOf(paths: readonly string[], options: LoadOptions): Sources {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const real = resolve(path);
    if (isFolder(real)) folders.add(real);
    else files.add(real);
  }
  try {
    for (const { path, checks } of loadFiles(paths, options)) {
      files.add(resolve(path));
      for (const { settings } of checks) {
        for (const value of Object.values(settings)) {
          if (typeof value === "string" && /[./]/.test(value) && isFile(value)) files.add(resolve(value));
        }
      }
    }
  } catch {
    // The run itself says what is wrong
  }
  return { files, folders };
}

/** Notes changes from the moment it is made. */
export class Changes {
  readonly #watcher: Deno.FsWatcher;
  /** Settles when a file has changed and all have been left alone since, or with the end of watching. */
  readonly next: Promise<void>;

  /** @throws what the system says when it cannot watch */
  constructor(sources: Sources) {
    const folders = new Set([...sources.folders, ...[...sources.files].map(folderOf)].filter(isFolder));
    // Editors replace files: what is watched by itself is then gone
    this.#watcher = Deno.watchFs([...folders], { recursive: false });
    this.next = this.#first(sources);
  }

  close(): void {
    try {
      this.#watcher.close();
    } catch {
      // It has been closed before
    }
  }

  async #first(sources: Sources): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const { kind, paths } of this.#watcher) {
      if (kind === "access" || !paths.some((path) => belongsTo(path, sources))) continue;
      clearTimeout(timer);
      timer = setTimeout(() => this.close(), QUIET);
    }
    clearTimeout(timer);
  }
}

function belongsTo(path: string, { files, folders }: Sources): boolean {
  return files.has(path) || (/\.ya?ml$/.test(path) && folders.has(folderOf(path)));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

function resolve(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
