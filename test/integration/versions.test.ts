/** Every Kubernetes from 1.25 on: manifests and chart use no field that one of them lacks, and the chart refuses an older one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";
import { FIELDS, unknownTo } from "../kubernetes/fields.ts";
import { everyValue } from "./every-value.ts";
import {
  chart,
  type Helm,
  type KubeObject,
  kustomize,
  missingHelm,
  objectsOf,
  overlays,
  startHelm,
  valuesFile,
  valuesFiles,
} from "./helm-program.ts";

/** The operator's kinds are not Kubernetes'. */
const own = ({ apiVersion }: KubeObject) => !apiVersion.startsWith("monitoring.coreos.com/");

/** Shards need a limit of failures for each. */
const SHARDED = "sharded";
const later = FIELDS.versions.slice(FIELDS.versions.indexOf("1.29"));

function expectKnown(objects: readonly KubeObject[], versions = FIELDS.versions): void {
  expect(objects.length).toBeGreaterThan(0);
  for (const version of versions)
    expect(
      objects.filter(own).flatMap((object) => unknownTo(version, object)),
      version,
    ).toEqual([]);
}

describe.skipIf(skip(missingHelm()))("on Kubernetes 1.25 and later", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
    writeFileSync(join(helm.dir, "every.json"), JSON.stringify(everyValue));
  });
  afterAll(() => helm?.stop());

  test.each([
    "base",
    "monitoring/operator",
    ...overlays.filter((name) => name !== SHARDED).map((name) => `overlays/${name}`),
  ])("%s uses what all of them know", async (folder) => expectKnown(objectsOf(await kustomize(folder))));

  const render = (version: string, values: string) =>
    helm("template", "a", chart, "--kube-version", version, ...(values === "" ? [] : ["--values", values]));

  test.each(["", ...valuesFiles.filter((name) => name !== SHARDED), "every.json"])(
    "the chart with values %j uses what all of them know",
    async (name) => {
      const file = name === "" ? "" : name === "every.json" ? join(helm.dir, name) : valuesFile(name);
      const rendered = await render(`${FIELDS.versions[0]}.0`, file);
      expect(await render(`${FIELDS.versions.at(-1)}.0`, file)).toBe(rendered);
      expectKnown(objectsOf(rendered));
    },
  );

  test("shards: from 1.29 on, and refused before", async () => {
    expect(later.length).toBeGreaterThan(5);
    expectKnown(objectsOf(await kustomize(`overlays/${SHARDED}`)), later);
    for (const version of later) expectKnown(objectsOf(await render(`${version}.0`, valuesFile(SHARDED))), [version]);
    await expect(render("1.28.9", valuesFile(SHARDED))).rejects.toThrow(/shards.count 3 needs Kubernetes 1.29/);
  });

  test("the chart refuses Kubernetes 1.24, and takes the builds of clouds", async () => {
    await expect(render("1.24.17", "")).rejects.toThrow(/requires kubeVersion: >=1.25.0-0/);
    await expect(render("v1.25.16-eks-4f4795d", "")).resolves.toContain("kind: CronJob");
    await expect(render("v1.29.4-gke.1043002", "")).resolves.toContain("kind: CronJob");
  });
});
