/** A Prometheus and an Alertmanager of a test's own, in a temporary folder, with something to watch. */
import { withFolder } from "./assay.ts";
import { findProgram } from "./database_server.ts";

/** How long a server may take to start, in milliseconds. */
const START_TIMEOUT = 60_000;

/** Two running servers: the alerts of one go to the other. */
export interface Monitoring {
  /** URLs without a slash at their end. */
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** What the shop that Prometheus watches tells of itself. */
const METRICS = `# HELP shop_orders Orders that wait
# TYPE shop_orders gauge
shop_orders{shop="a/b \\"c\\"",country="Österreich"} 3
shop_orders{shop="d"} 4.5
`;

const RULES = `
groups:
  - name: shop
    rules:
      - record: shop:orders:sum
        expr: sum(shop_orders)
      - alert: OrdersWait
        expr: shop_orders > 4
        labels: { severity: page }
        annotations: { summary: "{{ $value }} orders wait" }
`;

const ALERTMANAGER = `
route: { receiver: default, group_by: [alertname] }
receivers: [{ name: default }, { name: night shift }]
`;

const prometheusConfig = (shop: number, alertmanager: string) => `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
alerting:
  alertmanagers: [{ static_configs: [{ targets: ["${new URL(alertmanager).host}"] }] }]
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ["127.0.0.1:${shop}"] }]
`;

/** Registers a test beside both servers; says so where they are not installed. */
export async function monitoringTest(
  name: string,
  body: (t: Deno.TestContext, servers: Monitoring) => Promise<void>,
): Promise<void> {
  const prometheus = await findProgram("prometheus", ["/usr/bin"]);
  const alertmanager = await findProgram("prometheus-alertmanager", ["/usr/bin"]);
  if (prometheus !== undefined && alertmanager !== undefined) {
    Deno.test(name, (t) => withMonitoring(prometheus, alertmanager, (servers) => body(t, servers)));
    return;
  }
  const advice = "install the Debian packages prometheus and prometheus-alertmanager";
  console.warn(`skipped: no Prometheus or no Alertmanager (${advice})`);
  Deno.test({ name: `${name} (skipped: ${advice})`, ignore: true, fn() {} });
}

async function withMonitoring(
  prometheus: string,
  alertmanager: string,
  body: (servers: Monitoring) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await using shop = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(METRICS, { headers: { "content-type": "text/plain; version=0.0.4" } }),
    );
    await Deno.writeTextFile(`${folder}/alertmanager.yml`, ALERTMANAGER);
    await using alerts = await start(folder, /msg="Listening on" address=(\S+)/, alertmanager, [
      ...["--config.file=alertmanager.yml", "--storage.path=alerts", "--cluster.listen-address="],
    ]);
    await Deno.writeTextFile(`${folder}/rules.yml`, RULES);
    await Deno.writeTextFile(`${folder}/prometheus.yml`, prometheusConfig(shop.addr.port, alerts.url));
    // It tells both at about the same time, in either order
    const ready = /^(?=[^]*Server is ready to receive web requests)[^]*msg="Listening on" address=(\S+)/;
    await using metrics = await start(folder, ready, prometheus, [
      ...["--config.file=prometheus.yml", "--storage.tsdb.path=metrics", "--web.enable-lifecycle"],
    ]);
    await body({ prometheus: metrics.url, alertmanager: alerts.url });
  });
}

/** Starts a server on a free port. @param ready What it logs when it is ready, with its address as a group */
async function start(
  folder: string,
  ready: RegExp,
  program: string,
  args: readonly string[],
): Promise<AsyncDisposable & { url: string }> {
  const child = new Deno.Command(program, {
    args: [...args, "--web.listen-address=127.0.0.1:0"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => reject(new Error(`${program} does not start within ${START_TIMEOUT / 1000} s`)),
    START_TIMEOUT,
  );
  const log = follow(child.stderr, ready, resolve);
  log.then((text) => reject(new Error(`${program} has ended: ${text}`)), reject);
  const end = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It has ended already
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await child.status;
    await log;
  };
  try {
    return { url: `http://${await promise}`, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a log to its end, as a full pipe would stop the server. @returns what stood in it until it was ready */
async function follow(
  stream: ReadableStream<Uint8Array>,
  ready: RegExp,
  then: (address: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let found = false;
  for await (const chunk of stream) {
    if (found) continue;
    text += decoder.decode(chunk, { stream: true });
    const address = ready.exec(text)?.[1];
    found = address !== undefined;
    if (address !== undefined) then(address);
  }
  return text;
}
