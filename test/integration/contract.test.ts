/** The contract suites against the real servers: the API server and Prometheus. */
import { afterAll, beforeAll, describe } from "vitest";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { historyContract } from "../contract/history.ts";
import { scalerContract } from "../contract/scaler.ts";
import { stateContract } from "../contract/state.ts";
import { config } from "../fakes/config.ts";
import { kubernetesSettings, prometheusSettings } from "../fault/settings.ts";
import { type Rig, startRig } from "./rig.ts";

describe.skipIf(skip(missingControlPlane()))("the API server", () => {
  let rig: Rig;
  const ports = () =>
    kubernetesPorts(
      kubernetesSettings(rig.kubeconfig),
      { configMap: { namespace: rig.namespace, name: "prophet-autoscaler-state" } },
      { env: {} },
    );
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig?.stop());

  describe("Scaler", () => {
    scalerContract(async () => {
      await rig.setReplicas(3);
      const target = config({ scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "stress-app" } });
      return { scaler: ports().scaler, target };
    });
  });
  describe("StateStore", () => {
    stateContract(async () => {
      await rig.setMemory(null);
      return ports().state;
    });
  });
});

describe.skipIf(skip(missingPrometheus()))("Prometheus", () => {
  const end = Math.floor(Date.now() / 15_000) * 15;
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    const lines = Array.from({ length: 440 }, (_, i) => end - 15 * (389 - i)).map((t) => `load ${t / 1000} ${t}`);
    prometheus = await startPrometheus({ history: `# TYPE load gauge\n${lines.join("\n")}\n# EOF\n` });
  });
  afterAll(() => prometheus?.stop());

  describe("History", () => {
    // rounded down, the end would be a step behind where the next one begins before Prometheus is asked
    historyContract(async () => ({
      history: prometheusHistory(prometheusSettings(prometheus.url, { query: "sum(load)" })),
      end: Date.now() / 1000,
    }));
  });
});
