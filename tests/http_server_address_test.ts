/** Where `http.serve` listens: TLS, sockets, addresses. */
import assert from "node:assert/strict";
import { fromText } from "../runtime/seam/text.ts";
import { withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { luaError, testSession } from "./support/lua.ts";
import { exchangeBytes, rawRequest, withService } from "./support/service.ts";

const ECHO =
  `{ GET = { ["/*"] = function(req) return { json = req, headers = { ["Set-Cookie"] = { "a=1", "b=2" } } } end,
  ["/events"] = function() return { sse = function(send) send { data = "x" } end } end } }`;

/** A Lua string literal of any text. */
const quoted = (text: string) => `[==[${text}]==]`;

Deno.test("certificate and key make it HTTPS, as texts or as files, with HTTP/2 and without", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("DNS:localhost,IP:127.0.0.1", 2);
    await Deno.writeTextFile(`${folder}/cert.pem`, cert);
    await Deno.writeTextFile(`${folder}/key.pem`, key);
    for (
      const options of [
        `cert = ${quoted(cert)}, key = ${quoted(key)}`,
        `cert_file = "${folder}/cert.pem", key_file = "${folder}/key.pem"`,
      ]
    ) {
      await withService(ECHO, async ({ port }) => {
        for (const http2 of [true, false]) {
          using client = Deno.createHttpClient({ caCerts: [authority.pem], http2, http1: !http2 });
          const reply = await fetch(`https://127.0.0.1:${port}/a?b=c`, {
            client,
            headers: [["cookie", "one=1"], ["cookie", "two=2"], ["x-test", "y"]],
          });
          assert.deepEqual(reply.headers.getSetCookie(), ["a=1", "b=2"]);
          const echo = await reply.json();
          assert.equal(echo.path, "/a");
          assert.equal(echo.headers.cookie, "one=1; two=2");
          assert.equal(echo.params.b, "c");
          assert.equal(echo.headers["x-test"], "y");
          const events = await fetch(`https://127.0.0.1:${port}/events`, { client });
          assert.equal(await events.text(), "data: x\n\n");
        }
        // Whoever speaks plain HTTP there gets nothing
        assert.doesNotMatch(await exchangeBytes(port, rawRequest("GET", "/")).catch(() => ""), /200/);
      }, `{ host = "127.0.0.1", ${options} }`);
    }
  });
});

Deno.test("certificates and keys that cannot be used raise, and no key is shown", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const one = await authority.issue("DNS:localhost", 2);
    const other = await authority.issue("DNS:localhost", 2);
    const error = (options: string) => luaError(`http.serve(0, {}, { host = "127.0.0.1", ${options} })`);
    assert.match(
      await error(`cert = ${quoted(one.cert)}`),
      /http\.serve: a server certificate needs its key and a key its cert: give key or key_file/,
    );
    assert.match(await error(`cert = "x", key = "y"`), /invalid PEM in cert: no BEGIN CERTIFICATE/);
    assert.match(
      await error(`cert_file = "${folder}/none", key = "y"`),
      /failed to read server cert file ".*none": No such file/,
    );
    const broken = one.key.replace(/\n\w{10}/, "\n");
    for (const key of [other.key, broken]) {
      const message = await error(`cert = ${quoted(one.cert)}, key = ${quoted(key)}`);
      assert.match(
        message,
        /http\.serve: cert and key cannot be used: they must be PEM, and belong to each other/,
      );
      assert.doesNotMatch(message, /PRIVATE/);
    }
    assert.match(
      await error(`cert = ${quoted(one.cert)}, key = ${quoted(one.key)}, unix_socket = "${folder}/s"`),
      /http\.serve: a unix_socket has no TLS: leave out cert and key/,
    );
  });
});

Deno.test("a unix socket is listened on, and removed at the end", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/service.sock`;
    const get = async () => {
      using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
      return await (await fetch("http://localhost/x", { client })).json();
    };
    const options = `{ unix_socket = ${quoted(path)} }`;
    await withService(ECHO, async ({ session }) => {
      assert.equal((await get()).path, "/x");
      assert.equal(session.vm.globals.get("_SERVER_PORT"), undefined);
      assert.match(
        await luaError(`http.serve(0, {}, ${options})`),
        /http\.serve: bind failed: Address already in use .*cannot listen on ".*service\.sock"/,
      );
      assert.equal((await get()).path, "/x");
    }, options);
    await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
    // One that a killed server has left behind is in nobody's way
    const listener = Deno.listen({ transport: "unix", path: `${path}.old` });
    await Deno.rename(`${path}.old`, path);
    listener.close();
    assert.ok((await Deno.lstat(path)).isSocket);
    await withService(ECHO, async () => assert.equal((await get()).path, "/x"), options);
    // A file is
    await Deno.writeTextFile(path, "kept");
    assert.match(await luaError(`http.serve(0, {}, ${options})`), /bind failed: Address already in use/);
    assert.equal(await Deno.readTextFile(path), "kept");
  });
});

Deno.test("cancelling the task that serves stops the service", async () => {
  const { session } = await testSession();
  const [port] = await session.run(
    fromText(`local task = async.spawn(function()
        http.serve(0, { GET = { ["/"] = function() return { body = "ok" } end } }, { host = "127.0.0.1" })
      end)
      sleep(0)
      local port = _SERVER_PORT
      assert.eq(http.get("http://127.0.0.1:" .. port .. "/").body, "ok")
      task:cancel()
      assert(not pcall(task.await))
      return port`),
    "service.lua",
  );
  await assert.rejects(exchangeBytes(port as number, rawRequest("GET", "/")), /refused|reset/);
});

Deno.test("one script may serve at several addresses", async () => {
  const { session } = await testSession();
  const [one, two] = await session.run(
    fromText(`local function serve(name)
        async.spawn(function()
          http.serve(0, { GET = { ["/"] = function() return { body = name } end } }, { host = "127.0.0.1" })
        end)
        sleep(0)
        return _SERVER_PORT
      end
      return serve("one"), serve("two")`),
    "service.lua",
  );
  assert.match(await exchangeBytes(one as number, rawRequest("GET", "/")), /\r\n\r\none$/);
  assert.match(await exchangeBytes(two as number, rawRequest("GET", "/")), /\r\n\r\ntwo$/);
  await session.stop();
});
