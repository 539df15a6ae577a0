/** TLS towards Prometheus: checked against the named authority, with our own certificate where asked, and never switched off by accident. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { PrometheusSettings } from "../../job/config/types.ts";
import { config } from "../fakes/config.ts";
import { certificates, haveOpenssl } from "./certificates.ts";
import { proxyServer } from "./proxy-server.ts";
import { type FakeServer, fakeServer } from "./server.ts";
import { hasty, kubernetesSettings, prometheusSettings } from "./settings.ts";
import { socksServer } from "./socks-server.ts";

const dir = mkdtempSync(join(tmpdir(), "tls-"));
afterAll(() => rmSync(dir, { recursive: true }));
const at = (name: string): string => join(dir, name);

const checked = { insecureSkipVerify: false };

describe.skipIf(!haveOpenssl)("TLS", () => {
  const pair = certificates(dir);
  const vector =
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000007,"1"]}]}}';
  const servers: FakeServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  async function start(body: string, requestCert = false): Promise<FakeServer> {
    const server = await fakeServer(() => ({ body }), { ...pair, requestCert });
    servers.push(server);
    return server;
  }
  async function now(tls: PrometheusSettings["tls"], requestCert = false): Promise<number> {
    const server = await start(vector, requestCert);
    const history = prometheusHistory(prometheusSettings(server.url, tls ? { tls } : {}), { timing: hasty() });
    try {
      return await history.now();
    } finally {
      history.close();
    }
  }

  test("an authority of our own is trusted when it is named", async () => {
    expect(await now({ ...checked, caFile: at("ca.crt") })).toBe(1_700_000_007);
  });
  test("https where http is spoken, and a certificate that is none, are told in words", async () => {
    const plain = await fakeServer(() => ({ body: vector }));
    servers.push(plain);
    const asked = (url: string, more = {}) => {
      const history = prometheusHistory(prometheusSettings(url, more), { timing: hasty() });
      return history.now().finally(() => history.close());
    };
    await expect(asked(plain.url.replace("http:", "https:"))).rejects.toThrow(
      /does not speak TLS: should its URL begin/,
    );
    writeFileSync(at("none.crt"), "hello\n");
    const tls = { ...checked, certFile: at("none.crt"), keyFile: at("none.crt") };
    await expect(now(tls)).rejects.toThrow(/a certificate or key is not in PEM form/);
  });
  test("an unknown certificate is refused, at once and by name", async () => {
    await expect(now(undefined)).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
    await expect(now(undefined)).rejects.not.toThrow(/attempts/);
  });
  /** The replicas of a workload, read over TLS with this in the kubeconfig. */
  async function replicas(cluster: object, env: Readonly<Record<string, string>> = {}): Promise<number> {
    const server = await start('{"spec":{"replicas":3}}');
    const text = {
      clusters: [{ name: "c", cluster: { server: server.url, ...cluster } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    writeFileSync(at("kubeconfig"), JSON.stringify(text));
    const state = { configMap: { namespace: "shop", name: "state" } };
    const ports = kubernetesPorts(kubernetesSettings(at("kubeconfig")), state, { env, timing: hasty() });
    try {
      return (await ports.scaler.read(config())).replicas;
    } finally {
      ports.close();
    }
  }

  test("the API server's certificate is checked against the kubeconfig's authority", async () => {
    expect(await replicas({ "certificate-authority": at("ca.crt") })).toBe(3);
    expect(await replicas({ "insecure-skip-tls-verify": true })).toBe(3);
    await expect(replicas({})).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
  });
  test("through a SOCKS proxy, the certificate of an API server named by its address is checked against that", async () => {
    const server = await start('{"spec":{"replicas":3}}');
    const proxy = await socksServer(server.url);
    servers.push({ ...server, stop: proxy.stop });
    const named = { "proxy-url": proxy.url, "certificate-authority": at("ca.crt") };
    expect(await replicas({ ...named, server: server.url })).toBe(3);
    expect(proxy.led()).toBeGreaterThan(0);
    const other = server.url.replace("127.0.0.1", "127.0.0.2");
    await expect(replicas({ ...named, server: other })).rejects.toThrow(/altnames: IP: 127\.0\.0\.2 is not/);
    await expect(replicas({ "proxy-url": proxy.url, server: server.url })).rejects.toThrow(/certificate/);
  });
  test("NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment switches neither check off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    try {
      await expect(now(undefined)).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
      await expect(replicas({})).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
  test("through a proxy only the tunnel is asked for, and the check stays", async () => {
    const server = await start(vector);
    const proxy = await proxyServer(server.url);
    servers.push({ ...server, stop: proxy.stop });
    const ask = async (tls: PrometheusSettings["tls"]) => {
      const settings = prometheusSettings("https://prometheus.test", {
        bearerToken: "t0ken",
        retries: 0,
        ...(tls && { tls }),
      });
      const history = prometheusHistory(settings, { env: { HTTPS_PROXY: proxy.url }, timing: hasty() });
      return history.now().finally(() => history.close());
    };
    // the certificate is for 127.0.0.1
    await expect(ask({ ...checked, caFile: at("ca.crt") })).rejects.toThrow(/through the proxy .*prometheus\.test/);
    expect(await ask({ insecureSkipVerify: true })).toBe(1_700_000_007);
    expect(proxy.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(2).fill("CONNECT prometheus.test:443"),
    );
    expect(proxy.asked.some(({ headers }) => JSON.stringify(headers).includes("t0ken"))).toBe(false);
  });
  test("only the explicit setting does", async () => {
    expect(await now({ insecureSkipVerify: true })).toBe(1_700_000_007);
  });
  test("a server that wants a certificate gets ours", async () => {
    const ours = { ...checked, caFile: at("ca.crt"), certFile: at("client.crt"), keyFile: at("client.key") };
    expect(await now(ours, true)).toBe(1_700_000_007);
    await expect(now({ ...checked, caFile: at("ca.crt") }, true)).rejects.toThrow();
  });
  test("a file that is not there is named", async () => {
    await expect(now({ ...checked, caFile: at("gone.crt") })).rejects.toThrow(/gone\.crt/);
  });
});
