/**
 * Makes one executable, dist/assay, of the whole program: bundled, minified, embedded modules included. The bundle
 * is split, so that what is imported lazily is not even compiled before: one file of all takes longer to start.
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
await Deno.mkdir(new URL("dist", ROOT), { recursive: true });
const scratch = await Deno.makeTempDir({ prefix: "compile-", dir: new URL("dist", ROOT).pathname });
const output = check ? `${scratch}/assay` : "dist/assay";
const base = check ? Deno.execPath() : Deno.env.get("DENORT_BIN");

async function deno(args: readonly string[], advice: string): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    env: base === undefined ? {} : { DENORT_BIN: base },
  }).spawn().status;
  if (code === 0) return;
  console.error(`error: deno ${args[0]} failed${advice}`);
  await Deno.remove(scratch, { recursive: true });
  Deno.exit(code);
}

await deno(
  [
    "bundle",
    "--quiet",
    "--platform=deno",
    "--code-splitting",
    "--minify",
    `--outdir=${scratch}/parts`,
    "main.ts",
  ],
  "",
);
await deno(
  ["compile", "-A", "--no-prompt", "--quiet", ...extra, "--output", output, `${scratch}/parts/main.js`],
  ": set DENORT_BIN when the base binary cannot be downloaded",
);
const size = (await Deno.stat(new URL(output, ROOT))).size;
if (base === undefined) {
  console.log(`${output}: ${megabytes(size)}`);
} else {
  const payload = size - (await Deno.stat(base)).size;
  console.log(
    `${check ? "The graph embeds" : output}: payload ${megabytes(payload)} on top of the base binary`,
  );
}
await Deno.remove(scratch, { recursive: true });

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
