/** Runs the shell lines of a CI job in a checkout, on a machine whose npm and git bring what is here already. */
import { ROOT } from "./assay.ts";

export interface Job {
  /** Shell scripts, one after the other; the first that fails ends the job. */
  readonly scripts: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The checkout; a folder beside it is the machine's. */
  readonly folder: string;
}

export interface JobResult {
  readonly status: number;
  readonly log: string;
  /** What npm and git were asked for, a line a call. */
  readonly installed: readonly string[];
}

/** Runs a job to its end. */
export async function runJob({ scripts, env, folder }: Job): Promise<JobResult> {
  const machine = `${folder}-machine`;
  const notes = `${machine}/notes`;
  await Deno.mkdir(`${machine}/bin`, { recursive: true });
  const link = (path: string) => `mkdir -p "$(dirname "${path}")" && ln -sfn '${Deno.execPath()}' "${path}"`;
  const programs = {
    npm: [
      `echo "npm $*" >>'${notes}'`,
      `case "$*" in *--global*) ${link(`${machine}/bin/deno`)}; exit ;; esac`,
      'while [ "$1" != --prefix ]; do shift; done',
      link("$2/node_modules/.bin/deno"),
    ],
    git: [
      `echo "git $*" >>'${notes}'`,
      "for last; do :; done",
      'mkdir -p "$(dirname "$last")"',
      `ln -s '${ROOT.replace(/\/$/, "")}' "$last"`,
    ],
  };
  for (const [name, lines] of Object.entries(programs)) {
    await Deno.writeTextFile(`${machine}/bin/${name}`, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
  }
  let [status, log] = [0, ""];
  for (const script of scripts) {
    const child = new Deno.Command("/bin/sh", {
      args: ["-e", "-c", script],
      cwd: folder,
      clearEnv: true,
      stdin: "null",
      env: {
        HOME: machine,
        DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
        ASSAY_BUNDLE: "0",
        PATH: `${machine}/bin:/usr/bin:/bin`,
        RUST_LOG: "error",
        ...env,
      },
    });
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    [status, log] = [code, log + decoder.decode(stderr) + decoder.decode(stdout)];
    if (status !== 0) break;
  }
  const installed = await Deno.readTextFile(notes).catch(() => "");
  return { status, log, installed: installed.split("\n").filter((line) => line !== "") };
}
