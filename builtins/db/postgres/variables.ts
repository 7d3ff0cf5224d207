/** The variables that the driver looks for by itself, such as PGAPPNAME. */
import process from "node:process";

let isHidden = false;

/** Where variables must not be read the driver finds none, instead of an error. */
export function hideVariables(): void {
  if (isHidden || Deno.permissions.querySync({ name: "env" }).state === "granted") return;
  Object.defineProperty(process, "env", { value: {} });
  isHidden = true;
}
