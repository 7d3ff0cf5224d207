/** `assay check` beyond one run: reports in files, --dry-run, --watch, --every, --serve, and how they end. */
import assert from "node:assert/strict";
import type { Report } from "../checks/run/result.ts";
import { assay, assayCommand, awaitLine, withFolder } from "./support/assay.ts";
import { findBrowser, withBrowser } from "./support/browser.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

/** Runs `body` in a folder with these files. */
function withFiles(
  files: Readonly<Record<string, string>>,
  body: (cwd: string) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    const hanging = { "hang.lua": "sleep(1000)" };
    for (const [name, text] of Object.entries({ ...hanging, ...files })) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await body(folder);
  });
}

function check(name: string, url: string, more = ""): string {
  return `{name: ${name}, type: http, url: '${url}/'${more}}`;
}

Deno.test("reports go where they are told to, each as whole as before the run or after it", async () => {
  await using server = new MockServer({ status: 200 });
  const longer = "x".repeat(10_000);
  const files = { "c.yaml": `{retries: 0, checks: [${check("a", server.url)}]}`, "out.xml": longer };
  await withFiles(files, async (cwd) => {
    const reports = ["junit=out.xml", "json=out.json", "html=out.html", "pretty"].flatMap((
      one,
    ) => ["--report", one]);
    const { status, stdout, stderr } = await assay(["check", "c.yaml", ...reports], { cwd });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^PASS a {2}http · \d+ ms\n\n1 passed in \d+ ms\n$/);
    assert.match(await Deno.readTextFile(`${cwd}/out.xml`), /^<\?xml[^]*<\/testsuites>\n$/);
    assert.equal((JSON.parse(await Deno.readTextFile(`${cwd}/out.json`)) as Report).passed, 1);
    assert.match(await Deno.readTextFile(`${cwd}/out.html`), /^<!doctype html>[^]*<\/html>\n$/);
  });
});

