/** The time of a run, on the bundled process: what was read is acted on, the rest fails by name, and the process is gone when its work is done. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { built, type JobResult, runJob } from "./job-process.ts";
import { type FakeServer, fakeServer, matrix, type ReceivedRequest, type Reply } from "./server.ts";

const dir = mkdtempSync(join(tmpdir(), "budget-"));
afterAll(() => rmSync(dir, { recursive: true }));
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(reply: (seen: ReceivedRequest) => Reply): Promise<FakeServer> {
  const server = await fakeServer(reply);
  servers.push(server);
  return server;
}

function healthy({ url, body }: ReceivedRequest): Reply {
  if (!url.endsWith("_range")) {
    const result = [{ metric: {}, value: [Math.floor(Date.now() / 1000), "20"] }];
    return { body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
  }
  const [start, end] = ["start", "end"].map((name) => Number(new URLSearchParams(body).get(name))) as [number, number];
  return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.2"])) };
}

/** An API server with a scale for every name, all at 3, and one state. */
async function cluster(hang: (seen: ReceivedRequest) => boolean = () => false) {
  const replicas = new Map<string, number>();
  let version = 1;
  const server = await serve((seen) => {
    if (hang(seen)) return { end: "hang" };
    const { method, url, body } = seen;
    const name = /deployments\/([^/]+)\/scale/.exec(url)?.[1];
    if (name !== undefined) {
      if (method === "PATCH") replicas.set(name, (JSON.parse(body) as { value: number }[])[1]!.value);
      return { body: JSON.stringify({ metadata: { name, uid: name }, spec: { replicas: replicas.get(name) ?? 3 } }) };
    }
    if (method === "PATCH") version += 1;
    const annotations =
      method === "PATCH" ? (JSON.parse(body) as { metadata: { annotations: object } }).metadata.annotations : {};
    return { body: JSON.stringify({ metadata: { resourceVersion: String(version), annotations } }) };
  });
  return { replicas, kubeconfig: kubeconfigOf(server.url, { token: "t" }) };
}

