/** Another scaler on the same target: forecast only, with its name; one on another target is none of our business. */
import { describe, expect, test } from "vitest";
import { runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import type { Reply } from "../fault/server.ts";
import { fakeCluster } from "./api-server.ts";

const WEB = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const hpa = (name: string, scaleTargetRef: object = WEB, labels = {}) => ({
  metadata: { name, labels },
  spec: { scaleTargetRef, maxReplicas: 9 },
});

/** One run that wants 5 of 3 pods, with these HPAs in the namespace. */
async function beside(items: readonly object[], overrides = {}) {
  const cluster = await fakeCluster({
    inspect: true,
    settings: { detectScalers: true },
    before: (call) => (call === "GET horizontalpodautoscalers" ? { body: JSON.stringify({ items }) } : undefined),
  });
  try {
    const ports = { ...fakePorts(fakeWorld({ load: () => 2.2 })), ...pick(cluster.ports) };
    const { targets } = await runOnce(ports, [config(overrides)], { forecaster: last });
    return { ...targets[0]!, replicas: cluster.objects.replicas };
  } finally {
    await cluster.stop();
  }
}

const pick = <T extends { scaler: unknown; state: unknown }>({ scaler, state }: T) =>
  ({ scaler, state }) as Pick<T, "scaler" | "state">;

describe("with actuator scale", () => {
  test.each([
    ["an HPA", hpa("rival"), "HorizontalPodAutoscaler/rival"],
    [
      "an HPA by another version of the API",
      hpa("rival", { ...WEB, apiVersion: "apps/v1beta2" }),
      "HorizontalPodAutoscaler/rival",
    ],
    [
      "a ScaledObject, by KEDA's own HPA",
      hpa("keda-hpa-web", WEB, { "scaledobject.keda.sh/name": "web" }),
      "ScaledObject/web",
    ],
  ])("%s: forecast only", async (_, item, name) => {
    const outcome = await beside([hpa("unrelated", { ...WEB, name: "other" }), item]);
    expect(outcome).toMatchObject({ action: "held", from: 3, to: 3, replicas: 3, reason: "OtherScaler" });
    expect(outcome.message).toContain(name);
    // what it would have done is in the trail
    expect(outcome.trail).toContainEqual(expect.objectContaining({ stage: "forecast", to: 5 }));
  });

  test.each([
    ["of another name", hpa("x", { ...WEB, name: "web-api" })],
    ["of another kind", hpa("x", { ...WEB, kind: "StatefulSet" })],
    ["of another group", hpa("x", { ...WEB, apiVersion: "argoproj.io/v1alpha1" })],
  ])("an HPA on a target %s does not matter", async (_, item) => {
    expect(await beside([item])).toMatchObject({ action: "scaled", to: 5, replicas: 5 });
  });
});

test("with actuator hpa its own HPA is what it works with, a second one is not", async () => {
  const floor = { actuator: "hpa", hpaName: "web" } as const;
  expect(await beside([hpa("web")], floor)).toMatchObject({ action: "scaled", to: 5 });
});

describe("HPAs of a namespace that has many", () => {
  const page = (url: string, pages: number): Reply => {
    const at = Number(new URLSearchParams(url.split("?")[1]).get("continue") ?? 0);
    const last = at === pages - 1;
    const items = last
      ? [hpa("rival")]
      : Array.from({ length: 200 }, (_, i) => hpa(`x${i}`, { ...WEB, name: `x${i}` }));
    return { body: JSON.stringify({ metadata: last ? {} : { continue: String(at + 1) }, items }) };
  };
  async function among(pages: number) {
    let asked = 0;
    const cluster = await fakeCluster({
      inspect: true,
      settings: { detectScalers: true },
      before: (call, _objects, _number, url) => {
        if (call !== "GET horizontalpodautoscalers") return undefined;
        asked += 1;
        expect(url).toContain("limit=200");
        return page(url, pages);
      },
    });
    const { conditions } = await cluster.ports.scaler.read(config()).finally(cluster.stop);
    return { conditions, asked };
  }
  test("are read page by page", async () => {
    expect(await among(4)).toMatchObject({ conditions: { otherScaler: "HorizontalPodAutoscaler/rival" }, asked: 4 });
  });
  test("but not without end: then nobody knows whether there is another", async () => {
    const { conditions, asked } = await among(1000);
    expect(asked).toBe(101);
    expect(conditions).not.toHaveProperty("otherScaler");
  });
});
