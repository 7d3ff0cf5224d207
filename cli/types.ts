/** `assay types [--output DIR|-]`: what editors need to complete and check scripts. */
import { GLOBALS } from "../builtins/registry.ts";
import { MODES, NOTHING, restrictTo, union } from "../runtime/permissions.ts";
import { describeSystemError } from "../runtime/seam/error.ts";
import { writeError, writeText } from "../runtime/output.ts";
import { VERSION } from "../runtime/seam/version.ts";
import { allModules } from "../stdlib/mod.ts";
import type { TypesCommand } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { loadCatalogue } from "./catalogue/load.ts";
import { moduleFolders } from "./module_folders.ts";
import { globalStubs } from "./stubs/globals.ts";
import { className, moduleStub } from "./stubs/modules.ts";

const HEAD = `-- Stubs of assay ${VERSION}, made by 'assay types'\n`;

/** Writes the stubs. @returns the exit status */
export async function writeTypes({ output }: TypesCommand): Promise<number> {
  const folders = moduleFolders();
  const embedded = await allModules();
  const declarations = await Promise.all(GLOBALS.map(async ({ load }) => (await load()).default));
  restrictTo(
    output === "-" ? MODES.modules.grants : union(MODES.modules.grants, { ...NOTHING, write: true }),
  );
  const modules = moduleStubs(loadCatalogue(folders), embedded);
  const globals = globalStubs(declarations);
  if (output === "-") writeText(oneFile(globals, modules));
  else writeFolder(output, globals, modules);
  return 0;
}

function moduleStubs(
  entries: ReturnType<typeof loadCatalogue>,
  embedded: ReadonlyMap<string, string>,
): Map<string, string> {
  const modules = entries.filter(({ kind }) => kind === "module");
  return new Map(modules.map((entry) => {
    const source = entry.source === "builtin"
      ? embedded.get(entry.name.slice(6).replaceAll(".", "/"))
      : undefined;
    const [, same] = /^return require\("(assay\.[\w.]+)"\)/m.exec(source ?? "") ?? [];
    return [entry.name, moduleStub(entry, same)];
  }));
}

/** All in one, where `require` gives a module's class by its name. */
function oneFile(globals: ReadonlyMap<string, string>, modules: ReadonlyMap<string, string>): string {
  const parts = [...globals.values(), ...modules.values()].map((stub) => `do\n${stub}end\n`);
  // A name with quotes in it can be no literal type
  const overloads = [...modules.keys()].filter((name) => className(name) === name)
    .map((name) => `---@overload fun(name: "${name}"): ${name}\n`);
  return `---@meta\n${HEAD}\n${parts.join("\n")}\n${
    overloads.join("")
  }---@param name string\n---@return any\n` +
    `function require(name) end\n`;
}

/** A file a global and a module, where `require` finds them by their paths. */
function writeFolder(
  folder: string,
  globals: ReadonlyMap<string, string>,
  modules: ReadonlyMap<string, string>,
): void {
  const files = new Map<string, string>();
  for (const [name, stub] of globals) files.set(`globals/${name}.lua`, `---@meta\n${HEAD}\n${stub}`);
  for (const [name, stub] of modules) {
    files.set(
      `${name.replaceAll(".", "/")}.lua`,
      `---@meta ${className(name)}\n${HEAD}\n${stub}\nreturn M\n`,
    );
  }
  try {
    for (const [name, text] of files) {
      const path = `${folder}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, text);
    }
  } catch (error) {
    throw new Failure(`writing stubs to ${folder}: ${describeSystemError(error)}`, 1, { cause: error });
  }
  writeError(
    `${files.size} stubs are in ${folder}: name that folder in "workspace.library" of the editor's .luarc.json\n`,
  );
}
