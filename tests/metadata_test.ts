/** The header of a Lua module as data, and that every embedded module has a good one. */
import assert from "node:assert/strict";
import { parseMetadata } from "../runtime/metadata.ts";
import { allModules } from "../stdlib/mod.ts";

Deno.test("metadata: every tag of a header is read", () => {
  const metadata = parseMetadata([
    "--- @module assay.tickets",
    "--- @description Tickets of the help desk",
    "--- @keywords tickets, help desk,, support ,",
    "--- @env TICKETS_URL, TICKETS_TOKEN",
    "--- @quickref c:get(id) -> ticket|nil | Get a ticket",
    "--- @quickref c:list() -> [ticket] | List tickets",
    "local M = {}",
    "function M.client(url)",
    "  function c.queue:get(id) end",
    "end",
    "function M:close() end",
    "local function helper() end",
  ].join("\n"));
  assert.deepEqual(metadata, {
    module: "assay.tickets",
    description: "Tickets of the help desk",
    keywords: ["tickets", "help desk", "support"],
    env: ["TICKETS_URL", "TICKETS_TOKEN"],
    quickrefs: [
      { signature: "c:get(id)", returns: "ticket|nil", description: "Get a ticket" },
      { signature: "c:list()", returns: "[ticket]", description: "List tickets" },
    ],
    functions: ["client", "queue:get", "close"],
  });
});

Deno.test("metadata: a quick reference splits at the first arrow, then at the first bar", () => {
  const source = "--- @quickref M.map(fn) -> a -> b | maps | each";
  assert.deepEqual(parseMetadata(source).quickrefs, [
    { signature: "M.map(fn)", returns: "a -> b", description: "maps | each" },
  ]);
});

Deno.test("metadata: quick references without arrow or bar are dropped", () => {
  const source = "--- @quickref M.a()\n--- @quickref M.b() -> x\n--- @quickref M.c() | no arrow\n";
  assert.deepEqual(parseMetadata(source).quickrefs, []);
});

for (
  const [end, source] of Object.entries({
    "a blank line": "--- @description kept\n\n--- @description lost",
    "code": "--- @description kept\nlocal x\n--- @description lost",
    "a plain comment": "--- @description kept\n-- note\n--- @description lost",
  })
) {
  Deno.test(`metadata: ${end} ends the header`, () => {
    assert.equal(parseMetadata(source).description, "kept");
  });
}

Deno.test("metadata: a file that begins with a shebang has no header", () => {
  assert.equal(parseMetadata("#!/usr/bin/assay\n--- @description lost").description, "");
});

Deno.test("metadata: a repeated tag replaces the earlier one, unknown tags are ignored", () => {
  const metadata = parseMetadata("--- @keywords a, b\n--- @colour red\n--- plain words\n--- @keywords c\n");
  assert.deepEqual(metadata.keywords, ["c"]);
});

Deno.test("metadata: Windows line ends do not stick to values", () => {
  const metadata = parseMetadata("--- @description Text\r\n--- @env A\r\nlocal M\r\n");
  assert.equal(metadata.description, "Text");
  assert.deepEqual(metadata.env, ["A"]);
});

Deno.test("metadata: an empty file has none", () => {
  assert.deepEqual(parseMetadata(""), {
    module: undefined,
    description: "",
    keywords: [],
    env: [],
    quickrefs: [],
    functions: [],
  });
});

for (const [path, source] of await allModules()) {
  const name = `assay.${path.replaceAll("/", ".")}`;
  Deno.test(`metadata: ${name} has a complete header`, () => {
    const metadata = parseMetadata(source);
    assert.equal(metadata.module, name);
    assert.notEqual(metadata.description, "");
    if (path.startsWith("internal/")) return;
    assert.ok(metadata.keywords.length > 0);
    const written = source.match(/^--- @quickref /gm) ?? [];
    assert.ok(written.length > 0);
    assert.equal(metadata.quickrefs.length, written.length);
  });
}
