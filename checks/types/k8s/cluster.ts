/**
 * Where the API of a cluster is, and how to prove who asks: from a kubeconfig file or from inside of a pod.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
import { describeSystemError } from "../../../runtime/seam/error.ts";
import { anyValue } from "../../schema/any.ts";
import { readFile } from "../../text/file.ts";
import { Problems } from "../../text/problem.ts";
import { parseYaml } from "../../text/yaml.ts";

/** How to reach a cluster. Certificates are PEM. */
export interface Access {
  /** The URL of the API. */
  readonly server: string;
  readonly namespace: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  /** Read for each attempt. */
  readonly tokenFile?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly insecure?: boolean;
}

/** A cluster, or why there is none. */
export type Cluster = Access | { readonly problem: string };

/** Which cluster is meant. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly server?: string;
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What is missing or wrong in a file. */
class ClusterError extends Error {
  override readonly name = "ClusterError";
}

/** Finds the cluster as kubectl does: KUBECONFIG, the account of the pod, `~/.kube/config`. */
export function findCluster({ kubeconfig, context, server }: ClusterOptions): Cluster {
  try {
    if (server !== undefined) return { server: trimmed(server), namespace: "default" };
    const path = kubeconfig ?? variable("KUBECONFIG")?.split(":")[0];
    if (path !== undefined && path !== "") return fromFile(path, context);
    return fromPod() ?? fromFile(`${variable("HOME") ?? ""}/.kube/config`, context);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { problem: error.message };
  }
}

function variable(name: string): string | undefined {
  return Deno.env.get(name);
}

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
function fromPod(): Access | undefined {
  const host = variable("KUBERNETES_SERVICE_HOST");
  if (host === undefined || host === "") return undefined;
  const port = variable("KUBERNETES_SERVICE_PORT") ?? "443";
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: read(`${ACCOUNT}/namespace`).trim() || "default",
    ca: read(`${ACCOUNT}/ca.crt`),
    tokenFile: `${ACCOUNT}/token`,
  };
}

/** @throws {ClusterError} */
function read(path: string): string {
  try {
    return new TextDecoder().decode(readFile(path));
  } catch (error) {
    throw new ClusterError(`cannot read "${path}": ${describeSystemError(error)}`, { cause: error });
  }
}

function fromFile(path: string, wanted: string | undefined): Access {
  const source = read(path);
  const problems = new Problems(source, path);
  const root = parseYaml(source, problems);
  if (root === undefined || problems.any) {
    throw new ClusterError(`${path} is no kubeconfig: ${problems.describe()[0] ?? "it is empty"}`);
  }
  const config: unknown = anyValue()(root, problems, "kubeconfig");
  const name = wanted ?? textOf(config, "current-context");
  if (name === undefined) throw new ClusterError(`${path} has no current context: give one with 'context'`);
  const context = named(config, "contexts", "context", name, path);
  const cluster = named(config, "clusters", "cluster", textOf(context, "cluster") ?? "", path);
  const userName = textOf(context, "user");
  const user = userName === undefined ? {} : named(config, "users", "user", userName, path);
  const server = textOf(cluster, "server");
  if (server === undefined || !URL.canParse(server)) {
    throw new ClusterError(`${path}: the cluster of context '${name}' has no server`);
  }
  return {
    server: trimmed(server),
    namespace: textOf(context, "namespace") ?? "default",
    ...pem(cluster, "certificate-authority", "ca", path),
    ...pem(user, "client-certificate", "cert", path),
    ...pem(user, "client-key", "key", path),
    ...credentials(user, path),
    ...(field(cluster, "insecure-skip-tls-verify") === true ? { insecure: true } : {}),
  };
}

function credentials(user: unknown, path: string): Partial<Access> {
  const token = textOf(user, "token");
  if (token !== undefined) return { token };
  const tokenFile = textOf(user, "tokenFile");
  if (tokenFile !== undefined) return { tokenFile: beside(path, tokenFile) };
  const [username, password] = [textOf(user, "username"), textOf(user, "password")];
  if (username !== undefined && password !== undefined) return { basic: { username, password } };
  const isCommand = field(user, "exec") !== undefined || field(user, "auth-provider") !== undefined;
  if (!isCommand) return {};
  throw new ClusterError(
    `${path}: the user gets its credentials from a command, which checks do not run: ` +
      "use a token ('kubectl create token') or 'kubectl proxy' with 'server'",
  );
}

/** A PEM text: in the file as base64, or in a file of its own. */
function pem(
  holder: unknown,
  key: string,
  as: "ca" | "cert" | "key",
  path: string,
): Partial<Record<"ca" | "cert" | "key", string>> {
  const data = textOf(holder, `${key}-data`);
  if (data !== undefined) {
    try {
      return { [as]: new TextDecoder().decode(Uint8Array.fromBase64(data)) };
    } catch (error) {
      throw new ClusterError(`${path}: ${key}-data is no base64`, { cause: error });
    }
  }
  const file = textOf(holder, key);
  return file === undefined ? {} : { [as]: read(beside(path, file)) };
}

/** Paths in the file are relative to it. */
function beside(path: string, file: string): string {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  return file.startsWith("/") ? file : folder + file;
}

function named(config: unknown, listName: string, key: string, name: string, path: string): unknown {
  const list = field(config, listName);
  const entry: unknown = Array.isArray(list)
    ? list.find((item: unknown) => textOf(item, "name") === name)
    : undefined;
  if (entry === undefined) throw new ClusterError(`${path} has no ${key} '${name}'`);
  return field(entry, key);
}

function textOf(value: unknown, key: string): string | undefined {
  const text = field(value, key);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
