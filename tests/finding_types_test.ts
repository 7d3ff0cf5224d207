/** `assay types`: stubs that are Lua, whose annotations are LuaCATS, and that say what scripts may call. */
import assert from "node:assert/strict";
import { ShapeError, shapeResults, shapeType } from "../cli/stubs/shape.ts";
import { GLOBALS } from "../builtins/registry.ts";
import { loadEngine } from "../runtime/engines.ts";
import { fromText } from "../runtime/seam/text.ts";
import { assay, withFolder } from "./support/assay.ts";
import { readAnnotations } from "./support/luacats.ts";

/** Runs `assay types` into a folder and gives its files. */
async function inStubs(body: (stubs: ReadonlyMap<string, string>) => void | Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const { status, stdout, stderr } = await assay(["types", "--output", `${folder}/stubs`], { cwd: folder });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
    assert.match(stderr, /^\d+ stubs are in .*: name that folder in "workspace\.library"/);
    await body(await filesIn(`${folder}/stubs`));
  });
}

async function filesIn(folder: string, prefix = ""): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    const path = prefix + name;
    if (isDirectory) { for (const [key, text] of await filesIn(folder, `${path}/`)) files.set(key, text); }
    else files.set(path, await Deno.readTextFile(`${folder}/${path}`));
  }
  return files;
}

async function parses(source: string, name: string): Promise<void> {
  const engine = await loadEngine();
  const vm = engine.createVm({ write() {}, warn() {}, memory: 2 ** 28 });
  vm.load(fromText(source), name);
  vm.close();
}

Deno.test("types: every stub is Lua and well-formed LuaCATS, and every class that one uses is declared", () =>
  inStubs(async (stubs) => {
    const classes = new Set<string>();
    const used = new Map<string, string>();
    for (const [path, text] of stubs) {
      await parses(text, path);
      assert.match(text, /^---@meta/);
      const declarations = readAnnotations(text);
      for (const name of declarations.classes) {
        assert.ok(!classes.has(name), `${name} is declared twice`);
        classes.add(name);
      }
      for (const name of declarations.used) used.set(name, path);
    }
    for (const [name, path] of used) assert.ok(classes.has(name), `${path} uses ${name}`);
  }));

Deno.test("types: lua5.4 runs every stub, and gets a table of functions from those of modules", {
  ignore: !await hasLua(),
}, () =>
  inStubs(async (stubs) => {
    const modules = [...stubs.keys()].filter((path) => path.startsWith("assay/"));
    assert.ok(modules.length > 30);
    await withFolder(async (folder) => {
      for (const [path, text] of stubs) {
        await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
        await Deno.writeTextFile(`${folder}/${path}`, text);
      }
      const code = [...stubs.keys()].map((path) =>
        `local x = dofile("${path}") ${
          path.startsWith("assay/") ? `assert(type(x) == "table", "${path}")` : `assert(x == nil)`
        }`
      ).map((line) => `do ${line} end`).join("\n");
      // The stubs replace `assert` and others
      await Deno.writeTextFile(
        `${folder}/all.lua`,
        `local assert, dofile, type = assert, dofile, type\n${code}`,
      );
      const { code: status, stderr } = await new Deno.Command("lua5.4", { args: ["all.lua"], cwd: folder })
        .output();
      assert.equal(new TextDecoder().decode(stderr), "");
      assert.equal(status, 0);
    });
  }));

Deno.test("types: every function of every global has a stub", () =>
  inStubs(async (stubs) => {
    for (const { name, load } of GLOBALS) {
      const { default: global } = await load();
      const text = stubs.get(`globals/${name}.lua`) ?? "";
      const functions = [...Object.keys(global.functions ?? {}), ...Object.keys(global.aliases ?? {})];
      for (const key of functions) assert.ok(text.includes(`\nfunction ${name}.${key}(`), `${name}.${key}`);
      for (const [object, { methods }] of Object.entries(global.objects ?? {})) {
        assert.ok(text.includes(`---@class builtin.${name}.${object}\n`));
        for (const key of Object.keys(methods)) {
          assert.ok(text.includes(`${object}:${key}(`), `${object}:${key}`);
        }
      }
    }
  }));

