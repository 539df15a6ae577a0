/** `explain` against a cluster: whose memory it shows. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stateAnnotation } from "../../job/adapters/kubernetes-state.ts";
import { fakeCluster } from "../contract/api-server.ts";
import { cli } from "../fakes/cli.ts";
import { type FakeServer, fakeServer, matrix } from "../fault/server.ts";

const now = Math.floor(Date.now() / 1000);

/** What is stored of `web`: its last write, and of which kind it is where that is said. */
const storedOf = (kind: string | undefined) =>
  JSON.stringify({ v: 1, t: { "shop/web": { l: [now - 100, 7, 0], ...(kind && { k: kind }) } } });

describe("explain", () => {
  let cluster: Awaited<ReturnType<typeof fakeCluster>>;
  let prometheus: FakeServer;
  let args: string;
  beforeEach(async () => {
    cluster = await fakeCluster();
    prometheus = await fakeServer(({ url, body }) => {
      if (url.endsWith("/query")) return { body: '{"status":"success","data":{"resultType":"vector","result":[]}}' };
      const form = new URLSearchParams(body);
      const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
      return {
        body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, `${1 + (i % 9)}`])),
      };
    });
    args = `explain --prometheus ${prometheus.url} --kubeconfig ${cluster.kubeconfig} --state-config-map state --namespace shop`;
  });
  afterEach(() => Promise.all([cluster.stop(), prometheus.stop()]));

  it.each(["Deployment", "StatefulSet"])(
    "shows what is remembered of a %s, and of no other kind of its name",
    async (kind) => {
      for (const of of ["Deployment", "StatefulSet"]) {
        cluster.objects.annotations = { [stateAnnotation]: storedOf(of === "Deployment" ? undefined : of) };
        const target = `${args} --deployment web --kind ${kind} --target-cpu 0.5`;
        const [text, json] = [await cli(target), await cli(`${target} --json`)];
        const mine = of === kind;
        expect(text.out).toContain(mine ? "last write  7 replicas" : "Nothing is remembered");
        const { targets } = JSON.parse(json.out) as { targets: { remembered: object | null }[] };
        expect(targets[0]!.remembered).toEqual(
          mine ? expect.objectContaining({ lastWritten: expect.anything() }) : null,
        );
      }
    },
  );

  it("is for a person: with the settings of the chart, which log in JSON, the decision is said once", async () => {
    const target = `${args} --deployment web --target-cpu 0.5 --log-format json`;
    const [text, json] = [await cli(target), await cli(`${target} --json`)];
    expect(text.out).toMatch(/^If it ran now:\nshop\/web: /m);
    expect([text.err, json.err]).toEqual(["", ""]);
  });
});
