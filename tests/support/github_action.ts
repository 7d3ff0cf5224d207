/** Runs a composite action as GitHub's runner does: its shell steps, with the files and variables that they get. */
import { load } from "js-yaml";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { ROOT } from "./assay.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

/** What of action.yml matters here. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** A workflow command that the runner has obeyed. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface ActionRun {
  readonly status: number;
  readonly log: string;
  readonly commands: readonly WorkflowCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown. */
  readonly summary: string;
}

export interface ActionOptions {
  /** The workflow's checkout; a folder beside it is the runner's. */
  readonly workspace: string;
  readonly with: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of Deno stands before it unless given. */
  readonly path?: string;
}

/** The action of this repository. */
export async function readAction(): Promise<Action> {
  return load(await Deno.readTextFile(`${ROOT}action.yml`)) as Action;
}

/** Runs the action of this repository. */
export async function runAction(options: ActionOptions): Promise<ActionRun> {
  const action = await readAction();
  const unknown = Object.keys(options.with).find((name) => !Object.hasOwn(action.inputs, name));
  if (unknown !== undefined) throw new Error(`The action has no input '${unknown}'`);
  const runner = new Runner(options, action);
  let [status, log] = [0, ""];
  for (const step of action.runs.steps) {
    if (status !== 0 || !runner.applies(step)) continue;
    const result = await runner.run(step);
    [status, log] = [result.status, log + result.log];
  }
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, runner.fill(value)]),
  );
  return { status, log, commands: commandsOf(log), outputs, summary: runner.summary };
}

class Runner {
  summary = "";
  readonly #options: ActionOptions;
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #steps: Record<string, { outputs: Record<string, string> }> = {};
  readonly #temp: string;
  #path: string;

  constructor(options: ActionOptions, action: Action) {
    this.#options = options;
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ""]);
    this.#inputs = { ...Object.fromEntries(defaults), ...options.with };
    this.#temp = `${options.workspace}-runner`;
    this.#path = options.path ?? `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
  }

  applies(step: Step): boolean {
    return step.if === undefined || this.#evaluate(step.if).coerceString() === "true";
  }

  /** Puts values in the place of `${{ … }}`. */
  fill(text: string): string {
    return text.replace(
      /\$\{\{(.*?)\}\}/gs,
      (_, expression: string) => this.#evaluate(expression).coerceString(),
    );
  }

  async run(step: Step): Promise<{ status: number; log: string }> {
    if (step.shell !== "sh") throw new Error(`No shell '${step.shell}' here`);
    const { workspace, env = {} } = this.#options;
    await Deno.mkdir(`${this.#temp}/commands`, { recursive: true });
    const file = async (name: string, content = "") => {
      const path = `${this.#temp}/commands/${name}`;
      await Deno.writeTextFile(path, content);
      return path;
    };
    const [output, path, summary] = [await file("output"), await file("path"), await file("summary")];
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, this.fill(value)]);
    const child = new Deno.Command("/bin/sh", {
      args: ["-e", await file("script.sh", this.fill(step.run))],
      cwd: `${workspace}/${this.fill(step["working-directory"] ?? ".")}`,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: {
        ...fromEnvironment("HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"),
        ...env,
        PATH: this.#path,
        RUST_LOG: "error",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTION_PATH: ROOT.replace(/\/$/, ""),
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output,
        GITHUB_PATH: path,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: this.#temp,
        ...Object.fromEntries(own),
      },
    });
    const { code, stdout, stderr } = await child.output();
    const folders = (await Deno.readTextFile(path)).split("\n").filter((line) => line !== "");
    this.#path = [...folders, this.#path].join(":");
    this.summary += await Deno.readTextFile(summary);
    if (step.id !== undefined) this.#steps[step.id] = { outputs: pairs(await Deno.readTextFile(output)) };
    const decoder = new TextDecoder();
    return { status: code, log: decoder.decode(stderr) + decoder.decode(stdout) };
  }

  #evaluate(expression: string): data.ExpressionData {
    const context = dictionary({ inputs: this.#inputs, steps: this.#steps });
    const { tokens } = new Lexer(expression.trim()).lex();
    return new Evaluator(new Parser(tokens, ["inputs", "steps"], []).parse(), context).evaluate();
  }
}

function fromEnvironment(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function dictionary(value: object): data.Dictionary {
  const result = new data.Dictionary();
  for (const [name, item] of Object.entries(value)) {
    result.add(name, typeof item === "string" ? new data.StringData(item) : dictionary(item as object));
  }
  return result;
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").filter((line) => line !== "").map((line) => {
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function commandsOf(log: string): WorkflowCommand[] {
  const commands: WorkflowCommand[] = [];
  let stopped: string | undefined;
  for (const line of log.split("\n")) {
    if (stopped !== undefined) {
      if (line === `::${stopped}::`) stopped = undefined;
      continue;
    }
    const [, name, list = "", message = ""] = /^::([a-z-]+)(?: (.*?))?::(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (name === "stop-commands") stopped = message;
    else {
      const escaped = pairs(list.replaceAll(",", "\n"));
      const properties = Object.fromEntries(
        Object.entries(escaped).map(([key, value]) => [key, decode(value)]),
      );
      commands.push({ name, properties, message: decode(message) });
    }
  }
  return commands;
}

/** Undoes the only escapes that the runner knows. */
function decode(text: string): string {
  return text.replace(/%(0D|0A|3A|2C|25)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
