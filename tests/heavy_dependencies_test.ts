/** What is imported before a function needs it: nothing heavy. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

const HEAVY = /minijinja-js|markdown-it|@temporalio|@grpc|protobufjs/;

interface ModuleInfo {
  specifier: string;
  npmPackage?: string;
  dependencies?: { specifier: string; isDynamic?: boolean; code?: { specifier?: string } }[];
}

/** What is loaded with a module: all that it imports, not what it imports only later. */
async function staticImports(path: string): Promise<string[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: fileURLToPath(ROOT),
    stderr: "null",
  }).output();
  assert.ok(success);
  const { roots, modules, redirects = {} } = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: ModuleInfo[];
    redirects?: Record<string, string>;
  };
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set<string>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const module = byName.get(redirects[name] ?? name);
    if (loaded.has(name)) continue;
    loaded.add(name);
    for (const { isDynamic, code } of module?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) pending.push(code.specifier);
    }
  }
  return [...loaded];
}

for (
  const path of [
    "main.ts",
    "builtins/template/mod.ts",
    "builtins/markdown/mod.ts",
    "builtins/temporal/mod.ts",
  ]
) {
  Deno.test(`${path} loads nothing heavy by itself`, async () => {
    const loaded = await staticImports(path);
    assert.ok(loaded.length > 3);
    assert.deepEqual(loaded.filter((name) => HEAVY.test(name)), []);
  });
}

Deno.test("what is heavy would be found", async () => {
  const loaded = await staticImports("builtins/template/engine.ts");
  assert.ok(loaded.some((name) => HEAVY.test(name)));
});
