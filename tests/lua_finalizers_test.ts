/** What finalizers and warnings do in a whole process, to its end. */
import assert from "node:assert/strict";
import { assay } from "./support/assay.ts";

async function run(code: string): Promise<{ stdout: string; stderr: string; status: number }> {
  return await assay(["exec", "-e", code], { env: { RUST_LOG: "warn" } });
}

Deno.test("what is alive at the end is finalized then, the last marked first", async () => {
  const { stdout, status } = await run(`
    local mt = { __gc = function(o) print("end of " .. o.name) end }
    keep = {}
    for i = 1, 3 do keep[i] = setmetatable({ name = "object " .. i }, mt) end
    local loop = setmetatable({ name = "in a cycle" }, mt)
    loop.self = loop
    print("script ends")`);
  assert.equal(stdout, "script ends\nend of in a cycle\nend of object 3\nend of object 2\nend of object 1\n");
  assert.equal(status, 0);
});

Deno.test("a finalizer at the end may make objects, which get none any more", async () => {
  const { stdout, status } = await run(`
    local mt = {}
    mt.__gc = function(o)
      print(getmetatable(o) == mt)
      Revived = setmetatable({}, mt)
    end
    Kept = setmetatable({}, mt)`);
  assert.equal(stdout, "true\n");
  assert.equal(status, 0);
});

Deno.test("finalizers run after an error too, and their own errors are warnings", async () => {
  const { stdout, stderr, status } = await run(`
    warn("@on")
    Bad = setmetatable({}, { __gc = function() error("no good", 0) end })
    Good = setmetatable({}, { __gc = function() print("still run") end })
    Waits = setmetatable({}, { __gc = function() sleep(1) end })
    error("first")`);
  assert.equal(stdout, "still run\n");
  assert.match(stderr, /ERROR .*first/);
  assert.match(stderr, /WARN .*error in __gc \(no good\)/);
  assert.match(stderr, /WARN .*error in __gc \(.*cannot wait/);
  assert.equal(status, 1);
});

Deno.test("warnings are shown when they are on", async () => {
  const { stderr } = await run(`
    warn("unseen")
    warn("@on")
    warn("seen ", "in ", "parts")
    warn("@off")
    warn("unseen")
    warn("@unknown")`);
  assert.match(stderr, /WARN seen in parts\n$/);
  assert.doesNotMatch(stderr, /unseen|unknown/);
});

Deno.test("objects that nothing leads to are finalized while tasks wait", async () => {
  const { stdout } = await run(`
    local done
    do setmetatable({}, { __gc = function() done = true end }) end
    for i = 1, 100 do
      local t = {}
      for j = 1, 1000 do t[j] = { j } end
      sleep(0.001)
      if i % 10 == 0 then collectgarbage("step") end
      if done then break end
    end
    print(done)`);
  assert.equal(stdout, "true\n");
});
