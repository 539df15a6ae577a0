/** Which proxy a URL goes through: the table of Go's httpproxy, which kubectl follows; and the way through real proxies. */
import { afterEach, describe, expect, test } from "vitest";
import { proxyFor } from "../../../job/adapters/http/proxy.ts";
import { prometheusHistory } from "../../../job/adapters/prometheus.ts";
import { proxyServer } from "../../fault/proxy-server.ts";
import { fakeServer } from "../../fault/server.ts";
import { hasty, prometheusSettings } from "../../fault/settings.ts";

const ALL = { HTTP_PROXY: "http://proxy:3128", HTTPS_PROXY: "http://tunnel:3129" };

describe("the rule", () => {
  const direct: readonly (readonly [string, string, boolean])[] = [
    ["http://example.com", "", false],
    ["http://example.com", "*", true],
    ["http://example.com", "example.com", true],
    ["http://www.example.com", "example.com", true],
    ["http://example.com", ".example.com", false],
    ["http://www.example.com", ".example.com", true],
    ["http://www.example.com", "*.example.com", true],
    ["http://notexample.com", "example.com", false],
    ["http://EXAMPLE.com", " other , Example.COM ", true],
    ["http://example.com:9090", "example.com:9090", true],
    ["http://example.com:9091", "example.com:9090", false],
    ["http://example.com", "example.com:80", true],
    ["https://example.com", "example.com:80", false],
    ["http://10.1.2.3:9090", "10.0.0.0/8", true],
    ["http://11.1.2.3:9090", "10.0.0.0/8", false],
    ["http://10.1.2.3", "10.1.2.3", true],
    ["http://10.1.2.3", "10.1.2.4", false],
    ["http://10.1.2.3", "10.0.0.0/99", false],
    ["http://10.1.2.3:81", "10.1.2.3:81", true],
    ["http://10.1.2.3:82", "10.1.2.3:81", false],
    ["http://10.1.2.3", "2.3", false],
    ["http://[fd00::5]:9090", "fd00::/8", true],
    ["http://[fe00::5]:9090", "fd00::/8", false],
    ["http://prometheus.monitoring.svc", ".svc,.cluster.local", true],
    ["http://localhost:9090", "", true],
    ["http://127.0.0.5:9090", "", true],
    ["http://[::1]:9090", "", true],
  ];
  test.each(direct)("%s with NO_PROXY=%s: direct is %s", (url, list, expected) => {
    expect(proxyFor(new URL(url), { ...ALL, NO_PROXY: list }) === undefined).toBe(expected);
    expect(proxyFor(new URL(url), { ...ALL, no_proxy: list }) === undefined).toBe(expected);
  });

  test("each scheme has its own, in either case; nothing set is none", () => {
    expect(proxyFor(new URL("http://a"), ALL)).toMatchObject({ shown: "http://proxy:3128", variable: "HTTP_PROXY" });
    expect(proxyFor(new URL("https://a"), ALL)).toMatchObject({ shown: "http://tunnel:3129", variable: "HTTPS_PROXY" });
    expect(proxyFor(new URL("https://a"), { https_proxy: "x:1" })).toMatchObject({ url: "http://x:1" });
    expect(proxyFor(new URL("https://a"), { HTTP_PROXY: "x:1", HTTPS_PROXY: "" })).toBeUndefined();
  });

  test("its password is not shown, and what is no HTTP proxy is refused by name", () => {
    const proxy = proxyFor(new URL("http://a"), { HTTP_PROXY: "http://user:s3cr3t@proxy:3128" });
    expect(proxy?.shown).toBe("http://proxy:3128");
    for (const HTTP_PROXY of ["socks5://s3cr3t@proxy:1080", "http://"]) {
      const ask = () => proxyFor(new URL("http://a"), { HTTP_PROXY });
      expect(ask).toThrow(/HTTP_PROXY must be the http/);
      expect(ask).not.toThrow(/s3cr3t/);
    }
  });
});

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const VECTOR = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000007,"1"]}]}}';

async function through(refuse: number) {
  const server = await fakeServer(() => ({ body: VECTOR }));
  ends.push(server.stop);
  const proxy = await proxyServer(server.url, refuse);
  ends.push(proxy.stop);
  const settings = prometheusSettings("http://prometheus.test:9090", { bearerToken: "t0ken", retries: 0 });
  const warnings: string[] = [];
  const log = (_level: string, message: string) => warnings.push(message);
  const history = prometheusHistory(settings, { env: { HTTP_PROXY: proxy.url }, timing: hasty(), log });
  try {
    return { proxy, server, warnings, result: await history.now().catch((error: unknown) => error) };
  } finally {
    history.close();
  }
}

describe("the way", () => {
  test("a request goes to the proxy, with its password; the token in clear is warned of, once", async () => {
    const { result, proxy, server, warnings } = await through(0);
    expect(result).toBe(1_700_000_007);
    expect(proxy.asked[0]!.url).toBe("http://prometheus.test:9090/api/v1/query");
    expect(proxy.asked[0]!.headers["proxy-authorization"]).toMatch(/^Basic /);
    expect(server.seen).toHaveLength(1);
    expect(warnings.join()).toMatch(/credentials .* unencrypted .*http:\/\/127\.0\.0\.1:\d+ \(HTTP_PROXY\)/);
    expect(warnings.join()).not.toContain("pa55word");
  });

  test("what the proxy refuses is blamed on the proxy", async () => {
    const { result } = await through(403);
    expect(String(result)).toMatch(/through the proxy http:\/\/127\.0\.0\.1:\d+ \(HTTP_PROXY\).*403 blocked by policy/);
    expect(String(result)).not.toContain("pa55word");
  });

  test("a proxy that is not there is named", async () => {
    const settings = prometheusSettings("https://prometheus.test", { retries: 0 });
    const history = prometheusHistory(settings, { env: { HTTPS_PROXY: "127.0.0.1:1" }, timing: hasty() });
    const error = await history.now().catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/through the proxy http:\/\/127\.0\.0\.1:1 \(HTTPS_PROXY\).*ECONNREFUSED/);
  });
});
