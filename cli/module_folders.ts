import type { ModuleFolders } from "./catalogue/load.ts";

/** Where modules on disk are: of the project, and of the user. See README, "Modules". */
export function moduleFolders(): ModuleFolders {
  const home = Deno.env.get("HOME");
  const user = Deno.env.get("ASSAY_MODULES_PATH") ??
    (home === undefined ? undefined : `${home}/.assay/modules`);
  return { project: "./modules", user };
}