Deno.test("github writes annotations, and the summary behind what other steps have written", async () => {
  const files = { "c.yaml": `{retries: 0, checks: [${check("a", refusedUrl())}]}`, "summary.md": "before\n" };
  await withFiles(files, async (cwd) => {
    const env = { GITHUB_STEP_SUMMARY: `${cwd}/summary.md`, GITHUB_WORKSPACE: cwd.replace(/\/[^/]+$/, "") };
    const { status, stdout } = await assay(["c.yaml", "--report", "github"], { cwd, env });
    assert.equal(status, 1);
    const folder = cwd.replace(/^.*\//, "");
    assert.match(
      stdout,
      new RegExp(`^::error file=${folder}/c\\.yaml,line=1,col=\\d+,title=a \\(http\\)::HTTP GET .*\\n$`),
    );
    assert.match(await Deno.readTextFile(`${cwd}/summary.md`), /^before\n### Checks\n\n❌ 1 failed in /);
  });
});

Deno.test("a report that cannot be written ends with 2 before anything runs", async () => {
  await using server = new MockServer({ status: 200 });
  await withFiles({ "c.yaml": `{checks: [${check("a", server.url)}]}` }, async (cwd) => {
    const cases: [string[], string][] = [
      [
        ["--report", "junit=missing/out.xml"],
        "cannot write the report 'junit' to \"missing/out.xml\": No such file or directory (os error 2)",
      ],
      [
        ["--report", "json", "--report", "tap"],
        "the reports 'json' and 'tap' would both be written to standard output: give one of them another file, such as --report json=FILE",
      ],
      [
        ["--report", "pretty=a", "--report", "github=a"],
        "the reports 'pretty' and 'github' would both be written to \"a\": give one of them another file, such as --report pretty=FILE",
      ],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = await assay(["check", "c.yaml", ...args], { cwd });
      assert.deepEqual([status, stdout, stderr], [2, "", `error: ${message}\n`]);
    }
    assert.equal(server.requests.length, 0);
  });
});

Deno.test("options that make no sense end with 2 and say what would", async () => {
  const cases: [string[], RegExp][] = [
    [["--report", "junti=x"], /unknown report 'junti' for --report: did you mean 'junit'\?/],
    [
      ["--report", "xml"],
      /unknown report 'xml' for --report: it must be json, pretty, junit, tap, github, prometheus, html/,
    ],
    [["--report", "json="], /--report json= names no file: it must be json=FILE/],
    [["--every", "soon"], /invalid value 'soon' for --every: it must be a duration such as 30s, 5m or 1h/],
    [["--every", "0s"], /invalid value '0s' for --every/],
    [["--serve", "here"], /invalid value 'here' for --serve: it must be an address such as :9115/],
    [["--serve", "1.2.3.4:65536"], /invalid value '1.2.3.4:65536' for --serve/],
    [["--watch", "--serve", ":0"], /options '--watch' and '--serve' do not go together/],
    [["--dry-run", "--every", "1s"], /options '--every' and '--dry-run' do not go together/],
    [["--dry-run", "--report", "tap"], /of reports only json and pretty go with it/],
  ];
  await withFiles({ "c.yaml": "{checks: []}" }, async (cwd) => {
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = await assay(["check", "c.yaml", ...args], { cwd });
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    }
  });
  assert.match((await assay(["check", "--help"])).stdout, /--report NAME\[=FILE\][^]*junit {2,}JUnit XML/);
});

Deno.test("tags and names that no check has end with 2: a run of nothing would pass", async () => {
  await using server = new MockServer({ status: 200 });
  const text = `{retries: 0, checks: [${check("api", server.url, ", tags: [smoke]")}, ${
    check("b", server.url)
  }]}`;
  await withFiles({ "c.yaml": text }, async (cwd) => {
    const cases: [string[], string][] = [
      [["--tags", "smoke,smokee"], "no check has the tag 'smokee': did you mean 'smoke'?"],
      [["--only", "a*", "--only", "apj"], "no check has a name like 'apj': did you mean 'api'?"],
      [["--only", "z*"], "no check has a name like 'z*'"],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = await assay(["check", "c.yaml", ...args], { cwd });
      assert.deepEqual([status, stdout, stderr], [2, "", `error: ${message}\n`]);
    }
    const { stdout } = await assay(
      ["check", "c.yaml", "--tags", "smoke", "--only", "a*", "--report", "tap"],
      { cwd },
    );
    assert.equal(stdout, "TAP version 14\n1..1\nok 1 - api\n");
  });
});

Deno.test("a secret that is a word of the report masks texts only", async () => {
  const text = `{retries: 0, vars: {p: {value: failed, secret: true}}, checks: [${
    check("it failed", refusedUrl())
  }]}`;
  await withFiles({ "c.yaml": text }, async (cwd) => {
    const { status, stdout } = await assay(["c.yaml"], { cwd });
    const { failed, results } = JSON.parse(stdout) as Report;
    assert.deepEqual([status, failed, results[0]?.status, results[0]?.name], [1, 1, "failed", "it ***"]);
  });
});

Deno.test("--dry-run shows order, values, permissions and no secrets, and runs nothing", async () => {
  await using server = new MockServer({ status: 200 });
  const text = `retries: 1
backoff: 2s
checks:
  - ${check("second", server.url, ", depends_on: [first]")}
  - {name: first, type: http, url: '${server.url}/\${WHO}', headers: {authorization: 'Bearer \${API_TOKEN}'}, tags: [a]}
  - {name: tool, type: exec, command: [ls], allow: {run: [ls]}, severity: warn, retries: 0}
`;
  await withFiles({ "c.yaml": text }, async (cwd) => {
    const options = { cwd, env: { API_TOKEN: "s3cret-value" } };
    const { status, stdout } = await assay(["check", "c.yaml", "--dry-run", "--var", "WHO=ada"], options);
    assert.equal(status, 0);
    const host = server.url.replace("http://", "");
    assert.equal(
      stdout.slice(0, stdout.indexOf("3. tool")),
      `3 checks would be run, one at a time, within 2 m

1. first
   type       http
   at         c.yaml:5:5
   url        http://${host}/ada
   headers    {"authorization":"***"}
   attempts   2 at most, waits 2.0 s × the attempt
   tags       a
   may        net: ${host}

2. second
   type       http
   at         c.yaml:4:5
   url        http://${host}/
   attempts   2 at most, waits 2.0 s × the attempt
   after      first
   may        net: ${host}

`,
    );
    assert.match(stdout, /3\. tool[^]*severity +warn\n +may +net: \S+; run: ls\n$/);
    const json = await assay(
      ["check", "c.yaml", "--dry-run", "--report", "json", "--var", "WHO=ada"],
      options,
    );
    const { checks } = JSON.parse(json.stdout);
    assert.deepEqual(checks.map(({ name }: { name: string }) => name), ["first", "second", "tool"]);
    assert.deepEqual(checks[2].permissions, { net: [host], run: ["ls"] });
    assert.doesNotMatch(json.stdout, /s3cret/);
  });
  assert.equal(server.requests.length, 0);
});

Deno.test("--watch runs again when a script or a file of checks changes, confined each time", async () => {
  const files = {
    "c.yaml": "{retries: 0, checks: [{name: a, type: script, file: s.lua}]}",
    "s.lua": "print('first')",
  };
  await withFiles(files, async (cwd) => {
    const child = assayCommand(["check", "c.yaml", "--watch", "--report", "tap"], { cwd }).spawn();
    const said = child.stderr;
    await awaitLine(said, /first\n[^]*waiting for a change of 2 files/);
    await Deno.writeTextFile(`${cwd}/s.lua`, "print('second', io, fs) error('no')");
    await awaitLine(said, /second\tnil\tnil\n[^]*waiting for a change/);
    // As editors do
    await Deno.writeTextFile(`${cwd}/new`, "{checkz: []}");
    await Deno.rename(`${cwd}/new`, `${cwd}/c.yaml`);
    await awaitLine(said, /unknown key 'checkz'[^]*waiting for a change/);
    await Deno.writeTextFile(
      `${cwd}/c.yaml`,
      "{retries: 0, checks: [{name: b, type: script, file: none.lua}]}",
    );
    await awaitLine(said, /waiting for a change/);
    child.kill("SIGINT");
    const { code } = await child.status;
    assert.equal(code, 130);
    const out = await new Response(child.stdout).text();
    assert.deepEqual([...out.matchAll(/^(?:not )?ok .*$/gm)].map(([line]) => line).slice(0, 2), [
      "ok 1 - a",
      "not ok 1 - a",
    ]);
    await said.cancel();
  });
});

Deno.test("--watch ends a run that is still going when a file changes", async () => {
  const files = {
    "c.yaml": "{retries: 0, checks: [{name: a, type: script, file: s.lua}]}",
    "s.lua": "print('hangs') sleep(1000)",
  };
  await withFiles(files, async (cwd) => {
    const child = assayCommand(["check", "c.yaml", "--watch"], { cwd }).spawn();
    await awaitLine(child.stderr, /hangs/);
    await Deno.writeTextFile(`${cwd}/s.lua`, "print('ends')");
    await awaitLine(child.stderr, /ends\n[^]*waiting/);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 1);
    const [first] = (await new Response(child.stdout).text()).split("\n}\n");
    assert.equal((JSON.parse(`${first}}`) as Report).results[0]?.error, "interrupted");
    await child.stderr.cancel();
  });
});

