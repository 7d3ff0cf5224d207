/**
 * Runs the test suite and ends with one line that counts it: `N passed, N failed, N skipped`.
 *
 * Arguments go to `deno test`: `deno task test --filter yaml`, `deno task test tests/cli_test.ts`.
 */
const files = Deno.args.some((arg) => arg.endsWith("_test.ts")) ? [] : ["tests/"];
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-prompt", "--parallel", ...files, ...Deno.args],
  cwd: new URL("..", import.meta.url),
  stdin: "null",
  stdout: "piped",
  env: { ASSAY_DENO: Deno.execPath() },
}).spawn();

let text = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  Deno.stdout.writeSync(chunk);
  text += decoder.decode(chunk, { stream: true });
}
const { code } = await child.status;

// deno-lint-ignore no-control-regex -- colours
const plain = text.replaceAll(/\x1b\[[\d;]*m/g, "");
const summary = /^(?:ok|FAILED) \| .*$/m.exec(plain)?.[0] ?? "";
const passed = count("passed");
const failed = count("failed");
console.log(`${passed} passed, ${failed} failed, ${count("ignored")} skipped`);
Deno.exit(code !== 0 ? code : passed === 0 || failed > 0 ? 1 : 0);

/** Tests and their steps. */
function count(word: string): number {
  const match = new RegExp(`(\\d+) ${word}(?: \\((\\d+) steps?\\))?`).exec(summary);
  return Number(match?.[1] ?? 0) + Number(match?.[2] ?? 0);
}
