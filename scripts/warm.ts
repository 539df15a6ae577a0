/** Fills V8's compile cache at image build by running the job like a CronJob, or measures starts with and without it (--measure N). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { cache: { type: "string" }, work: { type: "string", default: tmpdir() }, measure: { type: "string" } },
  allowPositionals: true,
});
const { cache, work } = values;
const [job] = positionals;
if (!cache || !job) throw new Error("warm.ts --cache FOLDER [--work FOLDER] [--measure N] JOB.js");

// Prometheus and the API server are stand-ins in this process
const now = Math.floor(Date.now() / 1000);
const step = 15;

/** What a range query asks for of a wave of five minutes, 0.2 cores on average; of its two hours every part of the forecast runs. */
function samples(asked: URLSearchParams): [number, string][] {
  const [start, end] = ["start", "end"].map((name) => Number(asked.get(name))) as [number, number];
  return Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => {
    const at = start + i * step;
    return [at, (0.2 + 0.1 * Math.sin((2 * Math.PI * at) / 300) + 0.01 * Math.sin(i * i)).toFixed(6)];
  });
}

const spec = { replicas: 2 };
const scale = {
  kind: "Scale",
  apiVersion: "autoscaling/v1",
  metadata: { name: "web", namespace: "shop" },
  spec,
  status: { replicas: 2 },
};
const deployment = {
  kind: "Deployment",
  apiVersion: "apps/v1",
  metadata: { name: "web", namespace: "shop", generation: 1 },
  spec,
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
};
const annotations: Record<string, string> = {};
const configMap = () => ({
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name: "state", namespace: "shop", resourceVersion: "1", annotations },
});

/** The number that a JSON patch of a scale sets. */
function writtenBy(patch: string): number {
  const operations = JSON.parse(patch) as readonly { readonly op: string; readonly value: number }[];
  return operations.find(({ op }) => op !== "test")!.value;
}

/** What Prometheus or the API server would say. */
function answer(request: IncomingMessage, body: string): unknown {
  const path = request.url?.split("?")[0] ?? "";
  if (path === "/api/v1/query_range")
    return {
      status: "success",
      data: { resultType: "matrix", result: [{ metric: {}, values: samples(new URLSearchParams(body)) }] },
    };
  if (path === "/api/v1/query")
    return { status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] } };
  if (path.endsWith("/scale")) {
    // the job checks that the answer to its write is what it wrote
    if (request.method === "PATCH") spec.replicas = writtenBy(body);
    return scale;
  }
  if (path.includes("/configmaps/")) {
    if (request.method === "PATCH")
      Object.assign(annotations, (JSON.parse(body) as { metadata?: { annotations?: object } }).metadata?.annotations);
    return configMap();
  }
  if (path.includes("/deployments/")) return deployment;
  if (path.endsWith("/horizontalpodautoscalers"))
    return { kind: "HorizontalPodAutoscalerList", apiVersion: "autoscaling/v2", metadata: {}, items: [] };
  return {};
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer(request, body)));
  });
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("no port");
const url = `http://127.0.0.1:${address.port}`;

// in the same form as manifests/base/config.yaml, so that the same readers run
const config = `${work}/config.yaml`;
writeFileSync(
  config,
  `# settings
prometheus:
  url: ${url}
  timeout: 5
kubernetes:
  timeout: 5
state:
  configMap:
    name: state
report:
  logFormat: json
targets:
  - scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
    namespace: shop
    targetCpu: 0.05
    minReplicas: 1
    maxReplicas: 10
`,
);
const kubeconfig = `${work}/kubeconfig`;
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "none" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: "shop" } }],
    "current-context": "x",
  }),
);

interface Run {
  readonly milliseconds: number;
  readonly log: string;
}

/** Runs `node ...args`; an image whose job does not run must not be built, so a failed run throws. */
async function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { NODE_COMPILE_CACHE: cache!, KUBECONFIG: kubeconfig, HOME: "/nowhere", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
  }
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${args.join(" ")} gave ${code}: ${log}`);
  return { milliseconds: performance.now() - start, log };
}

const oneRun = [job, "--once", "--config", config];

/** Writes the cache, which V8 does at the end of each run for what it had to compile. */
async function fill(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // a fixed seed for V8's hash tables makes equal sources give equal bytes; V8 takes the cache without the flag too
  for (const flags of [[], ["--json"]]) {
    const { log } = await node(["--random-seed=1", ...oneRun, ...flags]);
    console.error(log.slice(0, log.indexOf("\n")));
  }
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(`${folder}/${name}`))
    .filter((file) => file.isFile());
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  console.error(`compile cache: ${files.length} files, ${(bytes / 1024).toFixed(0)} kB`);
  if (files.length === 0) throw new Error("the compile cache is empty");
}

/** Medians in milliseconds, the three kinds of start taken in turn, and how many modules came from the cache or had to be compiled. */
async function measure(rounds: number): Promise<object> {
  const { log } = await node(oneRun, { NODE_DEBUG_NATIVE: "COMPILE_CACHE" });
  const count = (what: string) =>
    log.split("\n").filter((line) => line.startsWith("[compile cache]") && line.includes(what)).length;
  const times: Record<"bare" | "cached" | "uncached", number[]> = { bare: [], cached: [], uncached: [] };
  for (let i = 0; i < rounds; i++) {
    times.bare.push((await node(["-e", "0"])).milliseconds);
    times.cached.push((await node(oneRun)).milliseconds);
    times.uncached.push((await node(oneRun, { NODE_DISABLE_COMPILE_CACHE: "1" })).milliseconds);
  }
  const median = (list: number[]) => Math.round(list.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN);
  return {
    accepted: count("was accepted"),
    compiled: count("was not initialized") + count("was rejected"),
    bare: median(times.bare),
    cached: median(times.cached),
    uncached: median(times.uncached),
  };
}

if (values.measure) console.log(JSON.stringify(await measure(Number(values.measure))));
else await fill(cache);
server.close();
