/** `assay.ory` and the names that its modules had before. */
import assert from "node:assert/strict";
import { runLua } from "./support/lua.ts";

Deno.test("ory: its modules are those under their own names, old and new", async () => {
  const [result] = await runLua(`
    local ory = require("assay.ory")
    for _, name in ipairs({ "kratos", "hydra", "keto", "rbac" }) do
      assert(ory[name] == require("assay.ory." .. name), name)
    end
    for _, name in ipairs({ "kratos", "hydra", "keto" }) do
      assert(ory[name] == require("assay." .. name), name)
    end
    return "same"`);
  assert.equal(result, "same");
});

Deno.test("ory: connect gives a client of each service that has an address", async () => {
  const [result] = await runLua(`
    local ory = require("assay.ory")
    local all = ory.connect({
      kratos_public = "http://kratos:1/", kratos_admin = "http://kratos:2",
      hydra_public = "http://hydra:1", hydra_admin = "http://hydra:2/",
      keto_read = "http://keto:1/", keto_write = "http://keto:2",
    })
    local addresses = { all.kratos.public_url, all.kratos.admin_url, all.hydra.public_url, all.hydra.admin_url,
      all.keto.read_url, all.keto.write_url }
    local some = ory.connect({ hydra_admin = "http://hydra:2" })
    assert(next(ory.connect()) == nil and some.kratos == nil and some.keto == nil)
    return table.concat(addresses, " ") .. " " .. some.hydra.admin_url`);
  assert.equal(
    result,
    "http://kratos:1 http://kratos:2 http://hydra:1 http://hydra:2 http://keto:1 http://keto:2 http://hydra:2",
  );
});
