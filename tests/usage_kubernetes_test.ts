/** examples/k8s: manifests that the API server would take, of pods that may do next to nothing. */
import assert from "node:assert/strict";
import { loadAll } from "js-yaml";
import { AnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { assay, ROOT, withFolder } from "./support/assay.ts";
import { withExampleService } from "./support/example_service.ts";

const FOLDER = `${ROOT}examples/k8s`;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** A model of a kind, which validates what it is made of by the schema of that kind. */
type Model = new (manifest: never) => { validate(): void };

/** What is known of each kind: its schema, and its type, which knows no other keys. */
const KINDS: Readonly<
  Record<string, { readonly model: Model; readonly type: string; readonly from: string }>
> = {
  "v1 ConfigMap": { model: ConfigMap, type: "IConfigMap", from: "kubernetes-models/v1/ConfigMap" },
  "batch/v1 Job": { model: Job, type: "IJob", from: "kubernetes-models/batch/v1/Job" },
  "batch/v1 CronJob": { model: CronJob, type: "ICronJob", from: "kubernetes-models/batch/v1/CronJob" },
  "argoproj.io/v1alpha1 AnalysisTemplate": {
    model: AnalysisTemplate,
    type: "IAnalysisTemplate",
    from: "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate",
  },
};

/** Kargo publishes no schema as a package: what is asked of its stage is written down in a test below. */
const WITHOUT_SCHEMA = "kargo.akuity.io/v1alpha1 Stage";

async function manifests(): Promise<{ file: string; manifest: Manifest }[]> {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) =>
    name.endsWith(".yaml")
  );
  const all = files.map(async (file) =>
    loadAll(await Deno.readTextFile(`${FOLDER}/${file}`)).map((manifest) => ({
      file,
      manifest: manifest as Manifest,
    }))
  );
  return (await Promise.all(all)).flat();
}

function kindOf({ apiVersion, kind }: Manifest): string {
  return `${apiVersion} ${kind}`;
}

async function manifest<T>(file: string, kind: string): Promise<T> {
  const found = (await manifests()).find((one) => one.file === file && one.manifest.kind === kind);
  assert.ok(found, `${file} has no ${kind}`);
  return found.manifest as T;
}

/** The pods of all manifests, wherever they stand in them. */
function podSpecs(value: unknown): IPodSpec[] {
  if (typeof value !== "object" || value === null) return [];
  if ("containers" in value) return [value as IPodSpec];
  return Object.values(value).flatMap(podSpecs);
}

Deno.test("every manifest is valid by the schema of its kind", async () => {
  const seen = new Set<string>();
  for (const { file, manifest } of await manifests()) {
    const kind = kindOf(manifest);
    seen.add(kind);
    if (kind === WITHOUT_SCHEMA) continue;
    const known = KINDS[kind];
    assert.ok(known, `${file}: no schema for ${kind}`);
    new known.model(manifest as never).validate();
  }
  assert.deepEqual([...seen].sort(), [...Object.keys(KINDS), WITHOUT_SCHEMA].sort());
});

Deno.test("no manifest has a key that its kind does not know", async () => {
  // Schemas of Kubernetes allow any key; TypeScript's types of the same do not
  const check = (texts: readonly string[]) =>
    withFolder(async (folder) => {
      const imports = Object.values(KINDS).map(({ type, from }) => `import type { ${type} } from "${from}";`);
      await Deno.writeTextFile(`${folder}/manifests.ts`, [...imports, ...texts, ""].join("\n"));
      const command = new Deno.Command(Deno.execPath(), {
        args: ["check", "--quiet", `--config=${ROOT}deno.json`, `${folder}/manifests.ts`],
        env: { NO_COLOR: "1" },
      });
      const { success, stderr } = await command.output();
      return success ? "" : new TextDecoder().decode(stderr);
    });
  const texts = (await manifests()).filter(({ manifest }) => kindOf(manifest) !== WITHOUT_SCHEMA)
    .map(({ manifest }, i) =>
      `export const m${i}: ${KINDS[kindOf(manifest)]?.type} = ${JSON.stringify(manifest, null, 2)};`
    );
  assert.equal(await check(texts), "");
  const misspelt = texts.map((text) => text.replaceAll("readOnlyRootFilesystem", "readonlyRootFilesystem"));
  assert.match(await check(misspelt), /'"readonlyRootFilesystem"' does not exist/);
});

