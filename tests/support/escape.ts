/** What escapes from a confinement are tried on, and how it is seen that nothing came of them. */
import assert from "node:assert/strict";
import { assay, type Result, ROOT } from "./assay.ts";

/** What no output may show. */
const SECRET = "SECRET-OF-SOMEBODY-ELSE";

/** A folder that is allowed, one that is not, a server that is allowed and one that is not. */
export class World implements AsyncDisposable {
  readonly root: string;
  /** What is allowed. `file` leads nowhere, `link` to a file outside, `folder` to the folder outside, `new` to nothing. */
  readonly inside: string;
  /** What is not. */
  readonly outside: string;
  /** Of the server that is allowed; what is asked under `/to/…` is sent on to that URL. */
  readonly port: number;
  /** Of the one that is not. */
  readonly forbidden: number;
  readonly #servers: Disposable[];
  #connections = 0;
  #received = 0;

  constructor() {
    this.root = Deno.makeTempDirSync({ prefix: "assay-escape-" });
    this.inside = `${this.root}/inside`;
    this.outside = `${this.root}/outside`;
    Deno.mkdirSync(this.inside);
    Deno.mkdirSync(this.outside);
    Deno.writeTextFileSync(`${this.inside}/file`, "harmless");
    Deno.writeTextFileSync(`${this.outside}/secret`, SECRET);
    Deno.writeTextFileSync(`${this.outside}/code.lua`, `return "${SECRET}"`);
    Deno.symlinkSync(`${this.outside}/secret`, `${this.inside}/link`);
    Deno.symlinkSync(`${this.outside}/code.lua`, `${this.inside}/code.lua`);
    Deno.symlinkSync("../outside", `${this.inside}/folder`);
    Deno.symlinkSync(`${this.outside}/new`, `${this.inside}/new`);
    const allowed = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const [, target] = /\/to\/(.+)$/.exec(request.url) ?? [];
      if (target === undefined) return new Response("harmless");
      return new Response(null, { status: 302, headers: { location: decodeURIComponent(target) } });
    });
    const forbidden = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#count(forbidden);
    this.port = allowed.addr.port;
    this.forbidden = forbidden.addr.port;
    this.#servers = [{ [Symbol.dispose]: () => void allowed.shutdown() }, forbidden];
  }

  async #count(listener: Deno.Listener): Promise<void> {
    for await (const connection of listener) {
      this.#connections++;
      this.#receive(connection);
    }
  }

  /** As {@link run}, by the launcher, which starts the bundle. */
  async launch(args: readonly string[]): Promise<Result> {
    const { code, stdout, stderr } = await new Deno.Command(`${ROOT}bin/assay`, {
      args: args.map((arg) => this.fill(arg)),
      cwd: this.inside,
      env: { SECRET, NO_COLOR: "1", RUST_LOG: "error", ASSAY_DENO: Deno.execPath() },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  async #receive(connection: Deno.Conn): Promise<void> {
    for await (const chunk of connection.readable) this.#received += chunk.length;
  }

  /** Puts the names of the world into a text: `INSIDE`, `OUTSIDE`, `PORT`, `FORBIDDEN`. */
  fill(text: string): string {
    return text.replaceAll("INSIDE", this.inside).replaceAll("OUTSIDE", this.outside)
      .replaceAll("PORT", String(this.port)).replaceAll("FORBIDDEN", String(this.forbidden));
  }

  /** Runs assay in the allowed folder. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
    return await assay(args.map((arg) => this.fill(arg)), { cwd: this.inside, env: { SECRET, ...env } });
  }

  /**
   * Nothing outside was read and shown, changed, connected to.
   *
   * @param connections As many as may have been made, over which nothing came
   */
  assertUntouched({ stdout, stderr }: Result, connections = 0): void {
    assert.ok(
      !stdout.includes(SECRET) && !stderr.includes(SECRET),
      `the secret was read:\n${stdout}${stderr}`,
    );
    assert.deepEqual(Array.from(Deno.readDirSync(this.outside), ({ name }) => name).sort(), [
      "code.lua",
      "secret",
    ]);
    assert.equal(Deno.readTextFileSync(`${this.outside}/secret`), SECRET);
    assert.equal(Deno.statSync(`${this.outside}/secret`).mode, Deno.statSync(`${this.inside}/file`).mode);
    assert.ok(this.#connections <= connections, "a connection was made");
    assert.equal(this.#received, 0, "something was sent");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server[Symbol.dispose]();
    await Deno.remove(this.root, { recursive: true });
  }
}

/** An attempt to get out of a script that may do only so much. */
export interface Escape {
  /** What is tried. */
  readonly name: string;
  /** `--allow-…`, with the names of the world. */
  readonly flags: readonly string[];
  /** Lua whose last value, or error, is printed. */
  readonly code: string;
  /** What must be told, with the names of the world. */
  readonly told: string;
  /** Other variables of the process. */
  readonly env?: Record<string, string>;
  /**
   * Whether a name has to be looked at: that is done by a connection over which nothing is sent.
   *
   * @default false
   */
  readonly isName?: boolean;
  /** Where it cannot be tried. */
  readonly ignore?: boolean;
}

/** Lua that prints what the code comes to, its failure in either form that Lua has for it. */
export const attempt = (code: string) => `
  local function attempt() ${code} end
  local r = table.pack(pcall(attempt))
  for i = 2, r.n do print(tostring(r[i])) end`;

/** Shows that escapes from scripts that are narrowed on the command line come to nothing. */
export function testEscapes(escapes: readonly Escape[]): void {
  for (const { name, flags, code, told, env, isName = false, ignore = false } of escapes) {
    Deno.test({
      name: `a narrowed script cannot ${name}`,
      ignore,
      async fn() {
        await using world = new World();
        const result = await world.run(["exec", ...flags, "-e", attempt(code)], env);
        const output = result.stdout + result.stderr;
        assert.ok(output.includes(world.fill(told)), `expected ${world.fill(told)}, got:\n${output}`);
        world.assertUntouched(result, isName ? 1 : 0);
      },
    });
  }
}

/** What is told of a path that may not be read. */
export function deniedRead(path: string): string {
  return `permission denied: read of ${path} (add --allow-read=${path})`;
}

/** What is told of a path that may not be written. */
export function deniedWrite(path: string): string {
  return `permission denied: write to ${path} (add --allow-write=${path})`;
}

/** What is told of an address that may not be reached. */
export function deniedNet(address: string): string {
  return `permission denied: net to ${address} (add --allow-net=${address})`;
}
