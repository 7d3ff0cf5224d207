/** tls checks: certificates of servers and in files. */
import assert from "node:assert/strict";
import type { CheckResult } from "../checks/run/result.ts";
import { assay, withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { errorOf } from "./support/checks.ts";

interface Place {
  folder: string;
  ca: string;
  /** The error of a check of a server with a certificate of these names. */
  against(names: string, days: number, rest: string): Promise<string | undefined>;
  /** The file of such a certificate. */
  file(names: string, days: number): Promise<string>;
}

Deno.test("certificates", (t) =>
  withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const place: Place = {
      folder,
      ca: `ca: '${authority.file}'`,
      async against(names, days, rest) {
        const { cert, key } = await authority.issue(names, days);
        await using server = Deno.serve(
          { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
          () => new Response(),
        );
        return await errorOf(`type: tls, host: localhost, port: ${server.addr.port}, ${rest}`);
      },
      async file(names, days) {
        const { cert } = await authority.issue(names, days);
        const path = `${folder}/${days}.crt`;
        await Deno.writeTextFile(path, cert);
        return path;
      },
    };
    for (const [name, body] of Object.entries(CASES)) await t.step(name, () => body(place));
  }));

const CASES: Record<string, (place: Place) => Promise<void>> = {
  "a chain that leads to a trusted CA passes": async ({ against, ca }) => {
    assert.equal(
      await against("DNS:localhost", 30, `${ca}, expect: {days_left: 20, names: localhost}`),
      undefined,
    );
  },
  "an unknown CA is told, unless it need not be valid": async ({ against }) => {
    assert.match(
      await against("DNS:localhost", 30, "") ?? "",
      /the certificate is not trusted: unknown issuer/,
    );
    assert.equal(await against("DNS:localhost", 30, "expect: {valid: false}"), undefined);
  },
  "another name is told": async ({ against, ca }) => {
    assert.match(await against("DNS:other.example", 30, ca) ?? "", /the certificate is for another name/);
  },
  "too few days, an expired one": async ({ against, ca }) => {
    assert.match(
      await against("DNS:localhost", 10, `${ca}, expect: {days_left: 14}`) ?? "",
      /: expected 14 days left, got (9|10): the certificate of CN=server expires on \d{4}-/,
    );
    assert.match(await against("DNS:localhost", -1, ca) ?? "", /the certificate of CN=server has expired on/);
  },
  "names and issuer": async ({ against, ca }) => {
    const names = "DNS:localhost,DNS:*.example.org,IP:127.0.0.1";
    assert.equal(
      await against(names, 9, `${ca}, expect: {names: [a.example.org, 127.0.0.1], issuer: Test CA}`),
      undefined,
    );
    assert.match(
      await against(names, 9, `${ca}, expect: {names: [a.b.example.org]}`) ?? "",
      /is not for a\.b\.example\.org: its names are localhost, \*\.example\.org, 127\.0\.0\.1$/,
    );
    assert.match(
      await against(names, 9, `${ca}, expect: {issuer: "Let's Encrypt"}`) ?? "",
      /expected issuer "Let's Encrypt", got "CN=Test CA"$/,
    );
  },
  "files of certificates, in the confined worker too": async ({ file, folder }) => {
    const [good, bad] = [await file("DNS:a.example", 30), await file("DNS:a.example", 3)];
    assert.equal(
      await errorOf(`type: tls, files: '${good}', expect: {days_left: 7, names: a.example}`),
      undefined,
    );
    assert.match(
      await errorOf(`type: tls, files: ['${good}', '${bad}'], expect: {days_left: 7}`) ?? "",
      /3\.crt: expected 7 days left, got/,
    );
    assert.match(await errorOf("type: tls, files: /nowhere.crt") ?? "", /cannot be read: No such file/);
    const yaml = `{retries: 0, checks: [{name: a, type: tls, files: '${good}'}]}`;
    await Deno.writeTextFile(`${folder}/checks.yaml`, yaml);
    const { status, stdout } = await assay(["checks.yaml"], { cwd: folder });
    assert.equal(status, 0, stdout);
  },
};

Deno.test("the confined worker knows the CAs of the system and its own", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("IP:127.0.0.1", 30);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => new Response("x"),
    );
    const { port } = server.addr;
    await Deno.writeTextFile(
      `${folder}/checks.yaml`,
      `
retries: 0
checks:
  - {name: own, type: tls, host: 127.0.0.1, port: ${port}, ca: ca.pem}
  - {name: unknown, type: tls, host: 127.0.0.1, port: ${port}}
  - {name: insecure, type: http, url: 'https://127.0.0.1:${port}', insecure: true}`,
    );
    const { stdout } = await assay(["checks.yaml"], { cwd: folder });
    const [own, unknown, insecure] = (JSON.parse(stdout) as { results: CheckResult[] }).results;
    assert.equal(own?.error, undefined);
    assert.match(unknown?.error ?? "", /is not trusted: unknown issuer/);
    assert.equal(insecure?.error, undefined);
  });
});

Deno.test("a server without TLS, one that hangs", async () => {
  await using plain = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response());
  assert.match(
    await errorOf(`type: tls, host: 127.0.0.1, port: ${plain.addr.port}`) ?? "",
    /the server does not speak TLS/,
  );
  using mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.match(
    await errorOf(`type: tls, host: 127.0.0.1, port: ${mute.addr.port}, timeout: 100ms`) ?? "",
    /: timed out after 0\.1s$/,
  );
});
