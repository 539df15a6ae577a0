/** `kubectl prophet` over a kubectl that answers from a table: which settings and which Prometheus our own command gets, and that nothing is left behind. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { Process } from "../../../job/cli/io.ts";
import { kubectlPlugin } from "../../../job/cli/kubectl/plugin.ts";

/** Answers by the first words of the arguments; a forwarded port is told, and kept until the child is ended, which takes it a moment. */
const FAKE = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2).join(" ");
appendFileSync(process.env.FAKE_LOG, args + "\\n");
const table = JSON.parse(readFileSync(process.env.FAKE_TABLE, "utf8"));
const key = Object.keys(table).find((start) => args.startsWith(start));
if (key === undefined) { console.error("Error from server (NotFound): " + args); process.exit(1); }
if (table[key] === "forward") { process.on("SIGTERM", () => setTimeout(() => { appendFileSync(process.env.FAKE_LOG, "ended\\n"); process.exit(0); }, 200)); console.log("Forwarding from 127.0.0.1:40123 -> 9090"); setInterval(() => {}, 1e6); }
else if (table[key] === "refuse") { console.error("error: services is forbidden"); process.exit(1); }
else process.stdout.write(typeof table[key] === "string" ? table[key] : JSON.stringify(table[key]));
`;

const deployment = (name: string, namespace = "shop") => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
});
const cronJob = (
  name: string,
  args: readonly string[] = ["--once", "--config", "/etc/prophet-autoscaler/config.yaml"],
) => ({
  metadata: { name },
  spec: {
    jobTemplate: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "prophet-autoscaler",
                args,
                env: [
                  { name: "PROPHET_AUTOSCALER_LOG_LEVEL", value: "warn" },
                  {
                    name: "PROPHET_AUTOSCALER_PROMETHEUS_BEARER_TOKEN",
                    valueFrom: { secretKeyRef: { name: "s", key: "t" } },
                  },
                  { name: "HTTPS_PROXY", value: "http://proxy" },
                ],
                volumeMounts: [{ name: "config", mountPath: "/etc/prophet-autoscaler" }],
              },
            ],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
  },
});
const configMap = (settings: object) => ({ data: { "config.yaml": stringify(settings) } });
const settings = (url: string, ...targets: object[]) => ({ prometheus: { url }, targets });
const web = { scaleTargetRef: { kind: "Deployment", name: "web" }, targetCpu: 1 };

/** What our own command was run with. */
interface Ours {
  readonly argv: readonly string[];
  readonly env: Process["env"];
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>> | null;
}

describe("kubectl prophet", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fake-kubectl-"));
    writeFileSync(join(folder, "kubectl"), FAKE, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the plugin; `answer` is what our own command prints. */
  async function plugin(table: object, line: string, answer = "{}") {
    writeFileSync(join(folder, "table.json"), JSON.stringify(table));
    writeFileSync(join(folder, "log"), "");
    const env = {
      PATH: folder,
      FAKE_LOG: join(folder, "log"),
      FAKE_TABLE: join(folder, "table.json"),
      PROPHET_AUTOSCALER_LOG_FORMAT: "json",
    };
    const said: Record<"out" | "err", string[]> = { out: [], err: [] };
    const calls: Ours[] = [];
    const outside = {
      argv: line.split(" "),
      env,
      out: (text: string) => void said.out.push(text),
      err: (text: string) => void said.err.push(text),
    } as unknown as Process;
    const code = await kubectlPlugin(outside, async (inner) => {
      const file = inner.argv[inner.argv.indexOf("--config") + 1]!;
      const config = existsSync(file) ? parse(readFileSync(file, "utf8")) : null;
      calls.push({ argv: inner.argv, env: inner.env, file, config });
      inner.out(answer);
      return 0;
    });
    const log = () => readFileSync(join(folder, "log"), "utf8").split("\n");
    return { code, out: said.out.join(""), err: said.err.join(""), ours: calls[0]!, log };
  }

  const installed = (url: string, ...targets: object[]) => ({
    "get deploy/web": deployment("web"),
    "get cronjobs": { items: [cronJob("prophet-autoscaler")] },
    "get configmap prophet-autoscaler": configMap(settings(url, ...targets)),
    "port-forward": "forward",
  });

  it("our command gets the installed settings, the workload and a forwarded Prometheus; all of it ends", async () => {
    const { code, ours, log } = await plugin(
      installed("http://prometheus.monitoring.svc:9090/prom?tenant=a", web),
      "explain deploy/web -n shop --context prod -o json",
    );
    expect(code).toBe(0);
    expect(ours.argv).toEqual([
      ...["explain", "--context", "prod"],
      ...["--namespace", "shop", "--kind", "Deployment", "--api-version", "apps/v1", "--deployment", "web"],
      ...["--json", "--config", ours.file, "--prometheus", "http://127.0.0.1:40123/prom?tenant=a"],
    ]);
    expect(ours.config).toEqual({
      prometheus: { url: "http://prometheus.monitoring.svc:9090/prom?tenant=a" },
      state: { configMap: { namespace: "shop" } },
      targets: [{ namespace: "shop", ...web }],
    });
    // those of the pods that hold settings, and the shell's
    expect(ours.env).toMatchObject({ PROPHET_AUTOSCALER_LOG_LEVEL: "warn", PROPHET_AUTOSCALER_LOG_FORMAT: "json" });
    expect(ours.env).not.toHaveProperty("HTTPS_PROXY");
    expect(existsSync(ours.file)).toBe(false);
    expect(log()).toContain("ended");
    const asked = log().filter((line) => line !== "" && line !== "ended");
    expect(asked).toContain(
      "port-forward service/prometheus :9090 --namespace monitoring --address 127.0.0.1 --context prod",
    );
    for (const line of asked) expect(line).toContain("--context prod");
  });

  it("-o yaml: the same as JSON, as YAML", async () => {
    const { out, ours } = await plugin(
      installed("http://x.example.com", web),
      "explain deploy/web -o yaml",
      '{"targets":[{"a":1}]}\n',
    );
    expect(ours.argv).toContain("--json");
    expect(out).toBe("targets:\n  - a: 1\n");
  });

  it.each([
    ["http://prometheus.example.com:9090", null],
    ["http://10.0.0.7:9090", null],
    ["http://localhost:9090", null],
    ["http://prometheus:9090", "service/prometheus :9090 --namespace shop"],
    ["http://prometheus.monitoring", "service/prometheus :80 --namespace monitoring"],
    ["http://prometheus.monitoring.svc.cluster.local:9090", "service/prometheus :9090 --namespace monitoring"],
  ])("%s: %s", async (url, forwarded) => {
    const there = { ...installed(url, web), "get service prometheus": "service/prometheus\n" };
    const { ours, log } = await plugin(there, "explain deploy/web");
    const ports = log().filter((line) => line.startsWith("port-forward"));
    expect(ports.map((line) => line.replace(/^port-forward | --address.*/g, ""))).toEqual(
      forwarded === null ? [] : [forwarded],
    );
    expect(ours.argv.includes("--prometheus")).toBe(forwarded !== null);
  });

  it("a name of two words that is no Service of the cluster is left as it is", async () => {
    const { ours } = await plugin(
      { ...installed("http://example.com", web), "get service example": "" },
      "explain deploy/web",
    );
    expect(ours.argv).not.toContain("--prometheus");
  });

  it("a Prometheus or settings of one's own: nothing is forwarded, or looked for", async () => {
    const own = await plugin(
      installed("http://prometheus.monitoring.svc", web),
      "explain deploy/web --prometheus http://p",
    );
    expect(own.log().join()).not.toContain("port-forward");
    const file = await plugin({ "get deploy/web": deployment("web") }, "explain deploy/web --config my.yaml");
    expect(file.ours.argv.slice(0, 3)).toEqual(["explain", "--config", "my.yaml"]);
  });

  it("of several jobs, the one that has the workload; a job in another namespace by name; all targets without a workload", async () => {
    const two = {
      "get deploy/web": deployment("web"),
      "get cronjobs --namespace shop": { items: [cronJob("a"), cronJob("b"), { ...cronJob("c", []) }] },
      "get cronjobs --namespace ops": { items: [cronJob("d")] },
      "get configmap a": configMap(settings("http://a.example.com", { scaleTargetRef: { name: "api" } })),
      "get configmap b": configMap(settings("http://b.example.com", web)),
      "get configmap d": configMap(settings("http://d.example.com", { ...web, namespace: "shop" }, { ...web })),
      "config view": "shop",
    };
    const urlOf = async (line: string) => (await plugin(two, line)).ours.config?.prometheus;
    expect(await urlOf("explain deploy/web")).toEqual({ url: "http://b.example.com" });
    expect(await urlOf("explain deploy/web --job-namespace ops")).toEqual({ url: "http://d.example.com" });
    expect(await plugin(two, "explain")).toMatchObject({
      code: 1,
      err: expect.stringContaining("shop has several: a, b."),
    });
    const all = await plugin(two, "doctor --namespace ops");
    expect(all.ours.argv).not.toContain("--deployment");
    expect(all.ours.config?.targets).toMatchObject([{ namespace: "shop" }, { namespace: "ops" }]);
  });

  it("a replay and an advice take their history from Prometheus, and a table is wide", async () => {
    const flags = { replay: "--from-prometheus", advise: "7d", "history -o wide": "wide", "explain -o wide": "--plot" };
    const of = (line: string) => plugin(installed("http://x.example.com", web), `${line} deploy/web`);
    for (const [line, flag] of Object.entries(flags)) expect((await of(line)).ours.argv).toContain(flag);
  });

  const missing: readonly (readonly [string, object, string, number, RegExp])[] = [
    ["no such workload", {}, "explain deploy/web", 1, /get deploy\/web -o json: Error from server \(NotFound\)/],
    [
      "no job",
      { "get deploy/web": deployment("web"), "get cronjobs": { items: [] } },
      "explain deploy/web",
      1,
      /no CronJob.*shop.*--job-namespace/,
    ],
    [
      "a job that has other targets",
      installed("http://p", { scaleTargetRef: { name: "api" } }),
      "explain deploy/web",
      1,
      /Deployment shop\/web is not a target of prophet-autoscaler/,
    ],
    [
      "another kind of that name",
      installed("http://p", { scaleTargetRef: { kind: "StatefulSet", name: "web" } }),
      "explain deploy/web",
      1,
      /is not a target/,
    ],
    [
      "a port that may not be forwarded",
      { ...installed("http://p.m.svc", web), "port-forward": "refuse" },
      "explain deploy/web",
      1,
      /port-forward .*: error: services is forbidden/,
    ],
    ["TLS within the cluster", installed("https://p.m.svc", web), "explain deploy/web", 1, /give --prometheus URL/],
    ["a mistake", {}, "explain", 1, /config view/],
    ["another command", {}, "schema", 2, /"schema" is not a command/],
  ];
  it.each(missing)("%s is told, and our command is not run", async (_what, table, line, status, why) => {
    const { code, err, out, ours } = await plugin(table, line);
    expect(code).toBe(status);
    expect(err).toMatch(why);
    expect(err).toMatch(/^kubectl prophet: /);
    expect(out).toBe("");
    expect(ours).toBeUndefined();
  });
});
