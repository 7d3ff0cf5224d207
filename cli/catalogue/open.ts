import { MODES, restrictTo } from "../../runtime/permissions.ts";
import { moduleFolders } from "../module_folders.ts";
import type { Entry } from "./entry.ts";
import { loadCatalogue } from "./load.ts";

/** Reads the catalogue with no more permissions than that takes: the process has lost the others afterwards. */
export function openCatalogue(): Entry[] {
  const folders = moduleFolders();
  restrictTo(MODES.modules.grants);
  return loadCatalogue(folders);
}
