/** Checks that a target of a fleet is decided as it would be alone: grouped and single reading at one moment. */
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { Outcome, Ports } from "../../job/ports.ts";
import { runOnce } from "../../job/run.ts";
import { fakePorts, fakeWorld } from "../../test/fakes/ports.ts";
import { prometheusSettings } from "../../test/fault/settings.ts";
import { NAMESPACE, PODS, workloadName } from "./history.ts";

/** How many targets of a sample were decided alike, and the first that was not; null: none. */
export interface Alike {
  readonly sample: number;
  readonly alike: number;
  readonly other: string | null;
}

/** Decides all `targets` together, then each of `sample` alone, at one moment. `url` is Prometheus'. */
export async function decidedAlike(url: string, targets: number, sample: readonly number[]): Promise<Alike> {
  const now = Math.floor(Date.now() / 1000);
  const all = Array.from({ length: targets }, (_, k) => k);
  const together = await decide(url, all, "always", now);
  let alike = 0;
  let other: string | null = null;
  for (const k of sample) {
    const [alone] = await decide(url, [k], "never", now);
    const said = [told(together[k]!), told(alone!)];
    if (said[0] === said[1]) alike += 1;
    else other ??= `${workloadName(k)}: ${said.join(", alone ")}`;
  }
  return { sample: sample.length, alike, other };
}

const told = ({ action, to, reason }: Outcome) => `${action} ${to} ${reason}`;

async function decide(url: string, numbers: readonly number[], grouped: "always" | "never", now: number) {
  const history = prometheusHistory(prometheusSettings(url, { grouped, timeout: 20 }));
  const replicas = Object.fromEntries(numbers.map((k) => [workloadName(k), 1 + (k % PODS)]));
  const ports: Ports = { ...fakePorts(fakeWorld({ now, replicas })), history: { ...history, now: async () => now } };
  const targets = numbers.map((k) =>
    resolveTarget({
      namespace: NAMESPACE,
      scaleTargetRef: { name: workloadName(k) },
      targetCpu: 0.5,
      maxReplicas: PODS,
    }),
  );
  const run = await runOnce(ports, targets, { dryRun: true });
  history.close();
  return run.targets;
}