Deno.test("every pod fulfils the Pod Security Standard 'restricted', and is bounded", async () => {
  const pods = podSpecs((await manifests()).map(({ manifest }) => manifest));
  assert.equal(pods.length, 4);
  for (const pod of pods) {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.securityContext?.runAsNonRoot, true);
    assert.ok((pod.securityContext?.runAsUser ?? 0) > 0);
    assert.equal(pod.securityContext?.seccompProfile?.type, "RuntimeDefault");
    assert.equal(pod.restartPolicy, "Never");
    for (const { securityContext, resources, image = "" } of pod.containers) {
      assert.equal(securityContext?.allowPrivilegeEscalation, false);
      assert.equal(securityContext?.readOnlyRootFilesystem, true);
      assert.deepEqual(securityContext?.capabilities, { drop: ["ALL"] });
      assert.ok(resources?.limits?.memory !== undefined && resources.requests?.cpu !== undefined);
      assert.match(image, /:\d+\.\d+\.\d+$/);
    }
    for (const { configMap, emptyDir } of pod.volumes ?? []) {
      assert.ok(
        configMap !== undefined || emptyDir?.sizeLimit !== undefined,
        "only the checks, and a bounded folder",
      );
    }
  }
});

Deno.test("what the pods mount is there: the ConfigMap's name, and the files that their arguments name", async () => {
  const { metadata, data } = await manifest<Manifest & { data: Record<string, string> }>(
    "configmap.yaml",
    "ConfigMap",
  );
  for (const pod of podSpecs((await manifests()).map(({ manifest }) => manifest))) {
    assert.deepEqual(pod.volumes?.flatMap(({ configMap }) => configMap?.name ?? []), [metadata.name]);
    for (const { args = [], volumeMounts = [] } of pod.containers) {
      const mount = volumeMounts.find(({ name }) => name === "checks")?.mountPath ?? "";
      const files = args.filter((arg) => arg.startsWith("/"));
      assert.deepEqual(files.map((file) => file.replace(`${mount}/`, "")), ["checks.yaml"]);
      assert.ok(data["checks.yaml"] !== undefined);
    }
  }
});

Deno.test("the arguments of each pod run the ConfigMap's checks, which pass against a service", async () => {
  const { data } = await manifest<Manifest & { data: Record<string, string> }>("configmap.yaml", "ConfigMap");
  const runs = podSpecs((await manifests()).map(({ manifest }) => manifest))
    .flatMap(({ containers }) => containers);
  await withExampleService(async (url) => {
    await withFolder(async (folder) => {
      // What is mounted at /checks in a pod
      for (const [name, text] of Object.entries(data)) {
        await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll("/checks/", `${folder}/`));
      }
      for (const { args = [] } of runs) {
        const { status, stdout, stderr } = await assay(
          args.map((arg) => arg.replace(/^\/checks\//, `${folder}/`)),
          { env: { SERVICE_URL: url, PROMETHEUS_URL: url } },
        );
        assert.equal(status, 0, stdout + stderr);
        assert.match(stdout, args.includes("--tags=smoke") ? /"passed": 1,/ : /3 passed/);
      }
    });
  });
});

Deno.test("the Argo CD hook runs after a sync, and is replaced by the next", async () => {
  const { metadata } = await manifest<Manifest>("argocd-postsync.yaml", "Job");
  // https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
  assert.equal(metadata.annotations?.["argocd.argoproj.io/hook"], "PostSync");
  const policies = metadata.annotations?.["argocd.argoproj.io/hook-delete-policy"]?.split(",") ?? [];
  assert.deepEqual(policies, ["BeforeHookCreation", "HookSucceeded"]);
});

Deno.test("the Kargo stage names the analysis template, and gives it each argument that it asks for", async () => {
  interface Template extends Manifest {
    spec: { args: { name: string }[] };
  }
  // https://docs.kargo.io/user-guide/how-to-guides/working-with-stages#verifications
  interface Stage extends Manifest {
    spec: {
      requestedFreight: { origin: { kind: string; name: string }; sources: { direct: boolean } }[];
      verification: { analysisTemplates: { name: string }[]; args: { name: string; value: string }[] };
    };
  }
  const template = await manifest<Template>("kargo-verification.yaml", "AnalysisTemplate");
  const { spec } = await manifest<Stage>("kargo-verification.yaml", "Stage");
  assert.deepEqual(Object.keys(spec), ["requestedFreight", "verification"]);
  assert.equal(spec.requestedFreight[0]?.origin.kind, "Warehouse");
  assert.deepEqual(spec.verification.analysisTemplates, [{ name: template.metadata.name }]);
  const wanted = template.spec.args.map(({ name }) => name);
  assert.deepEqual(spec.verification.args.map(({ name }) => name), wanted);
  const used = [...JSON.stringify(template).matchAll(/\{\{args\.([\w-]+)\}\}/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(used)], wanted);
});
