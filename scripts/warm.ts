/** Fills V8's compile cache at image build: runs the job twice, as a CronJob would, against stand-ins for Prometheus and the API server in this process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ options: { cache: { type: "string" } }, allowPositionals: true });
const { cache } = values;
const [job] = positionals;
if (!cache || !job) throw new Error("warm.ts --cache FOLDER JOB.js: where the cache goes, and what to run");

const now = Math.floor(Date.now() / 1000);
const step = 15;

/** Two hours of a wave of five minutes, 0.2 cores on average: enough for every part of the forecast to run. */
function samples(): [number, string][] {
  return Array.from({ length: 480 }, (_, i) => {
    const at = now - (480 - i) * step;
    return [at, (0.2 + 0.1 * Math.sin((2 * Math.PI * at) / 300) + 0.01 * Math.sin(i * i)).toFixed(6)];
  });
}

const scale = {
  kind: "Scale",
  apiVersion: "autoscaling/v1",
  metadata: { name: "web", namespace: "shop" },
  spec: { replicas: 2 },
  status: { replicas: 2 },
};
const deployment = {
  kind: "Deployment",
  apiVersion: "apps/v1",
  metadata: { name: "web", namespace: "shop", generation: 1 },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
};
const annotations: Record<string, string> = {};
const configMap = () => ({
  kind: "ConfigMap",
  apiVersion: "v1",
  metadata: { name: "state", namespace: "shop", resourceVersion: "1", annotations },
});

/** What Prometheus or the API server would say. */
function answer(request: IncomingMessage, body: string): unknown {
  const path = request.url?.split("?")[0] ?? "";
  if (path === "/api/v1/query_range")
    return { status: "success", data: { resultType: "matrix", result: [{ metric: {}, values: samples() }] } };
  if (path === "/api/v1/query")
    return { status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] } };
  if (path.endsWith("/scale")) return scale;
  if (path.includes("/configmaps/")) {
    if (request.method === "PATCH")
      Object.assign(annotations, (JSON.parse(body) as { metadata?: { annotations?: object } }).metadata?.annotations);
    return configMap();
  }
  if (path.includes("/deployments/")) return deployment;
  return { kind: "List", apiVersion: "v1", metadata: {}, items: [] };
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

mkdirSync(cache, { recursive: true });
// in the same form as manifests/base/config.yaml, so that the same readers run
const config = `${cache}.yaml`;
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
const kubeconfig = `${cache}.kubeconfig`;
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

/** One run of the job; its compiled code is written when it exits. */
async function run(...flags: string[]): Promise<void> {
  // a fixed seed for V8's hash tables makes equal sources give equal bytes; V8 takes the cache without the flag too
  const args = ["--random-seed=1", job!, "--once", "--config", config, ...flags];
  const child = spawn(process.execPath, args, {
    env: { NODE_COMPILE_CACHE: cache!, KUBECONFIG: kubeconfig, HOME: "/nowhere" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  const [code] = (await once(child, "close")) as [number];
  // an image whose job does not run must not be built
  if (code !== 0) throw new Error(`${args.join(" ")} gave ${code}: ${out}`);
}

await run();
await run("--json");
server.close();
const files = readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((name) =>
  statSync(`${cache}/${name}`).isFile(),
);
const bytes = files.reduce((sum, name) => sum + statSync(`${cache}/${name}`).size, 0);
console.error(`compile cache: ${files.length} files, ${(bytes / 1024).toFixed(0)} kB`);
if (files.length === 0) throw new Error("the compile cache is empty");
