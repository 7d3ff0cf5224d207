/** Opens the SQLite file that the argument names and prints what the script gets to see. */
import { fromText } from "../../runtime/seam/text.ts";
import { testSession } from "./lua.ts";

const { session } = await testSession({ memory: Infinity });
session.vm.globals.set("url", fromText(Deno.args[0] ?? ""));
const [ok, problem] = await session.run("return pcall(db.connect, url)", "test.lua");
console.log(ok ? "opened" : String(problem));
