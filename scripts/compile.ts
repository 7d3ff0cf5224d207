/**
 * Makes one executable, dist/assay, of the whole program: bundled, minified, embedded modules included.
 *
 * `deno compile` needs the base binary `denort`: from `$DENORT_BIN`, from Deno's cache, or by a download. With
 * `--check` the deno that runs this takes its place: the result is no assay, but it proves that the whole
 * graph embeds, and its size over the base is the payload's.
 *
 * Other arguments go to `deno compile`, such as `--target aarch64-unknown-linux-gnu`.
 */
const ROOT = new URL("..", import.meta.url);
const check = Deno.args.includes("--check");
const extra = Deno.args.filter((arg) => arg !== "--check");
const scratch = check ? await Deno.makeTempDir({ prefix: "assay-compile-" }) : undefined;
const output = scratch === undefined ? "dist/assay" : `${scratch}/assay`;
const base = check ? Deno.execPath() : Deno.env.get("DENORT_BIN");

// As in bin/assay, but for --no-lazy: where the code cannot be cached, all of it would be compiled at each start
const flags = "--v8-flags=--no-lazy-eval,--min-semi-space-size=16";
const args = ["compile", "-A", "--no-prompt", "--bundle", "--minify", "--quiet", flags, ...extra];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [...args, "--output", output, "main.ts"],
  cwd: ROOT,
  stdin: "null",
  env: base === undefined ? {} : { DENORT_BIN: base },
}).spawn().status;

if (code !== 0) {
  console.error("error: deno compile failed: set DENORT_BIN when the base binary cannot be downloaded");
  Deno.exit(code);
}
const size = (await Deno.stat(new URL(output, ROOT))).size;
if (base === undefined) {
  console.log(`${output}: ${megabytes(size)}`);
} else {
  const payload = size - (await Deno.stat(base)).size;
  console.log(
    `${check ? "The graph embeds" : output}: payload ${megabytes(payload)} on top of the base binary`,
  );
}
if (scratch !== undefined) await Deno.remove(scratch, { recursive: true });

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
