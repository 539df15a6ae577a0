/** The world that the pages' commands speak of: a folder like a checkout, Prometheus by any name, a cluster with the namespaces shop and monitoring. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { programs } from "../cluster/available.ts";
import { startControlPlane } from "../cluster/controlplane.ts";
import { passingFolder } from "../cluster/folder.ts";
import { startPrometheus } from "../cluster/prometheus.ts";
import { operatorKinds } from "./operator-kinds.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
/** Four of them are history of a replay. */
const HOURS = 6;

export interface PageWorld {
  /** Where the commands run. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** URL of the real Prometheus. */
  readonly prometheus: string;
  /** A time of day, HH:MM, at which a decision can be made again. */
  readonly past: string;
  /** Lays out the files of a page's reader: settings, series, values. The job is installed, unless the block installs it. */
  open(page: string, block?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Cores at a time: a wave of 20 minutes. */
const load = (t: number): number => 0.8 + 0.4 * Math.sin((2 * Math.PI * t) / 1200);

/** CPU seconds that each of two pods of `web` has used since a time. */
const burnt = (since: number, t: number): number => {
  const integral = (x: number) => 0.8 * x - (0.4 * 1200 * Math.cos((2 * Math.PI * x) / 1200)) / (2 * Math.PI);
  return (integral(t) - integral(since)) / 2;
};

/** What cadvisor and kube-state-metrics tell at a time: name and labels, and the value. */
function told(since: number, t: number, more = ""): readonly (readonly [series: string, value: number])[] {
  const pods = ["web-5d4f8c9b7-x2x4z", "web-5d4f8c9b7-bcdfg"];
  const cpu = (pod: string) =>
    `container_cpu_usage_seconds_total{namespace="shop",pod="${pod}",container="web"${more}}`;
  return [
    ...pods.map((pod) => [cpu(pod), burnt(since, t)] as const),
    [`kube_deployment_spec_replicas{namespace="shop",deployment="web"${more}}`, 2],
  ];
}

/** Six hours until now, as if it had been scraped all the time; each family in one piece. */
function history(since: number, end: number): string {
  const times = Array.from({ length: (end - since) / 15 }, (_, i) => since + 15 * (i + 1));
  const lines = times.flatMap((t) =>
    told(since, t, ',instance="node",job="load"').map(([series, value]) => `${series} ${value} ${t}`),
  );
  const of = (name: string) => lines.filter((line) => line.startsWith(name)).sort();
  return [
    "# TYPE container_cpu_usage_seconds counter",
    ...of("container_"),
    "# TYPE kube_deployment_spec_replicas gauge",
    ...of("kube_"),
    "# EOF\n",
  ].join("\n");
}

/** A server on loopback. */
async function serve(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { host: `127.0.0.1:${address.port}`, stop: () => void server.close() };
}

/** A proxy that asks this server whatever name a URL has: the pages' Prometheus is to be had under several. */
const proxyTo = (url: string) =>
  serve((asked, answer) => {
    const { pathname, search } = new URL(asked.url!);
    const passed = request(`${url}${pathname}${search}`, { method: asked.method!, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    asked.pipe(passed);
  });

/** A checkout's folders, with the package's two commands on the path. */
async function checkout(dir: string): Promise<void> {
  for (const name of ["docs", "fixtures", "manifests", "node_modules", "stress-app"])
    await symlink(join(root, name), join(dir, name));
  // a copy: a build that somebody starts meanwhile empties dist/ first
  await cp(join(root, "dist"), join(dir, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(dir, "package.json"));
  await mkdir(join(dir, "bin"));
  for (const [name, file] of [
    ["prophet-autoscaler", "job"],
    ["kubectl-prophet", "kubectl-prophet"],
  ])
    await writeFile(join(dir, "bin", name!), `#!/bin/sh\nexec node "${dir}/dist/${file}.js" "$@"\n`, { mode: 0o755 });
}

const csv = (end: number, value: (t: number) => number): string => {
  const times = Array.from({ length: (HOURS * 3600) / 15 }, (_, i) => end - HOURS * 3600 + 15 * (i + 1));
  return ["timestamp,value", ...times.map((t) => `${t},${value(t).toFixed(4)}`), ""].join("\n");
};

/** The settings that README gives to start from. */
async function readmeSettings(): Promise<{ targets: object[] }> {
  return parse(/```yaml\n(.*?)```/s.exec(await readFile(join(root, "README.md"), "utf8"))![1]!);
}

export async function startPageWorld(): Promise<PageWorld> {
  const { dir, remove } = await passingFolder("pages-");
  await checkout(dir);
  const now = Math.floor(Date.now() / 15_000) * 15;
  const since = now - HOURS * 3600;
  const exporter = await serve((_request, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    const lines = told(since, Date.now() / 1000).map(([series, value]) => `${series} ${value}\n`);
    response.end(lines.join(""));
  });
  const scrape = [{ job: "load", targets: [exporter.host], labels: { instance: "node" } }];
  const prometheus = await startPrometheus({ history: history(since, now), interval: 15, scrape });
  const proxy = await proxyTo(prometheus.url);
  const cluster = await startControlPlane();
  const { kubectl } = cluster;
  await operatorKinds(kubectl);
  for (const namespace of ["shop", "monitoring"]) await kubectl(["create", "namespace", namespace]);
  const operated = { apiVersion: "monitoring.coreos.com/v1", kind: "Prometheus", metadata: { name: "k8s" }, spec: {} };
  await kubectl(["-n", "monitoring", "create", "-f", "-"], JSON.stringify(operated));
  await kubectl(["-n", "shop", "create", "deployment", "web", "--image=test.local/web:1", "--replicas=2"]);
  const at = new Date((now - 1800) * 1000);
  const path = [
    join(dir, "bin"),
    join(root, "node_modules/.bin"),
    programs("kube"),
    programs("helm"),
    process.env.PATH,
  ];
  const settings = await readmeSettings();
  const metrics = [{ name: "requests", query: "sum(http_requests)", averageValue: 50 }];
  await mkdir(join(dir, "recordings"));
  await writeFile(join(dir, "config.yaml"), stringify(settings));
  await writeFile(join(dir, "my-values.yaml"), stringify({ config: settings, demo: { stressApp: false } }));
  for (const file of ["cpu.csv", "recordings/cpu.csv"]) await writeFile(join(dir, file), csv(now, load));
  const requests = csv(now, (t) => 100 * load(t));
  await writeFile(join(dir, "recordings/requests.csv"), requests);
  const env = {
    PATH: path.join(":"),
    HOME: dir,
    KUBECONFIG: cluster.kubeconfig,
    HTTP_PROXY: `http://${proxy.host}`,
    http_proxy: `http://${proxy.host}`,
    NO_COLOR: "1",
  };
  const installed = ["prophet-autoscaler", join(root, "manifests/helm"), "-n", "shop", "-f", "my-values.yaml"];
  return {
    dir,
    prometheus: prometheus.url,
    past: `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`,
    env,
    open: async (page, block = "") => {
      const targets =
        page === "docs/any-metric.md" ? settings.targets.map((t) => ({ ...t, metrics })) : settings.targets;
      await writeFile(join(dir, "autoscaler.yaml"), stringify({ ...settings, targets }));
      if (/helm install|apply -k/.test(block) && !block.includes("helm upgrade")) {
        await run("helm", ["uninstall", "prophet-autoscaler", "-n", "shop", "--ignore-not-found"], { env });
        // what the way to install that the page names before has left
        await kubectl(["-n", "shop", "delete", "cronjob,configmap,role,rolebinding,serviceaccount", "--all"]);
      } else await run("helm", ["upgrade", "--install", ...installed], { env, cwd: dir });
    },
    stop: async () => {
      proxy.stop();
      exporter.stop();
      await cluster.stop();
      await prometheus.stop();
      await remove();
    },
  };
}
