/** `assay checks.yaml` as its users see it: streams, exit codes, signals. */
import assert from "node:assert/strict";
import type { CheckResult } from "../checks/run/result.ts";
import { assay, assayCommand, awaitLine, withFolder } from "./support/assay.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

function checksFile(text: string, body: (folder: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/checks.yaml`, text);
    await body(folder);
  });
}

Deno.test("the result is pretty JSON on stdout; 0 when all passed, 1 when one failed", async () => {
  await using server = new MockServer({ body: { database: "ok" } });
  const passing = `{name: up, type: http, url: '${server.url}/', expect: {json: '.database == "ok"'}}`;
  const failing = `{name: down, type: http, url: '${refusedUrl()}/'}`;
  await checksFile(`{retries: 0, checks: [${passing}, ${failing}]}`, async (cwd) => {
    const { status, stdout, stderr } = await assay(["checks.yaml"], { cwd });
    assert.equal(status, 1);
    assert.equal(stderr, "");
    const shape = stdout.replaceAll(/_ms": \d+/g, '_ms": N').replaceAll(/127.0.0.1:\d+/g, "HOST")
      .replace(/"started_at": "\d{4}-\d\d-\d\dT[\d:.]+Z"/, '"started_at": "TIME"');
    assert.equal(
      shape.replace(/"checks.yaml:1:\d{3}"/, '"PLACE"'),
      `{
  "passed": 1,
  "failed": 1,
  "total": 2,
  "warned": 0,
  "skipped": 0,
  "results": [
    {
      "name": "up",
      "type": "http",
      "status": "passed",
      "duration_ms": N,
      "attempts": 1,
      "history": [
        {
          "status": "passed",
          "started_ms": N,
          "duration_ms": N
        }
      ],
      "tags": [],
      "severity": "fail",
      "place": "checks.yaml:1:23"
    },
    {
      "name": "down",
      "type": "http",
      "status": "failed",
      "error": "HTTP GET http://HOST/: connection refused: nothing listens on HOST",
      "duration_ms": N,
      "attempts": 1,
      "history": [
        {
          "status": "failed",
          "error": "HTTP GET http://HOST/: connection refused: nothing listens on HOST",
          "started_ms": N,
          "duration_ms": N
        }
      ],
      "tags": [],
      "severity": "fail",
      "place": "PLACE"
    }
  ],
  "started_at": "TIME",
  "duration_ms": N
}
`,
    );
  });
  await checksFile(`{checks: [${passing}]}`, async (cwd) => {
    assert.equal((await assay(["checks.yaml"], { cwd })).status, 0);
  });
});

Deno.test("the log on stderr tells the run's course", async () => {
  await using server = new MockServer({ status: 503 }, { status: 200 });
  const text = `{backoff: 1ms, timeout: 30s, checks: [{name: my api, type: http, url: '${server.url}/'}]}`;
  await checksFile(text, async (cwd) => {
    const { status, stderr } = await assay(["checks.yaml"], { cwd, env: { RUST_LOG: "info" } });
    assert.equal(status, 0);
    const lines = stderr.trim().split("\n").map((line) =>
      line.slice(28).replace(/duration_ms=\d+/, "duration_ms=N").trim()
    );
    assert.deepEqual(lines, [
      "INFO starting assay (check mode) config=checks.yaml",
      "INFO configuration loaded checks=1 timeout_secs=30 retries=3",
      'INFO check failed, retrying check="my api" attempt=1 max_attempts=4 backoff_secs=0.001 message="expected 2xx, got 503"',
      'INFO check completed check="my api" result=PASS duration_ms=N',
    ]);
  });
});

Deno.test("a file with mistakes runs nothing, names each on stderr and ends with 2", async () => {
  await using server = new MockServer({ status: 200 });
  const text =
    `timeot: 5s\nchecks:\n  - {name: a, type: http, url: '${server.url}'}\n  - {name: b, type: htp}\n`;
  await checksFile(text, async (cwd) => {
    const { status, stdout, stderr } = await assay(["checks.yaml"], { cwd });
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "error: loading config from checks.yaml: checks.yaml:1:1: unknown key 'timeot': did you mean 'timeout'?\n" +
        "checks.yaml:4:21: unknown check type 'htp': did you mean 'http'?\n",
    );
    assert.equal(server.requests.length, 0);
  });
});

Deno.test("a file that cannot be read is one clear line and 2", () =>
  withFolder(async (cwd) => {
    await Deno.mkdir(`${cwd}/folder.yaml`);
    await Deno.writeFile(`${cwd}/latin1.yml`, new Uint8Array([0x61, 0x3a, 0x20, 0xe9]));
    await Deno.writeTextFile(`${cwd}/empty.yaml`, "");
    await Deno.writeFile(`${cwd}/large.yaml`, new Uint8Array(17 * 1024 * 1024));
    const cases: [string, string][] = [
      ["missing.yaml", "No such file or directory (os error 2)"],
      ["folder.yaml", "the folder has no .yaml or .yml files"],
      ["latin1.yml", "latin1.yml: the file is not valid UTF-8 text"],
      ["empty.yaml", "empty.yaml:1:1: the file is empty: it needs the key 'checks' with a list of checks"],
      ["large.yaml", "the file is larger than 16 MiB"],
    ];
    for (const [file, message] of cases) {
      const { status, stdout, stderr } = await assay([file], { cwd });
      assert.equal(stderr, `error: loading config from ${file}: ${message}\n`);
      assert.deepEqual([status, stdout], [2, ""]);
    }
  }));

Deno.test("Ctrl-C and SIGTERM still give the result: what is not finished was interrupted", async () => {
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 1]] as const) {
    await checksFile(
      "{checks: [{name: a, type: script, file: hang.lua}, {name: b, type: script, file: hang.lua}]}",
      async (cwd) => {
        await Deno.writeTextFile(`${cwd}/hang.lua`, "log.error('hanging')\nsleep(1000)");
        const child = assayCommand(["checks.yaml"], { cwd }).spawn();
        await awaitLine(child.stderr, /hanging/);
        child.kill(signal);
        const { code } = await child.status;
        const { passed, failed, results } = JSON.parse(await new Response(child.stdout).text());
        assert.equal(code, expected);
        assert.deepEqual([passed, failed], [0, 2]);
        const brief = results.map((result: CheckResult) => [result.name, result.error, result.attempts]);
        assert.deepEqual(brief, [["a", "interrupted", 1], ["b", "interrupted", 0]]);
        await child.stderr.cancel();
      },
    );
  }
});
