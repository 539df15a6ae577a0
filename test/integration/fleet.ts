/** A fleet of Deployments for the tests of many targets, which the job's Role names. */
import type { Rig } from "./rig.ts";

/** web-0, web-1 and so on. */
export function fleetNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `web-${i}`);
}

const deployment = (name: string, replicas: number) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "web", image: "web" }] } },
  },
});

/** Makes the Deployments, and names them in place of the stress-app in the first rule of the Role. */
export async function makeFleet({ cluster, namespace }: Rig, names: readonly string[], replicas: number) {
  const all = names.map((name) => JSON.stringify(deployment(name, replicas))).join("\n---\n");
  await cluster.kubectl(["-n", namespace, "apply", "-f", "-"], all);
  const named = JSON.stringify([{ op: "replace", path: "/rules/0/resourceNames", value: names }]);
  await cluster.kubectl(["-n", namespace, "patch", "role", "prophet-autoscaler", "--type=json", "-p", named]);
}

/** The replicas of each, in the order of the names. */
export async function replicasOf({ cluster, namespace }: Rig, names: readonly string[]) {
  const { items } = JSON.parse(await cluster.kubectl(["-n", namespace, "get", "deployments", "-o", "json"])) as {
    items: { metadata: { name: string }; spec: { replicas: number } }[];
  };
  const all = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
  return names.map((name) => all.get(name));
}