/** Runs `body` while checks are served. */
async function serving(
  text: string,
  args: readonly string[],
  body: (url: string, cwd: string) => Promise<void>,
  signal: Deno.Signal = "SIGTERM",
): Promise<number> {
  let status = -1;
  await withFiles({ "c.yaml": text }, async (cwd) => {
    const child = assayCommand(["check", "c.yaml", "--serve", "127.0.0.1:0", ...args], {
      cwd,
      stdout: "null",
      env: { RUST_LOG: "info" },
    }).spawn();
    try {
      const [, url = ""] = await awaitLine(child.stderr, /listening on (http:\S+)\n/);
      await body(url, cwd);
    } finally {
      child.kill(signal);
      status = (await child.status).code;
      await child.stderr.cancel();
    }
  });
  return status;
}

/** Waits until so many runs have ended. */
async function awaitRuns(url: string, count: number): Promise<void> {
  const response = await fetch(`${url}/events`);
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    if (Number(/data: (\d+)/.exec(decoder.decode(chunk))?.[1]) >= count) return;
  }
}

Deno.test("--serve keeps checking: metrics, health and results are those of the last run", async () => {
  const reply = { status: 500 };
  await using server = new MockServer(reply);
  const text = `{retries: 0, checks: [${check("a", server.url)}]}`;
  const status = await serving(
    text,
    ["--every", "100ms", "--report", "prometheus=live.prom"],
    async (url, cwd) => {
      await awaitRuns(url, 1);
      const failing = await fetch(`${url}/healthz`);
      assert.equal(failing.status, 503);
      const { status, failing: names } = await failing.json();
      assert.deepEqual([status, names], ["failing", ["a"]]);
      reply.status = 200;
      const runs = Number(/assay_runs_total (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
      await awaitRuns(url, runs + 2);
      const passing = await fetch(`${url}/healthz`);
      assert.equal(passing.status, 200);
      await passing.body?.cancel();
      const metrics = await fetch(`${url}/metrics`);
      assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
      assert.match(await metrics.text(), /^assay_check_success\{check="a".*\} 1$/m);
      assert.equal((await (await fetch(`${url}/report.json`)).json()).passed, 1);
      assert.match(await Deno.readTextFile(`${cwd}/live.prom`), /assay_run_success 1/);
      for (
        const [path, method, expected] of [["/nothing", "GET", 404], ["/", "POST", 405], [
          "/",
          "HEAD",
          200,
        ]] as const
      ) {
        const response = await fetch(url + path, { method });
        assert.equal(response.status, expected);
        await response.body?.cancel();
      }
    },
  );
  assert.equal(status, 0);
});

Deno.test("--serve says that it is starting until the first run has ended; SIGTERM cuts that, with status 1", async () => {
  const text = "{checks: [{name: a, type: script, file: hang.lua}]}";
  const status = await serving(text, [], async (url) => {
    for (const path of ["/healthz", "/report.json"]) {
      const response = await fetch(url + path);
      assert.equal(response.status, 503);
      await response.body?.cancel();
    }
    assert.match(await (await fetch(url)).text(), /The first run has not ended yet/);
    assert.match(await (await fetch(`${url}/metrics`)).text(), /assay_runs_total 0/);
  });
  assert.equal(status, 1);
});

Deno.test("--serve on an address that is taken ends with 2", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await withFiles({ "c.yaml": "{checks: []}" }, async (cwd) => {
    const { status, stderr } = await assay(["check", "c.yaml", "--serve", `127.0.0.1:${port}`], { cwd });
    assert.equal(status, 2);
    assert.match(
      stderr,
      new RegExp(`^error: cannot listen on 127\\.0\\.0\\.1:${port}: Address already in use`),
    );
  });
});

const browser = findBrowser();

Deno.test({
  name: "the page that is served follows the checks, and keeps what was typed",
  ignore: browser === undefined,
  async fn() {
    const reply = { status: 500 };
    await using server = new MockServer(reply);
    const text = `{retries: 0, checks: [${check("a", server.url)}, ${check("b", server.url)}]}`;
    await serving(text, ["--every", "200ms"], async (url) => {
      await withBrowser(browser ?? "", async (chromium) => {
        const page = await chromium.newPage();
        const errors: string[] = [];
        page.on("pageerror", ({ message }) => errors.push(message));
        await page.goto(url, { waitUntil: "commit" });
        await page.waitForSelector("h1:has-text('2 of 2 checks failed')");
        await page.fill("#filter", "b");
        reply.status = 200;
        await page.waitForSelector("h1:has-text('All 2 checks passed')");
        assert.equal(await page.inputValue("#filter"), "b");
        assert.equal(await page.locator("#connection").textContent(), "Live");
        assert.deepEqual(errors, []);
      });
    });
  },
});

Deno.test("SIGTERM ends a run with many checks that hang; every report has the results so far", async () => {
  await using server = new MockServer({ status: 200 });
  const hanging = Array.from({ length: 20 }, (_, index) => `{name: h${index}, type: script, file: loop.lua}`);
  const files = {
    "c.yaml": `{retries: 0, parallel: true, checks: [${check("a", server.url)}, ${hanging.join(", ")}]}`,
    // One that computes, and does not let errors through
    "loop.lua": "log.error('looping') while true do pcall(string.rep, 'x', 100) end",
  };
  await withFiles(files, async (cwd) => {
    const args = ["check", "c.yaml", "--report", "junit=out.xml", "--report", "json"];
    const child = assayCommand(args, { cwd }).spawn();
    const stdout = new Response(child.stdout).text();
    await awaitLine(child.stderr, /looping/);
    child.kill("SIGTERM");
    // Read to its end: what cannot write its log any more ends with another status
    const [{ code }] = await Promise.all([child.status, child.stderr.pipeTo(new WritableStream())]);
    assert.equal(code, 1);
    const { total, passed, failed, results } = JSON.parse(await stdout) as Report;
    assert.deepEqual([total, passed + failed], [21, 21]);
    assert.equal(results.at(-1)?.error, "interrupted");
    assert.match(await Deno.readTextFile(`${cwd}/out.xml`), /tests="21" failures="2[01]"/);
  });
});
