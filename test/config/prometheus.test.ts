/** Settings of Prometheus: one way to authenticate, and whose data is asked for. */
import { describe, expect, it } from "vitest";
import { loadSettings } from "../../job/config/load.ts";

/** The settings of a file whose prometheus.url begins so; what follows are further fields. */
function load(url: string) {
  const file = `prometheus: { url: "${url} }\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }]`;
  return loadSettings({ flags: { config: "a.yaml" }, env: {}, readFile: async () => file });
}

describe("settings of Prometheus", () => {
  it("takes one way to authenticate, whole, and parameters that are not the query's own", async () => {
    const given = async (more: string) => (await load(`http://prometheus:9090/", ${more}`)).prometheus;
    expect((await given("sigv4: {}")).sigv4).toEqual({ service: "aps" });
    expect((await given("googleIam: {}")).googleIam).toEqual({ scope: expect.stringContaining("monitoring.read") });
    await expect(given("sigv4: {}, azureAd: {}")).rejects.toThrow(/prometheus: has several ways to authenticate/);
    for (const half of ["accessKey: a", "secretKey: b", "secretKey: b, secretKeyFile: /c"])
      await expect(given(`sigv4: { ${half} }`)).rejects.toThrow(/prometheus\.sigv4: needs/);
    await expect(given("sigv4: { roleArn: reader }")).rejects.toThrow(/roleArn.*an ARN/);
    expect((await given("parameters: { 'extra_filters[]': x }")).parameters).toEqual({ "extra_filters[]": "x" });
    await expect(given("parameters: { query: up }")).rejects.toThrow(
      /prometheus\.parameters\.query: is a parameter that each query sets/,
    );
    expect((await given("sigv4: {}")).url).toBe("http://prometheus:9090");
  });

  it("keeps a query string of the URL as it is", async () => {
    const { prometheus } = await load('http://prometheus:9090/a/?path=/"');
    expect(prometheus.url).toBe("http://prometheus:9090/a/?path=/");
  });
});
