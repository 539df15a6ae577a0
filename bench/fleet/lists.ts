/** Measures the lists of a fleet alone: the CPU that finding all its workloads takes. */
import { kubernetesDiscovery } from "../../job/adapters/kubernetes-discovery.ts";
import { openKubernetes } from "../../job/adapters/kubernetes-http.ts";
import { ENABLED } from "../../job/config/groups/discover.ts";
import { NAMESPACE } from "./history.ts";
import type { FleetServers } from "./servers.ts";

/** Lists of all workloads: how many there were, and the CPU, s. */
export interface ListFigures {
  readonly found: number;
  /** Of the first time, with cold code, as each run has it; and of the third. */
  readonly coldSeconds: number;
  readonly warmSeconds: number;
}

/** Lists three times, as the job's own account. */
export async function measuredLists({ rig }: FleetServers): Promise<ListFigures> {
  const timeout = 60;
  const settings = { timeout, kubeconfig: rig.kubeconfig } as Parameters<typeof openKubernetes>[0];
  const api = await openKubernetes(settings, { env: { KUBECONFIG: rig.kubeconfig } });
  const selector = { namespaces: [NAMESPACE], labelSelector: `${ENABLED}=true`, kinds: ["Deployment", "StatefulSet"] };
  const discovery = kubernetesDiscovery(async () => api);
  const seconds: number[] = [];
  let found = 0;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    const { workloads, failures } = await discovery.find([selector as Parameters<typeof discovery.find>[0][number]]);
    const { user, system } = process.cpuUsage(before);
    if (failures.length > 0) throw failures[0]!;
    seconds.push((user + system) / 1e6);
    found = workloads.length;
  }
  api.close();
  return { found, coldSeconds: seconds[0]!, warmSeconds: seconds[2]! };
}
