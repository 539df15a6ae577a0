/** A canary that is the secret, at every place that may hold one, in the environment, files and kubeconfig, sung back by every server: nobody hears it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingsIn } from "../../job/config/settings.ts";
import { type FakeServer, fakeServer, type ReceivedRequest } from "../fault/server.ts";
import { CANARY, canaryFile, folder, LOUD, runCanary, SINGING, SONG, silent } from "./canary.ts";
import { besides, brokenForms, type OutputPlace, placesIn, withValue } from "./places.ts";

const token = canaryFile(`${CANARY}\n`, "secret-file");
const places = placesIn();
const at = ({ path }: OutputPlace) => path.join(".");
const target = { targets: [{ scaleTargetRef: { name: "web" }, targetCpu: 0.1 }] };

describe("a canary that is the secret", () => {
  let prometheus: FakeServer;
  let api: FakeServer;
  let reply: (seen: ReceivedRequest) => ReturnType<(typeof SINGING)[number]>;
  beforeAll(async () => {
    prometheus = await fakeServer((seen) => reply(seen));
    api = await fakeServer(({ url }) =>
      url.includes("horizontalpodautoscalers")
        ? {
            body: JSON.stringify({
              items: [
                {
                  metadata: { name: `x\u001b${CANARY}` },
                  spec: { scaleTargetRef: { kind: "Deployment", name: "web" } },
                },
              ],
            }),
          }
        : { status: 403, body: JSON.stringify({ kind: "Status", reason: SONG, message: SONG }) },
    );
  });
  afterAll(() => Promise.all([prometheus.stop(), api.stop()]));

  const base = () => ({
    ...target,
    prometheus: { url: prometheus.url, retries: 0, timeout: 2 },
    kubernetes: { timeout: 2 },
    report: { logLevel: "debug" },
  });
  const leaves = places.filter(
    ({ node }) => node.kind === "text" && (node.secret === true || node.secretFile === true),
  );
  const commands = (config: string): readonly (readonly string[])[] => [
    ["--once", "--config", config, "--replicas", "3", "--json"],
    ["--once", "--config", config, "--replicas", "3", "--plot", "--svg", join(folder, "x.svg")],
    ["doctor", "--config", config],
    ["explain", "--config", config, "--replicas", "3"],
    [
      "replay",
      "--from-prometheus",
      "--range=20m",
      "--warmup=10m",
      "--policies=hpa,static",
      "--config",
      config,
      "--report",
      join(folder, "x.html"),
      "--dump",
      join(folder, "x.csv"),
    ],
  ];

  it.each(leaves.map((place) => [at(place), place] as const))(
    "at %s, sung back by the source",
    async (_name, place) => {
      const { node, path } = place;
      const value = node.kind === "text" && node.secretFile === true ? token : CANARY;
      const config = canaryFile(withValue(merged(base(), besides(path)), path, value));
      for (reply of SINGING) await runCanary(commands(config)[0]!);
      for (reply of LOUD) for (const argv of commands(config)) await runCanary(argv);
    },
  );

  it("in the environment: every variable of a secret, and one that headersFrom names", async () => {
    const secret = settingsIn().filter(
      ({ node }) => node.kind === "text" && (node.secret === true || node.secretFile === true),
    );
    expect(secret.length).toBeGreaterThan(3);
    for (const { variable, node } of secret) {
      const value = node.kind === "text" && node.secretFile === true ? token : CANARY;
      const env = { [variable]: value, PROPHET_AUTOSCALER_PROMETHEUS_BASIC_USERNAME: "user" };
      for (reply of LOUD) await runCanary(commands(canaryFile(base()))[0]!, env);
    }
    const headersFrom = { "X-Key": { env: "MY_KEY" } };
    const config = canaryFile({ ...base(), prometheus: { ...base().prometheus, headersFrom } });
    for (reply of LOUD) for (const argv of commands(config)) await runCanary(argv, { MY_KEY: CANARY });
    expect(prometheus.seen.at(-1)?.headers["x-key"]).toBe(CANARY);
  });

  it.each<[string, object]>([
    ["token", { token: CANARY }],
    ["password", { username: "user", password: CANARY }],
    ["client-key-data", { "client-key-data": Buffer.from(CANARY).toString("base64") }],
    ["an exec plugin's variable", plugin(credential("other"), [{ name: "A", value: CANARY }])],
    ["an exec plugin's answer", plugin(credential(CANARY))],
    ["an exec plugin's broken answer", plugin(CANARY)],
    ["another user's token", { token: "other" }],
  ])("in the kubeconfig, as %s, sung back by the API server", async (name, user) => {
    const kubeconfig = canaryFile(
      {
        clusters: [{ name: "c", cluster: { server: api.url, "insecure-skip-tls-verify": true } }],
        users: [
          { name: "u", user },
          ...(name === "another user's token" ? [{ name: "v", user: { token: CANARY } }] : []),
        ],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      },
      "kubeconfig",
    );
    const before = api.seen.length;
    // who does not know it cannot sing it
    reply = () => ({ status: 503 });
    const config = canaryFile(base());
    for (const argv of commands(config).map((words) => words.filter((word) => word !== "--replicas" && word !== "3")))
      if (argv[0] !== "replay") await runCanary([...argv, "--kubeconfig", kubeconfig]);
    // a plugin without an answer has no token to send
    if (!name.includes("broken")) expect(api.seen.length).toBeGreaterThan(before);
  });

  it("in a kubeconfig that is no YAML", async () => {
    reply = () => ({ status: 503 });
    for (const form of brokenForms(CANARY)) {
      const kubeconfig = canaryFile(`users:\n- name: u\n  user:\n    token: ${form}\nclusters: []\n`, "kubeconfig");
      await runCanary(["doctor", "--config", canaryFile(base()), "--kubeconfig", kubeconfig]);
      await runCanary(["--once", "--config", canaryFile(base()), "--kubeconfig", kubeconfig]);
    }
  });

  it("sung back by a proxy", async () => {
    const proxy = await fakeServer(() => ({ status: 407, body: SONG }));
    try {
      const config = canaryFile({
        ...base(),
        prometheus: { ...base().prometheus, url: "http://prometheus.example:9090", bearerToken: CANARY },
      });
      for (const argv of commands(config))
        await runCanary(argv, { HTTP_PROXY: proxy.url.replace("//", `//user:${CANARY}@`) });
    } finally {
      await proxy.stop();
    }
  });

  it("in no file that was written, and what was sung is harmless to a terminal", async () => {
    reply = () => ({ status: 400, body: JSON.stringify({ error: "x\u001b[31m\u202e" }) });
    const { err } = await runCanary([
      "--once",
      "--config",
      canaryFile({ ...base(), prometheus: { ...base().prometheus, bearerToken: CANARY } }),
      "--replicas",
      "3",
    ]);
    expect(err).toContain("\\u001b[31m\\u202e");
    for (const bad of ["\u001b", "\u202e"]) expect(err).not.toContain(bad);
    for (reply of LOUD)
      for (const argv of commands(canaryFile({ ...base(), prometheus: { ...base().prometheus, bearerToken: CANARY } })))
        await runCanary(argv);
    const written = readdirSync(folder).filter((name) => /\.(svg|html|csv)$/.test(name));
    expect(written.toSorted()).toEqual(["x.csv", "x.html", "x.svg"]);
    for (const name of written) silent(readFileSync(join(folder, name), "utf8"), name);
  });
});

const authentication = "client.authentication.k8s.io/v1";

/** A user of a kubeconfig whose plugin prints a text. */
function plugin(says: string, env: readonly object[] = []): object {
  return { exec: { apiVersion: authentication, command: "echo", args: [says], env } };
}

/** What a plugin prints. */
function credential(token: string): string {
  return JSON.stringify({ apiVersion: authentication, kind: "ExecCredential", status: { token } });
}

function merged(a: object, b: object): object {
  const out: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = out[key];
    out[key] =
      typeof old === "object" && old !== null && typeof value === "object" && !Array.isArray(old)
        ? merged(old, value as object)
        : (old ?? value);
  }
  return out;
}
