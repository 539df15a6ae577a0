/** The rights of `discover` in the chart: one Role in each namespace that is named, and what the job refuses is refused. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";
import { chart, type Helm, missingHelm, objectsOf, startHelm } from "./helm-program.ts";

const refused: readonly (readonly [what: string, config: object, says: RegExp])[] = [
  ["neither targets nor what finds them", { targets: [], discover: [] }, /\/config\/targets.*minItems/],
  ["a namespace to look in that is none", { discover: [{ namespaces: ["a.b"] }] }, /\/discover\/0\/namespaces/],
  ["a kind that is not found", { discover: [{ kinds: ["DaemonSet"] }] }, /\/discover\/0\/kinds/],
  ["a label selector that is none", { discover: [{ labelSelector: "a=b;c" }] }, /\/discover\/0\/labelSelector/],
];

describe.skipIf(skip(missingHelm()))("discover in the chart", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  let files = 0;
  const render = (config: object): Promise<string> => {
    const file = join(helm.dir, `${files++}.json`);
    writeFileSync(file, JSON.stringify({ config, demo: { stressApp: false } }));
    return helm("template", "prophet-autoscaler", chart, "-n", "default", "--values", file);
  };

  test.each(refused)("%s is refused", async (_what, config, says) => {
    const said = await render(config).catch((error: unknown) => String(error));
    expect(said).toMatch(says);
  });

  test("discover: one Role in each namespace, a ClusterRole only where all are asked for, and no right on the workloads but to list them", async () => {
    const of = async (config: object) => {
      const objects = objectsOf(await render(config));
      const rights = objects.filter(({ metadata }) => metadata.name.includes("-discover"));
      const roles = rights.filter(({ kind }) => kind.endsWith("Role"));
      return roles.map(({ kind, metadata, rules }) => ({ where: metadata.namespace ?? kind, rules }));
    };
    const list = (...resources: string[]) => ({ apiGroups: ["apps"], resources, verbs: ["list"] });
    const scale = (...resources: string[]) => ({ apiGroups: ["apps"], resources, verbs: ["get", "patch"] });
    const kubernetes = { detectScalers: false, events: false };
    const discover = [
      {},
      { namespaces: ["pay", "shop"], kinds: "Deployment" },
      { namespaces: "shop", kinds: ["StatefulSet"] },
    ];
    expect(await of({ kubernetes, targets: [], discover })).toEqual([
      {
        where: "default",
        rules: [list("deployments", "statefulsets"), scale("deployments/scale", "statefulsets/scale")],
      },
      { where: "pay", rules: [list("deployments"), scale("deployments/scale")] },
      { where: "shop", rules: [list("deployments", "statefulsets"), scale("deployments/scale", "statefulsets/scale")] },
    ]);
    const hpas = { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"] };
    const looks = { kubernetes: { detectScalers: true, events: true }, targets: [], defaults: { actuator: "hpa" } };
    expect(await of({ ...looks, discover: [{ namespaces: ["*", "shop"], kinds: ["Deployment"] }] })).toEqual([
      {
        where: "ClusterRole",
        rules: [
          list("deployments"),
          { ...hpas, verbs: ["get", "patch"] },
          { ...hpas, verbs: ["list"] },
          { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
        ],
      },
    ]);
    expect(await of({ kubernetes })).toEqual([]);
  });
});
