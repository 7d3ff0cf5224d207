/** `db.transaction` itself, in Lua: so its function runs in the task that calls it, which may be cancelled. */
import { bindFunction, fn } from "../../runtime/seam/declare.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { instance } from "../../runtime/seam/params.ts";
import { fromText } from "../../runtime/seam/text.ts";
import { isFunction, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";
import { named } from "./failure.ts";
import { Transaction } from "./handle.ts";

const CHUNK = "db.lua";

// What fails in `begin` and `commit` gets the position of the caller of db.transaction, as the errors of other
// builtins do
const SOURCE = `
local begin, commit, rollback, pcall, error, pack, unpack, gsub = ...
local function bare(problem)
  return (gsub(problem, "^db%.lua:%d+: ", ""))
end
return function(connection, fn, options)
  local began, tx = pcall(begin, connection, fn, options)
  if not began then error(bare(tx), 2) end
  local results = pack(pcall(fn, tx))
  if not results[1] then
    rollback(tx)
    error(results[2], 0)
  end
  local committed, problem = pcall(commit, tx)
  if not committed then error(bare(problem), 2) end
  return unpack(results, 2, results.n)
end`;

const commit = fn({
  params: [instance("tx", "db transaction", Transaction)],
  returns: "nil",
  doc: "Commit a transaction",
  run: (_host, tx) => named("db.transaction", () => tx.commit()),
});

const rollback = fn({
  params: [instance("tx", "db transaction", Transaction)],
  returns: "nil",
  doc: "Roll a transaction back",
  run: (_host, tx) => tx.rollback(),
});

/** Puts the function that runs a whole transaction in the place of the one in `table` that only begins it. */
export function completeTransaction(host: Host, table: LuaTable): void {
  const { globals } = host.vm;
  const tables = globals.get("table") as LuaTable;
  const strings = globals.get("string") as LuaTable;
  const parts: LuaValue[] = [
    table.get("transaction"),
    bindFunction(host, "db.transaction", commit),
    bindFunction(host, "db.transaction", rollback),
    globals.get("pcall"),
    globals.get("error"),
    tables.get("pack"),
    tables.get("unpack"),
    strings.get("gsub"),
  ];
  const made = host.call(host.vm.load(fromText(SOURCE), CHUNK), ...parts);
  // A chunk that only makes a function waits for nothing
  if (made instanceof Promise || !isFunction(made[0])) throw new TypeError("db.transaction cannot be made");
  table.set("transaction", made[0]);
}