Deno.test("types: a client's methods are completed in both forms", () =>
  inStubs((stubs) => {
    const grafana = stubs.get("assay/grafana.lua") ?? "";
    assert.match(grafana, /^---@meta assay\.grafana$/m);
    assert.match(grafana, /^---@return assay\.grafana\.client\nfunction M\.client\(url, opts\) end$/m);
    assert.match(
      grafana,
      /^---@param opts \{ api_key\?: any, username\?: any, password\?: any, \[string\]: any \}$/m,
    );
    assert.match(grafana, /^---@field folders assay\.grafana\.client\.folders$/m);
    assert.match(
      grafana,
      /^---@class assay\.grafana\.client\.folders\n---@overload fun\(self: assay\.grafana\.client\): \{ id: any/m,
    );
    assert.match(grafana, /^function client_folders:list\(\) end$/m);
    assert.match(stubs.get("assay/openbao.lua") ?? "", /^---@class assay\.openbao: assay\.vault$/m);
  }));

Deno.test("types: options are classes, whose fields editors complete", () =>
  inStubs((stubs) => {
    const http = stubs.get("globals/http.lua") ?? "";
    assert.match(
      http,
      /^---@return \{ status: integer, body: string, headers: table<string, string>, .*\}\nfunction http\.get\(/m,
    );
    assert.match(http, /^---@class builtin\.http\.get\.opts\n(---@field .*\n)*---@field timeout\? number$/m);
    assert.match(
      http,
      /^---@param opts\? builtin\.http\.get\.opts\n---@return .*\nfunction http\.post\(url, body, opts\)/m,
    );
  }));

Deno.test("types: all stubs in one file for standard output, where require gives each module's class", async () => {
  const { status, stdout } = await assay(["types"]);
  assert.equal(status, 0);
  await parses(stdout, "stubs.lua");
  readAnnotations(stdout);
  assert.match(stdout, /^---@overload fun\(name: "assay\.ory\.kratos"\): assay\.ory\.kratos$/m);
});

Deno.test("types: a module of the project has a stub too, whatever its header and its name say", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/modules`);
    const header = [
      "--- @description broken ]] types",
      "--- @quickref M.end(function, a b) -> {[( | what\u0007 is this",
      "--- @quickref c:go(opts?) -> ticket|nil | Go; opts: {a = [, b}",
      "--- @quickref M.odd(?, ...) -> x | Odd parameters",
      "--- @quickref nonsense -> ]] | no signature",
    ];
    await Deno.writeTextFile(`${folder}/modules/od'd \"name.lua`, header.join("\n"));
    const { stdout } = await assay(["types"], { cwd: folder });
    await parses(stdout, "stubs.lua");
    const { classes } = readAnnotations(stdout);
    assert.ok(classes.has("assay.od_d__name"));
    assert.match(
      stdout,
      /^---Go; opts:.*\n---@param opts\? table\n---@return any\nfunction client:go\(opts\) end$/m,
    );
  }));

Deno.test("types: a folder that cannot be written to is told", async () => {
  const { status, stderr } = await assay(["types", "--output", "/proc/nothing"]);
  assert.equal(status, 1);
  assert.match(stderr, /^error: writing stubs to \/proc\/nothing: /);
});

for (
  const [written, expected] of Object.entries({
    "string|nil": "string|nil",
    "[{name, type}]": "{ name: any, type: any }[]",
    "[string|integer]": "(string|integer)[]",
    "{a, b?: string}": "{ a: any, b?: string }",
    "{key = value}": "table<string, any>",
    "{[any]: function|bool}": "table<any, function|boolean>",
    "{a, ...}": "{ a: any, [string]: any }",
    '"file"|"closed file"|nil': '"file"|"closed file"|nil',
    "function(tx)": "fun(tx: any)",
    "{METHOD = {[path] = function(req)}}": "table<string, table<any, fun(req: any)>>",
    '{Authorization, ["Content-Type"]}': '{ Authorization: any, ["Content-Type"]: any }',
    "string?": "string|nil",
    "db connection": "any",
  })
) {
  Deno.test(`types: ${written} becomes ${expected}`, () => assert.equal(shapeType(written), expected));
}

Deno.test("types: several results, and any number of them", () => {
  assert.deepEqual(shapeResults("true|nil, string?"), [
    { type: "true|nil", rest: false },
    { type: "string|nil", rest: false },
  ]);
  assert.deepEqual(shapeResults("any..."), [{ type: "any", rest: true }]);
  assert.deepEqual(shapeResults("nil"), []);
  for (const text of ["{a", "a]", "[", "", "(", "a,,b"]) {
    assert.throws(() => shapeResults(text), ShapeError, text);
  }
});

async function hasLua(): Promise<boolean> {
  try {
    return (await new Deno.Command("lua5.4", { args: ["-v"] }).output()).success;
  } catch {
    return false;
  }
}