function file(name: string, content: object | string): string {
  const path = join(dir, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function kubeconfigOf(server: string, user: object): string {
  return file("kubeconfig", {
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

/** One run over targets of these names. */
function run(
  names: readonly string[],
  url: string,
  kubeconfig: string,
  more: object = {},
  wrap: readonly string[] = [],
): Promise<JobResult> {
  const config = file("config.json", {
    prometheus: { url, measurePodStart: false },
    kubernetes: { detectScalers: false, events: false },
    ...more,
    targets: names.map((name) => ({
      namespace: "shop",
      scaleTargetRef: { name },
      targetCpu: 0.5,
      minReplicas: 1,
      maxReplicas: 20,
    })),
  });
  return runJob(
    ["--once", "--json", "--config", config],
    { KUBECONFIG: kubeconfig, PATH: process.env.PATH ?? "" },
    wrap,
  );
}

interface PrintedTarget {
  readonly name: string;
  readonly action: string;
  readonly message: string;
}
function toldBy({ stdout, stderr }: JobResult): readonly PrintedTarget[] {
  expect(stdout, stderr).toMatch(/^\{/);
  return (JSON.parse(stdout) as { targets: PrintedTarget[] }).targets;
}

describe.skipIf(!built)("reading has its share", () => {
  test("of 24 targets the queries of the first 20 hang: the other four are scaled, those fail by name", async () => {
    const names = Array.from({ length: 24 }, (_, i) => `${i < 20 ? "hangs" : "good"}-${i}`);
    const prometheus = await serve((seen) => (seen.body.includes("hangs") ? { end: "hang" } : healthy(seen)));
    const { replicas, kubeconfig } = await cluster();
    const ended = await run(names, prometheus.url, kubeconfig, { timeout: 15 });
    const told = toldBy(ended);
    expect(told.map(({ action }) => action)).toEqual([...Array(20).fill("failed"), ...Array(4).fill("scaled")]);
    for (const { message } of told.slice(0, 20))
      expect(message).toMatch(/hangs-.*the time of the run is over: reading may take 9 s of 15 s \(--timeout\)/);
    expect(Object.fromEntries(replicas)).toEqual({ "good-20": 5, "good-21": 5, "good-22": 5, "good-23": 5 });
    expect(ended.code).toBe(1);
  });

  test("an API server that hangs for one target does not keep the others", async () => {
    const prometheus = await serve(healthy);
    const { replicas, kubeconfig } = await cluster(({ url }) => url.includes("deployments/a/"));
    const told = toldBy(await run(["a", "b"], prometheus.url, kubeconfig, { timeout: 5 }));
    expect(told).toMatchObject([
      { action: "failed", message: expect.stringContaining("reading may take 3 s of 5 s") },
      { action: "scaled" },
    ]);
    expect(replicas.get("b")).toBe(5);
  });

  test("a write that hangs ends with the run, which says that nobody knows what became of it", async () => {
    const prometheus = await serve(healthy);
    const { kubeconfig } = await cluster(({ method, url }) => method === "PATCH" && url.includes("/scale"));
    const told = toldBy(await run(["a"], prometheus.url, kubeconfig, { timeout: 5 }));
    expect(told[0]).toMatchObject({ action: "failed" });
    expect(told[0]!.message).toMatch(
      /the time of the run is over: 5 s \(--timeout\); whether the replicas changed is not known/,
    );
  });

  test("an Event that hangs keeps nobody: what was done is told, and counts", async () => {
    const prometheus = await serve(healthy);
    const { replicas, kubeconfig } = await cluster(({ url }) => url.includes("/events"));
    const kubernetes = { detectScalers: false, events: true };
    const ended = await run(["a"], prometheus.url, kubeconfig, { timeout: 5, kubernetes });
    expect(ended.code).toBe(0);
    expect(toldBy(ended)).toMatchObject([{ action: "scaled" }]);
    expect(replicas.get("a")).toBe(5);
  });
});

describe.skipIf(!built)("an exec plugin of the kubeconfig", () => {
  const plugin = (command: string, ...args: string[]) => ({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command, args },
  });
  test.each([
    ["hangs", 3, plugin("sleep", "600"), /credentials from the exec plugin sleep: it failed or took too long/],
    [
      "is not there",
      20,
      plugin("no-such-plugin"),
      /credentials from the exec plugin no-such-plugin: no-such-plugin: there is no such program/,
    ],
    ["fails", 20, plugin("sh", "-c", "echo no login >&2; exit 1"), /credentials from the exec plugin sh: no login/],
  ])("that %s is named", async (_name, timeout, user, message) => {
    const prometheus = await serve(healthy);
    const ended = await run(["a"], prometheus.url, kubeconfigOf("http://127.0.0.1:1", user), {
      kubernetes: { timeout, detectScalers: false, events: false },
    });
    expect(ended.code).toBe(1);
    expect(toldBy(ended)[0]!.message).toMatch(message);
  });
});

/** A DNS needs a resolv.conf of its own, and that a namespace of mounts. */
function missingNamespace(): boolean {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return false;
  } catch {
    console.log("skipped: a DNS that never answers: unshare -m needs root");
    return true;
  }
}

describe.skipIf(!built || missingNamespace())("a DNS that never answers", () => {
  test("the run fails by name, and the process does not wait for the look-ups", async () => {
    const silent = createSocket("udp4");
    silent.bind(53, "127.0.0.53");
    await once(silent, "listening");
    try {
      // two look-ups at a time, 20 s each with the search list of a pod
      const conf = file(
        "resolv.conf",
        "nameserver 127.0.0.53\nsearch shop.svc.cluster.local svc.cluster.local\noptions ndots:5\n",
      );
      const wrap = ["unshare", "-m", "sh", "-c", `mount --bind ${conf} /etc/resolv.conf && exec "$@"`, "-"];
      const { kubeconfig } = await cluster();
      const ended = await run(["a", "b"], "http://prometheus.monitoring:9090", kubeconfig, { timeout: 4 }, wrap);
      expect(ended.code).toBe(1);
      expect(toldBy(ended).map(({ message }) => message)).toEqual(
        Array(2).fill(expect.stringMatching(/prometheus\.monitoring.*the time of the run is over/)),
      );
      expect(ended.milliseconds).toBeLessThan(15_000);
    } finally {
      silent.close();
    }
  });
});
