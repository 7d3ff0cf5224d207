/** Heavy packages: nothing is imported before a function needs it, and however assay is started it is there then. */
import assert from "node:assert/strict";
import { ROOT, shell, withFolder } from "./support/assay.ts";

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
    cwd: ROOT,
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

/** Uses each of the heavy packages; the address is one that nobody listens on. */
const CODE = `
print(template.render_string("{{ x.center(3) }}{{ 1.0 }}", { x = "a" }))
print(markdown.to_html("*b*"))
print(select(2, pcall(temporal.connect, { url = "127.0.0.1:1" })))`;

const PRINTED = " a 1.0\n<p><em>b</em></p>\n\n" +
  'temporal connect: cannot reach "127.0.0.1:1": Connection refused (os error 111)\n';

for (const bundled of ["1", "0"]) {
  Deno.test(`heavy packages work by bin/assay with ASSAY_BUNDLE=${bundled}`, async () => {
    const { status, stdout } = await shell(`ASSAY_BUNDLE=${bundled} "$ASSAY" "$@"`, ["exec", "-e", CODE]);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: PRINTED });
  });
}

Deno.test("heavy packages work in one file, as deno compile embeds it", async () => {
  await withFolder(async (folder) => {
    const bundle = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--minify", "--output", `${folder}/assay.js`, "main.ts"],
      cwd: ROOT,
      stderr: "null",
    }).output();
    assert.ok(bundle.success);
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--no-config", `${folder}/assay.js`, "exec", "-e", CODE],
      cwd: folder,
      stderr: "null",
    }).output();
    assert.deepEqual([success, new TextDecoder().decode(stdout)], [true, PRINTED]);
  });
});
