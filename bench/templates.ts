/** What templates cost over the engine that renders them, and what naming heavy globals costs. */
import * as glue from "minijinja-js/dist/bundler/minijinja_js_bg.js";
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";
import { loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { createLogger } from "../runtime/log.ts";
import { fromText } from "../runtime/seam/text.ts";
import { Session } from "../runtime/session.ts";

const RENDERINGS = 1000;
const ROUNDS = 11;
const WARM_UP = 3;

/** A manifest as deployments have it; bare minijinja knows all that is in it. */
const TEMPLATE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ name }}
  labels:
{%- for key, value in labels|items %}
    {{ key }}: {{ value|tojson }}
{%- endfor %}
spec:
  replicas: {{ replicas|default(1) }}
  template:
    spec:
      containers:
{%- for c in containers if c.enabled %}
        - name: {{ c.name|lower }}
          image: "{{ c.image }}:{{ c.tag|default('latest') }}"
{%- if c.env %}
          env:
{%- for e in c.env %}
            - { name: {{ e.name|upper }}, value: {{ e.value|tojson }} }
{%- endfor %}
{%- endif %}
{%- else %}
        []
{%- endfor %}
`;

const VARIABLES = {
  name: "web",
  labels: { app: "web", team: "red", tier: "front" },
  replicas: 3n,
  containers: Array.from({ length: 4 }, (_, i) => ({
    name: `Side-${i}`,
    image: "registry/app",
    tag: `1.${i}`,
    enabled: i !== 2,
    env: Array.from({ length: 5 }, (_, j) => ({ name: `key_${j}`, value: `value "${j}"` })),
  })),
};

/** `template.render_string` called from Lua over a rendering of a template that minijinja has compiled before. */
export async function templatesBench(): Promise<Measurement> {
  const session = new Session({
    engine: await loadEngine(),
    log: createLogger({ level: "error", colour: false, now: () => 0, write() {} }),
    output: { write() {}, flush() {} },
    environment: new FixedEnvironment({}),
  });
  const json = JSON.stringify(VARIABLES, (_key, value) => typeof value === "bigint" ? Number(value) : value);
  session.vm.globals.set("text", fromText(TEMPLATE));
  session.vm.globals.set("json_text", fromText(json));
  const [render] = await session.run(
    `local vars = json.parse(json_text)
     return function(n) local out for _ = 1, n do out = template.render_string(text, vars) end return out end`,
    "bench.lua",
  );
  const [result] = await session.call(render, 1);
  // The engine's instance is there now
  const bare = new glue.Environment();
  bare.addTemplate("manifest", TEMPLATE);
  if (bare.renderTemplate("manifest", VARIABLES) !== result) throw new Error("The results are not the same");
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const a = await timed(async () => void await session.call(render, RENDERINGS));
    const b = await timed(() => {
      for (let i = 0; i < RENDERINGS; i++) bare.renderTemplate("manifest", VARIABLES);
    });
    if (round < WARM_UP) continue;
    ours.push(a);
    theirs.push(b);
  }
  const [own, base] = [median(ours), median(theirs)];
  return {
    name: "template.render_string from Lua ÷ minijinja, compiled before",
    ratio: own / base,
    detail: `${String(result).split("\n").length} lines: ${(RENDERINGS / own * 1000).toFixed(0)}/s, ${
      (RENDERINGS / base * 1000).toFixed(0)
    }/s`,
  };
}

/** A script that names the globals with heavy dependencies, but calls none of their functions, over an empty one. */
export async function lazyBench(): Promise<Measurement> {
  const launcher = fileURLToPath(new URL("../bin/assay", import.meta.url));
  const run = (code: string) =>
    timed(async () => {
      const command = new Deno.Command(launcher, {
        args: ["exec", "-e", code],
        stdin: "null",
        stdout: "null",
        stderr: "null",
        env: { ASSAY_DENO: Deno.execPath() },
      });
      if (!(await command.spawn().status).success) throw new Error("A measured program failed");
    });
  const naming: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < WARM_UP + 21; round++) {
    const a = await run("local t = { template, markdown, temporal }");
    const b = await run("local t = {}");
    if (round < WARM_UP) continue;
    naming.push(a);
    empty.push(b);
  }
  return {
    name: "start-up: a script that names template, markdown and temporal ÷ one that names nothing",
    ratio: median(naming) / median(empty),
    detail: `${median(naming).toFixed(1)} ms ÷ ${median(empty).toFixed(1)} ms`,
  };
}

async function timed(run: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
