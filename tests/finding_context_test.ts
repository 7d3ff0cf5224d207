/** `assay context`: what a query finds, in which order, and how it is shown. */
import assert from "node:assert/strict";
import type { Entry } from "../cli/catalogue/entry.ts";
import { loadCatalogue } from "../cli/catalogue/load.ts";
import { nearWords } from "../cli/catalogue/near.ts";
import { search } from "../cli/catalogue/search.ts";
import { assay, withFolder } from "./support/assay.ts";

const EMBEDDED = loadCatalogue({ project: "/nowhere", user: undefined });

function found(query: string, entries: readonly Entry[] = EMBEDDED): string[] {
  return search(entries, query).found.map(({ name }) => name);
}

function entry(name: string, rest: Partial<Entry> = {}): Entry {
  return {
    name,
    source: "builtin",
    kind: "module",
    description: "",
    keywords: [],
    env: [],
    quickrefs: [],
    functions: [],
    ...rest,
  };
}

Deno.test("context: a module is shown with its description, variables and methods, then the globals", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/modules`);
    await Deno.writeTextFile(
      `${folder}/modules/tickets.lua`,
      [
        "--- @module assay.tickets",
        "--- @description Tickets of the help desk",
        "--- @env TICKETS_URL, TICKETS_TOKEN",
        "--- @quickref c:get(id) -> ticket|nil | Get a ticket",
        "--- @quickref c:list() -> [ticket] | List tickets",
      ].join("\n"),
    );
    const { status, stdout, stderr } = await assay(["context", "tickets"], { cwd: folder });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    const [before = "", after = ""] = stdout.split("## Built-in Functions");
    assert.equal(
      before,
      [
        "# Assay Module Context",
        "",
        "## Matching Modules",
        "",
        "### assay.tickets",
        "Tickets of the help desk",
        "Env: TICKETS_URL, TICKETS_TOKEN",
        "Methods:",
        "  c:get(id) -> ticket|nil | Get a ticket",
        "  c:list() -> [ticket] | List tickets",
        "",
        "",
      ].join("\n"),
    );
    assert.match(after, /^- base64: base64\.encode\(bytes, opts\?\), base64\.decode\(text, opts\?\)$/m);
    assert.match(after, /^- sleep: sleep\(seconds\)$/m);
  }));

Deno.test("context: where nothing matches it says so, shows the globals, and succeeds", async () => {
  for (const query of ["zzzzqqqq", "", "!?", "grafna zzzzqqqq"]) {
    const { status, stdout } = await assay(["context", query]);
    assert.equal(status, 0);
    assert.match(stdout, /^# Assay Module Context\n\nNo matching modules found/);
    assert.match(stdout, /^- http: http\.get\(url, opts\?\)/m);
  }
});

Deno.test("context: at most five modules, or as many as --limit says", async () => {
  const count = async (...args: string[]) =>
    (await assay(["context", "kubernetes", ...args])).stdout.match(/^### /gm)?.length;
  assert.equal(await count(), 5);
  assert.equal(await count("--limit", "2"), 2);
  assert.equal(await count("-l", "1"), 1);
});

Deno.test("context: several arguments are one query", async () => {
  const { stdout } = await assay(["context", "external", "secrets"]);
  assert.match(stdout, /^### assay\.eso$/m);
});

Deno.test("context: every module is the first that its own name finds, dotted or not", () => {
  for (const { name } of EMBEDDED.filter(({ kind }) => kind === "module")) {
    assert.equal(found(name)[0], name, name);
    const short = name.slice("assay.".length);
    // Globals of the same name come first or second
    assert.ok(found(short).slice(0, 2).includes(name), `${short}: ${found(short).join(" ")}`);
  }
});

Deno.test("context: the module for a product is the first that the product's name finds", () => {
  assert.equal(found("kubernetes")[0], "assay.k8s");
  assert.equal(found("Kubernets")[0], "assay.k8s");
  assert.equal(found("vault")[0], "assay.vault");
});

Deno.test("context: all words must match, whatever their case and wherever they stand", () => {
  const entries = [
    entry("assay.a", { keywords: ["Alerts"], functions: ["create_silence"] }),
    entry("assay.b", { description: "alerts without the other" }),
  ];
  assert.deepEqual(found("ALERTS silence", entries), ["assay.a"]);
  assert.deepEqual(found("alerts", entries).sort(), ["assay.a", "assay.b"]);
});

Deno.test("context: words with underscores are found as they are, and by their parts", () => {
  const entries = [
    entry("assay.a", { functions: ["create_project"] }),
    entry("assay.b", { functions: ["create", "project"] }),
  ];
  assert.deepEqual(found("create_project", entries), ["assay.a"]);
  assert.deepEqual(found("project create", entries).sort(), ["assay.a", "assay.b"]);
});

Deno.test("context: keywords count more than a name, and that more than descriptions and functions", () => {
  const filler = Array.from({ length: 20 }, (_, i) => entry(`assay.filler${i}`, { keywords: ["other"] }));
  const ranked = [
    entry("assay.a", { description: "gates" }),
    entry("gates.b", { description: "thing" }),
    entry("assay.c", { keywords: ["gates"] }),
  ];
  assert.deepEqual(found("gates", [...filler, ...ranked]), ["assay.c", "gates.b", "assay.a"]);
});

Deno.test("context: scores are those of SQLite's FTS5", async () => {
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE VIRTUAL TABLE m USING fts5(name UNINDEXED, keywords, title, description, functions)");
  const insert = db.prepare("INSERT INTO m VALUES (?, ?, ?, ?, ?)");
  const modules = EMBEDDED.filter(({ kind }) => kind === "module");
  for (const { name, keywords, description, functions } of modules) {
    insert.run(name, keywords.join(" "), name, description, functions.join(" "));
  }
  const select = db.prepare("SELECT name FROM m WHERE m MATCH ? ORDER BY bm25(m, 0, 3, 2, 1, 1), name");
  for (
    const query of [
      "oauth2",
      "secrets",
      "metrics query",
      "alerts",
      "health",
      "token",
      "feature flags",
      "sync",
    ]
  ) {
    const match = query.split(" ").map((word) => `"${word}"`).join(" ");
    const expected = select.all(match).map((row) => String(row["name"]));
    assert.deepEqual(found(query, modules), expected, query);
  }
  db.close();
});

Deno.test("context: what only the descriptions of functions have is found when nothing else is", () => {
  const entries = [entry("assay.a", {
    quickrefs: [{ signature: "c:x()", returns: "nil", description: "Quarantine a host" }],
  })];
  assert.deepEqual(found("quarantine host", entries), ["assay.a"]);
});

for (
  const [wrong, right] of Object.entries({
    promethues: "assay.prometheus",
    grafna: "assay.grafana",
    kubernets: "assay.k8s",
    prom: "assay.prometheus",
    zitadell: "assay.zitadel",
    vualt: "assay.vault",
  })
) {
  Deno.test(`context: '${wrong}' finds ${right}`, () => {
    const { found, replaced } = search(EMBEDDED, wrong);
    assert.ok(found.slice(0, 5).some(({ name }) => name === right));
    assert.ok(replaced.has(wrong));
  });
}

Deno.test("context: the answer tells which words were replaced", async () => {
  const { stdout } = await assay(["context", "promethues", "targets"]);
  assert.match(
    stdout,
    /^# Assay Module Context\n\nNothing knows 'promethues': this is for 'prometheus'\.\n\n## Mat/,
  );
  assert.match(stdout, /^### assay\.prometheus$/m);
});

Deno.test("near words: one fault in short words, two in longer ones, beginnings, and no wild guesses", () => {
  const known = ["secret", "secrets", "loki", "vault", "dex", "s3", "prometheus"];
  assert.deepEqual(nearWords("secerts", known), ["secrets"]);
  assert.deepEqual(nearWords("lokki", known), ["loki"]);
  assert.deepEqual(nearWords("prom", known), ["prometheus"]);
  assert.deepEqual(nearWords("secre", known), ["secret", "secrets"]);
  assert.deepEqual(nearWords("xyz", known), []);
  assert.deepEqual(nearWords("s4", known), []);
  assert.deepEqual(nearWords("kubernetes", known), []);
});

Deno.test("context: any query is answered, however odd or long", () => {
  for (
    const query of ["'\"*:()", "a".repeat(100_000), "NEAR(a b)", "__proto__ constructor", "\0", "–", "ä ö"]
  ) {
    assert.ok(Array.isArray(found(query)), query.slice(0, 20));
  }
});
