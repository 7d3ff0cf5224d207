/** Files of checks: what is accepted, and every mistake found before anything runs. */
import assert from "node:assert/strict";
import { ConfigError, parseChecks } from "../checks/config/load.ts";

/** The problems of a text, a line each, without the path. */
function problems(yaml: string): string[] {
  try {
    parseChecks(yaml, "c.yaml");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((line) => line.replace(/^c\.yaml:/, ""));
  }
  return [];
}

const CHECK = "  - {name: a, type: http, url: 'http://localhost/'}\n";

Deno.test("a file without settings gets the documented ones", () => {
  const { plan, checks } = parseChecks(`checks:\n${CHECK}`, "c.yaml");
  assert.deepEqual(plan, {
    timeout: 120_000,
    retries: 3,
    backoff: { kind: "linear", step: 5000 },
    parallel: 1,
  });
  assert.deepEqual(checks.map(({ name }) => name), ["a"]);
});

Deno.test("settings are read in their units", () => {
  const plan = (text: string) => parseChecks(`${text}\nchecks: []`, "c.yaml").plan;
  assert.equal(plan("timeout: 2m").timeout, 120_000);
  assert.equal(plan("timeout: ' 250ms '").timeout, 250);
  assert.deepEqual(plan("backoff: 0s").backoff, { kind: "linear", step: 0 });
  assert.equal(plan("retries: 0").retries, 0);
  assert.equal(plan("parallel: true").parallel, 50);
  assert.equal(plan("parallel: false").parallel, 1);
  assert.equal(plan("parallel: 7").parallel, 7);
});

Deno.test("the example of the documentation is accepted", () => {
  const text = `timeout: 120s # Max time for all checks
retries: 3
backoff: 5s
parallel: false
checks:
  - name: api-health
    type: http
    url: https://api.example.com/health
    follow_redirects: false
    expect:
      status: 200
      json: ".status == \\"healthy\\""
  - name: high-cpu
    type: prometheus
    url: http://prometheus:9090
    query: "avg(rate(cpu_usage[5m]))"
    expect:
      max: 0.8
  - name: empty-expect
    type: http
    url: http://localhost
    expect:
  - name: ignored-keys
    type: http
    url: http://localhost
    expect: {min: 1, max: 2}
`;
  assert.equal(parseChecks(text, "c.yaml").checks.length, 4);
});

Deno.test("anchors, aliases and merge keys are understood", () => {
  const { checks } = parseChecks(
    `checks:
  - &base {name: a, type: http, url: 'http://localhost/', expect: &ok {status: 204}}
  - {<<: *base, name: b}
  - {name: c, type: http, url: 'http://localhost/', expect: *ok}`,
    "c.yaml",
  );
  assert.deepEqual(checks.map(({ name }) => name), ["a", "b", "c"]);
});

Deno.test("all problems are found at once, in the order of the file, with line and column", () => {
  assert.deepEqual(
    problems(`timeot: 5s
retries: -1
backoff: 5h
parallel: yes
checks:
  - name: 1
    type: htp
    url: x
  - type: http
    url: http://localhost
    query: up
    expect: {statu: 200, json: '.a = 1', body: 5}
  - 7
  - name: x
    type: script
    env: [1]
`),
    [
      "1:1: unknown key 'timeot': did you mean 'timeout'?",
      "2:10: 'retries' must be a whole number of at least 0: current value is -1",
      "3:10: 'backoff' must be a whole number and a unit, ms, s or m, such as '30s': current value is the text '5h'",
      "4:11: 'parallel' must be true, false or how many checks run at a time: current value is the text 'yes'",
      "6:11: 'name' must be text: current value is 1 (put it in quotes)",
      "7:11: unknown check type 'htp': did you mean 'http'?",
      "8:10: 'url' must be an http:// or https:// URL",
      "9:5: required key 'name' is missing",
      "11:5: key 'query' does not go with type 'http': it belongs to 'prometheus' and 'sql'",
      "12:14: unknown key 'statu': did you mean 'status'?",
      "12:32: 'json': unsupported JSON expression syntax: it must be like .status == \"ok\": current value is the text '.a = 1'",
      "12:48: 'body' must be text: current value is 5 (put it in quotes)",
      "13:5: checks[2] must be a mapping of keys to values: current value is 7",
      "14:5: required key 'file' is missing",
      "16:10: 'env' must be a mapping of names to text: current value is a list",
    ],
  );
});

