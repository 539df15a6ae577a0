/** OpenShift's SCC restricted-v2 as its admission applies it to a pod: what is left out is filled in from the namespace's ranges, and then all of it is checked. */

interface Security {
  readonly runAsUser?: number;
  readonly runAsNonRoot?: boolean;
  readonly fsGroup?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly level?: string };
  readonly sysctls?: readonly { readonly name: string }[];
}
interface Container {
  readonly name: string;
  readonly securityContext?: Security;
  readonly ports?: readonly { readonly hostPort?: number }[];
}
export interface PodSpec {
  readonly securityContext?: Security;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

/** The annotations of a namespace: openshift.io/sa.scc.uid-range, .supplemental-groups and .mcs. */
export interface Ranges {
  /** First user and how many, such as 1000680000/10000. */
  readonly users: string;
  readonly groups: string;
  readonly level: string;
}

/** The fields of the SecurityContextConstraints object, as every cluster from OpenShift 4.11 on has it. */
const RESTRICTED_V2 = {
  allowedCapabilities: ["NET_BIND_SERVICE"],
  requiredDropCapabilities: ["ALL"],
  seccompProfile: "RuntimeDefault",
  volumes: ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
} as const;

export interface Admission {
  /** The pod as it would be stored. */
  readonly pod: PodSpec;
  /** Why it is refused; empty when it is admitted. */
  readonly refused: readonly string[];
}

function blockOf(range: string): { readonly first: number; readonly has: (id: number) => boolean } {
  const [first, size] = range.split("/").map(Number) as [number, number];
  return { first, has: (id) => id >= first && id < first + size };
}

/** What restricted-v2 does with a pod in a namespace of these ranges. */
export function restrictedV2(pod: PodSpec, ranges: Ranges): Admission {
  const filled = fillIn(pod, ranges);
  const containers = [...filled.containers, ...(filled.initContainers ?? [])];
  return {
    pod: filled,
    refused: [
      ...podFaults(filled, ranges),
      ...containers.flatMap((container) => containerFaults(container, filled.securityContext ?? {}, ranges)),
    ],
  };
}

/** MustRunAsRange, MustRunAs, the profile, the capabilities: as far as the pod does not say. */
function fillIn(pod: PodSpec, ranges: Ranges): PodSpec {
  const seLinuxOptions = { level: ranges.level };
  const own: Security = {
    fsGroup: blockOf(ranges.groups).first,
    seLinuxOptions,
    seccompProfile: { type: RESTRICTED_V2.seccompProfile },
    ...pod.securityContext,
  };
  const container = (given: Container): Container => {
    const said = given.securityContext ?? {};
    const user = said.runAsUser ?? own.runAsUser;
    const drop = [...new Set([...(said.capabilities?.drop ?? []), ...RESTRICTED_V2.requiredDropCapabilities])];
    const securityContext: Security = {
      allowPrivilegeEscalation: false,
      ...(user === undefined ? { runAsUser: blockOf(ranges.users).first } : {}),
      ...said,
      capabilities: { ...said.capabilities, drop },
    };
    return { ...given, securityContext };
  };
  return {
    ...pod,
    securityContext: own,
    containers: pod.containers.map(container),
    ...(pod.initContainers === undefined ? {} : { initContainers: pod.initContainers.map(container) }),
  };
}

function podFaults(pod: PodSpec, ranges: Ranges): string[] {
  const { fsGroup, seLinuxOptions, sysctls } = pod.securityContext ?? {};
  const faults: string[] = [];
  if (fsGroup !== undefined && !blockOf(ranges.groups).has(fsGroup))
    faults.push(`fsGroup ${fsGroup} is not of ${ranges.groups}`);
  if (seLinuxOptions?.level !== ranges.level) faults.push(`seLinuxOptions.level must be ${ranges.level}`);
  if (sysctls !== undefined && sysctls.length > 0) faults.push("sysctls are not allowed");
  for (const name of ["hostNetwork", "hostPID", "hostIPC"] as const)
    if (pod[name] === true) faults.push(`${name} is not allowed`);
  for (const { name, ...source } of pod.volumes ?? []) {
    const kind = Object.keys(source)[0] ?? "emptyDir";
    if (!(RESTRICTED_V2.volumes as readonly string[]).includes(kind))
      faults.push(`volume ${String(name)}: ${kind} is not allowed`);
  }
  return faults;
}

function containerFaults({ name, securityContext = {}, ports }: Container, pod: Security, ranges: Ranges): string[] {
  const faults: string[] = [];
  const user = securityContext.runAsUser ?? pod.runAsUser;
  if (user === undefined || !blockOf(ranges.users).has(user))
    faults.push(`runAsUser ${user} is not of ${ranges.users}`);
  if (securityContext.privileged === true) faults.push("privileged is not allowed");
  if (securityContext.allowPrivilegeEscalation !== false) faults.push("allowPrivilegeEscalation must be false");
  const { add = [], drop = [] } = securityContext.capabilities ?? {};
  for (const capability of add)
    if (!(RESTRICTED_V2.allowedCapabilities as readonly string[]).includes(capability))
      faults.push(`capability ${capability} may not be added`);
  for (const capability of RESTRICTED_V2.requiredDropCapabilities)
    if (!drop.includes(capability)) faults.push(`capability ${capability} must be dropped`);
  const profile = (securityContext.seccompProfile ?? pod.seccompProfile)?.type;
  if (profile !== RESTRICTED_V2.seccompProfile) faults.push(`seccompProfile ${profile} is not allowed`);
  const level = (securityContext.seLinuxOptions ?? pod.seLinuxOptions)?.level;
  if (level !== ranges.level) faults.push(`seLinuxOptions.level must be ${ranges.level}`);
  if (ports?.some(({ hostPort }) => hostPort !== undefined)) faults.push("hostPort is not allowed");
  return faults.map((fault) => `${name}: ${fault}`);
}
