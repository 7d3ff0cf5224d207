/** The JSON Schema of files of checks: a validator of others says with it what assay says. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load as parseYaml } from "js-yaml";
import { checksSchema } from "../checks/config/json_schema.ts";
import { ConfigError, parseChecks } from "../checks/config/load.ts";
import { CHECK_TYPES } from "../checks/types/registry.ts";
import { assay, ROOT } from "./support/assay.ts";

const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
  .compile(checksSchema());

/** What is wrong with a file of checks: as assay says it; nothing where it is in order. */
function problemOf(yaml: string): string | undefined {
  try {
    parseChecks(yaml, "f.yaml");
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function isValid(yaml: string): boolean {
  return validate(parseYaml(yaml));
}

/** A check of each type, as short as it may be. */
const SHORTEST: Readonly<Record<string, string>> = {
  http: "type: http, url: 'http://h/'",
  prometheus: "type: prometheus, url: 'http://h', query: up, expect: {min: 1}",
  script: "type: script, file: a.lua",
  tcp: "type: tcp, host: h, port: 80",
  dns: "type: dns, host: example.com",
  tls: "type: tls, host: h",
  sql: "type: sql, url: 'sqlite://a.db', query: select 1",
  exec: "type: exec, command: [a]",
  k8s: "type: k8s, kind: Deployment, object: a",
  grpc_health: "type: grpc_health, host: h, port: 80",
  ws: "type: ws, url: 'ws://h/'",
};

Deno.test("docs/checks.schema.json is what assay check --schema prints", async () => {
  const published = await Deno.readTextFile(`${ROOT}docs/checks.schema.json`);
  const { status, stdout } = await assay(["check", "--schema"]);
  assert.equal(status, 0);
  assert.ok(stdout === published, "it is stale: run deno task schema");
});

Deno.test("the shortest check of each type is valid for assay and for editors", () => {
  for (const { name } of CHECK_TYPES) {
    const yaml = `{checks: [{name: a, ${SHORTEST[name]}}]}`;
    assert.equal(problemOf(yaml), undefined, name);
    assert.ok(isValid(yaml), `${name}: ${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("a misspelt key is told with its place and the one that was meant, in every type", () => {
  for (const { name, keys } of CHECK_TYPES) {
    const [key = ""] = Object.keys(keys);
    const yaml = `checks:\n  - {name: a, ${SHORTEST[name]}, ${key}q: x}\n`;
    const column = (yaml.split("\n")[1] ?? "").indexOf(`${key}q`) + 1;
    assert.equal(problemOf(yaml), `f.yaml:2:${column}: unknown key '${key}q': did you mean '${key}'?`);
    assert.equal(isValid(yaml), false, name);
  }
});

Deno.test("a misspelt expectation is told with its place and the one that was meant, in every type", () => {
  for (const { name, expect } of CHECK_TYPES) {
    const [key] = Object.keys(expect);
    if (key === undefined) continue;
    const check = SHORTEST[name]?.replace(/, expect: .*$/, "");
    const yaml = `checks:\n  - {name: a, ${check}, expect: {${key}q: x}}\n`;
    const column = (yaml.split("\n")[1] ?? "").indexOf(`${key}q`) + 1;
    const problem = problemOf(yaml) ?? "";
    assert.ok(
      problem.includes(`f.yaml:2:${column}: unknown key '${key}q': did you mean '${key}'?`),
      `${name}: ${problem}`,
    );
    assert.equal(isValid(yaml), false, name);
  }
});

Deno.test("a key that is required and missing, and one that belongs elsewhere, are told in every type", () => {
  for (const { name, keys } of CHECK_TYPES) {
    const needed = Object.keys(keys).filter((key) => keys[key]?.required);
    const yaml = `checks:\n  - {name: a, type: ${name}}\n`;
    for (const key of needed) {
      assert.match(problemOf(yaml) ?? "", new RegExp(`f\\.yaml:2:5: required key '${key}' is missing`));
    }
    if (needed.length > 0) assert.equal(isValid(yaml), false, name);
    const foreign = name === "script" ? "url: 'http://h/'" : "file: a.lua";
    const misplaced = `checks:\n  - {name: a, ${SHORTEST[name]}, ${foreign}}\n`;
    if (Object.hasOwn(keys, name === "script" ? "url" : "file")) continue;
    assert.match(
      problemOf(misplaced) ?? "",
      /^f\.yaml:2:\d+: key '\w+' does not go with type '\w+': it belongs to /,
    );
    assert.equal(isValid(misplaced), false, name);
  }
});

Deno.test("keys that all checks and files share: good ones", () => {
  const good = [
    "checks: []",
    `include: [${ROOT}examples]`,
    `{timeout: 1m, retries: 0, backoff: {initial: 1s, factor: 3, max: 10s, jitter: true}, parallel: 5,
      vars: {a: 1, b: {value: x, secret: true}, c: null}, secrets: [TOKEN], allow: {net: true, read: [/etc]}, checks: []}`,
    "retries: ${N:-1}\nparallel: true\nchecks: []",
    `{checks: [{name: 'a \${r}', ${
      SHORTEST["http"]
    }, matrix: {r: [eu, us, 3]}, timeout: 5s, retries: 2, backoff: 1s,
      delay: 1ms, retry_if: status >= 500, depends_on: [], tags: [x], severity: warn, skip: 'false',
      only_if: 'true', allow: {run: [ls]}, env: {A: b}}]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, expect: {min: 3}}, {name: b, ${
      SHORTEST["script"]
    }, expect: {status: 200}}]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, expect: }]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, expect: {status: [200, 3xx], headers: {a: b, c: {matches: d}},
      body: {contains: [x, y]}, json: ['.a == 1', '.b exists'], latency: 100ms}}]}`,
  ];
  for (const yaml of good) {
    assert.equal(problemOf(yaml), undefined, yaml);
    assert.ok(isValid(yaml), `${yaml}\n${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("keys that all checks and files share: bad ones", () => {
  const bad = [
    "{}",
    "checks: {}",
    "{checks: [], retries: -1}",
    "{checks: [], retries: many}",
    "{checks: [], timeout: 5}",
    "{checks: [], timeout: 5 minutes}",
    "{checks: [], parallel: 0}",
    "{checks: [], colour: red}",
    "{checks: [], allow: {nets: true}}",
    "{checks: [], backoff: {first: 1s}}",
    "{checks: [], vars: [a]}",
    "{checks: [{name: a}]}",
    "{checks: [{type: http, url: 'http://h/'}]}",
    "{checks: [{name: a, type: htp, url: 'http://h/'}]}",
    `{checks: [{name: a, ${SHORTEST["http"]}, severity: error}]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, matrix: {r: eu}}]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, expect: {status: 700}}]}`,
    `{checks: [{name: a, ${SHORTEST["http"]}, expect: {statuss: 200}}]}`,
    `{checks: [{name: a, ${SHORTEST["tcp"]}, expect: {status: 200}}]}`,
  ];
  for (const yaml of bad) {
    assert.notEqual(problemOf(yaml), undefined, yaml);
    assert.equal(isValid(yaml), false, yaml);
  }
});

Deno.test("every key of every type has a description", () => {
  const schema = checksSchema() as {
    $defs: Record<string, { properties?: Record<string, { description?: string }> }>;
  };
  for (const [name, { properties = {} }] of Object.entries(schema.$defs)) {
    for (const [key, { description }] of Object.entries(properties)) {
      assert.ok(description !== undefined && description !== "", `${name}.${key}`);
    }
  }
});