Deno.test("each type says which of its keys is missing", () => {
  const missing = (check: string) => problems(`checks: [{${check}}]`).join("\n");
  assert.match(missing("name: a"), /1:10: required key 'type' is missing/);
  assert.match(missing("type: http, name: a"), /required key 'url' is missing/);
  assert.match(missing("type: prometheus, name: a, url: 'http://x'"), /required key 'query' is missing/);
  assert.match(missing("type: script, name: a"), /required key 'file' is missing/);
  assert.match(problems("retries: 1").join(), /1:1: required key 'checks' is missing/);
});

Deno.test("a wrong duration is refused whatever is wrong with it", () => {
  for (const text of ["5", "5 s", "1.5s", "-1s", "5h", "", "1s2ms", "[5s]", "99999m"]) {
    assert.match(problems(`timeout: ${text}\nchecks: []`).join(), /^1:\d+: 'timeout' must be /, text);
  }
});

Deno.test("what is no file of checks is refused in one line", () => {
  const cases: [string, RegExp][] = [
    ["", /^1:1: the file is empty/],
    ["# nothing\n", /^1:1: the file is empty/],
    ["---\n...\n", /^1:1: the file is empty/],
    ["- a", /^1:1: the file must be a mapping/],
    ["just text", /^1:1: the file must be a mapping.*the text 'just text'/],
    ["checks: []\n---\nchecks: []\n", /^2:1: a second document starts here/],
    ["checks: []\nchecks: []", /^2:1: duplicate key 'checks': line 1 has it already/],
    ["checks: [\n", /^2:1: not valid YAML: /],
    ["checks: *none", /^1:9: unknown alias '\*none'/],
    ["checks: &a [*a]", /^1:13: alias '\*a' stands inside what it names/],
    ["checks: []\n? [a]\n: b", /^2:3: a key must be a word/],
    ["checks: !x []", /the tag '!x' does not go here/],
    [`checks: ${"[".repeat(1000)}`, /^1:\d+: not valid YAML: /],
  ];
  for (const [text, message] of cases) {
    const found = problems(text);
    assert.match(found[0] ?? "accepted", message, text);
  }
});

Deno.test("columns count characters, lines whatever ends them", () => {
  assert.deepEqual(problems('checks: []\r\n"é😀": 1\r\nx: 1'), [
    "2:1: unknown key 'é😀': known are timeout, retries, backoff, parallel, vars, secrets, include, allow, checks",
    "3:1: unknown key 'x': known are timeout, retries, backoff, parallel, vars, secrets, include, allow, checks",
  ]);
  assert.deepEqual(problems("checks: [{name: é😀, typ: http}]"), [
    "1:10: required key 'type' is missing",
    "1:21: unknown key 'typ': did you mean 'type'?",
  ]);
});

Deno.test("at most 20 problems are shown", () => {
  const many = problems(`checks:\n${"  - 1\n".repeat(50)}`);
  assert.equal(many.length, 21);
  assert.equal(many.at(-1), " 30 more problems not shown");
});

Deno.test("aliases of aliases cannot grow without end", () => {
  const levels = Array.from(
    { length: 40 },
    (_, i) => `  k${i}: &l${i} [${i ? `*l${i - 1}, *l${i - 1}` : "1"}]`,
  );
  assert.match(problems(`checks: []\nx:\n${levels.join("\n")}`).join(), /^2:1: unknown key 'x'/);
});

Deno.test("a URL with a password is not repeated in a message", () => {
  const found = problems("checks: [{name: a, type: http, url: 'ftp://user:secret@host/'}]").join();
  assert.match(found, /'url' must be an http/);
  assert.doesNotMatch(found, /secret/);
});
