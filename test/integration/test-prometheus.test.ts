/** The Prometheus under test is real: it scrapes, can be born with a past, is gone during an outage and keeps its data over it. */
import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";

describe.skipIf(skip(missingPrometheus()))("Prometheus", () => {
  const now = Math.floor(Date.now() / 1000);
  const target = createServer((_, response) => {
    // Prometheus 3 reads nothing without it
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end('work_total{kind="a"} 7\n');
  });
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    target.listen(0, "127.0.0.1");
    await once(target, "listening");
    const { port } = target.address() as { port: number };
    const history = Array.from({ length: 60 }, (_, i) => `past_cores ${i} ${now - 3600 + 15 * i}`);
    prometheus = await startPrometheus({
      scrape: [{ job: "app", targets: [`127.0.0.1:${port}`], labels: { namespace: "shop" } }],
      interval: 0.5,
      history: ["# TYPE past_cores gauge", ...history, "# EOF", ""].join("\n"),
    });
  });
  afterAll(async () => {
    await prometheus?.stop();
    target.close();
  });
  const value = async (query: string, time?: number) => (await prometheus.query(query, time))[0]?.value[1];

  test("scrapes its targets with the labels given", async () => {
    await expect.poll(() => value('work_total{job="app",namespace="shop",kind="a"}')).toBe("7");
  });

  test("was born with a past", async () => {
    expect(await value("past_cores", now - 3600 + 15 * 40)).toBe("40");
    expect(await value("count_over_time(past_cores[1h])", now - 60)).toBe("60");
  });

  test("is gone during an outage and has its data after it", async () => {
    await prometheus.pause();
    await expect(prometheus.query("vector(1)")).rejects.toThrow();
    await prometheus.resume();
    expect(await value("past_cores", now - 3600)).toBe("0");
    expect(await value('last_over_time(work_total{kind="a"}[1h])')).toBe("7");
  });
});
