/** The manifests as files: the settings that the hazards ask for, configurations that the job accepts, rules and dashboard that agree. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { stateObjects } from "../../job/adapters/state-store.ts";
import { slotOf } from "../../job/cli/doctor-schedule.ts";
import { loadSettings } from "../../job/config/load.ts";
import { parseUnit } from "../../job/config/units.ts";

const root = join(import.meta.dirname, "../../manifests");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    return statSync(join(root, path)).isDirectory() ? filesBelow(path) : [path];
  });
}

const yamls = filesBelow(".").filter((file) => file.endsWith(".yaml") && !file.startsWith("helm"));
const objects = yamls.flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => ({ file, object: document.toJS() as Record<string, never> })),
);

/** A CronJob's spec, or an overlay's part of one. */
interface Cron {
  readonly schedule?: string;
  readonly jobTemplate?: {
    readonly spec: {
      readonly template?: { readonly spec: { readonly containers?: readonly { readonly args?: readonly string[] }[] } };
    };
  };
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe("the NetworkPolicy", () => {
  interface Peer {
    readonly to: readonly { readonly ipBlock?: unknown; readonly namespaceSelector?: { matchLabels: unknown } }[];
    readonly ports: readonly { readonly protocol: string; readonly port: number }[];
  }
  const { spec } = parse(read("components/network-policy/networkpolicy.yaml"));
  const portsOf = ({ ports }: Peer) => ports.map(({ protocol, port }) => `${protocol} ${port}`);

  test("covers the job's pods, and lets nobody in", () => {
    const { labels } = parse(read("base/cronjob.yaml")).spec.jobTemplate.spec.template.metadata;
    expect(labels).toMatchObject(spec.podSelector.matchLabels);
    expect(Object.keys(spec.podSelector.matchLabels).length).toBeGreaterThan(0);
    expect(spec.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(spec).not.toHaveProperty("ingress");
  });

  test("lets out to DNS, Prometheus and the ports of the API server only", () => {
    const [dns, prometheus, server, ...more] = spec.egress as Peer[];
    expect(more).toEqual([]);
    expect(dns!.to).toEqual([{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }]);
    expect(portsOf(dns!)).toEqual(["UDP 53", "TCP 53"]);
    expect(prometheus!.to).toHaveLength(1);
    expect(prometheus!.to[0]!.namespaceSelector).toBeDefined();
    expect(portsOf(prometheus!)).toEqual(["TCP 9090"]);
    expect(server!.to.every(({ ipBlock }) => ipBlock !== undefined)).toBe(true);
    expect(portsOf(server!)).toEqual(["TCP 443", "TCP 6443"]);
  });
});

describe("the CronJob", () => {
  const { spec } = parse(read("base/cronjob.yaml"));
  test("cannot overlap, hang, pile up or retry past its minute", () => {
    expect(spec).toMatchObject({
      schedule: "* * * * *",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 30,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: 50,
          backoffLimit: 0,
          ttlSecondsAfterFinished: 300,
          template: { spec: { restartPolicy: "Never", enableServiceLinks: false } },
        },
      },
    });
  });

  test("names its image by a version, and pulls it only when it is not there", () => {
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    expect(container).toMatchObject({ image: "prophet-autoscaler:0.1.0", imagePullPolicy: "IfNotPresent" });
    expect(container.args).toEqual(["--once", "--config", "/etc/prophet-autoscaler/config.yaml"]);
  });
});

test("the hourly overlay: a pod each hour that decides until the next one, and begins again where it is lost", () => {
  const { spec } = parse(read("overlays/hourly/cronjob.yaml"));
  expect(spec).toMatchObject({ schedule: "0 * * * *", concurrencyPolicy: "Allow", startingDeadlineSeconds: 3000 });
  const job = spec.jobTemplate.spec;
  expect(job).toMatchObject({ activeDeadlineSeconds: 3600 + 120, backoffLimit: 20 });
  const [{ args }] = job.template.spec.containers;
  expect(args).toEqual(["--every", "1m", "--for", "60m", "--config", "/etc/prophet-autoscaler/config.yaml"]);
  const values = parse(read("helm/values/hourly.yaml")).cronJob;
  const { schedule, concurrencyPolicy, startingDeadlineSeconds } = spec;
  const { activeDeadlineSeconds, backoffLimit, template } = job;
  const [{ resources }] = template.spec.containers;
  const time = { every: args[1], for: args[3], activeDeadlineSeconds, startingDeadlineSeconds };
  expect(values).toEqual({ schedule, concurrencyPolicy, backoffLimit, resources, ...time });
});

test("the sharded overlay: as many pods, ConfigMaps and names in the Role as there are shards", () => {
  const folder = "overlays/sharded";
  const { count } = parse(read(`${folder}/config.yaml`)).shards;
  expect(count).toBe(3);
  const { spec } = parse(read(`${folder}/cronjob.yaml`)).spec.jobTemplate;
  // a limit of the whole Job would end every pod when one fails
  expect(spec).toEqual({
    completionMode: "Indexed",
    completions: count,
    parallelism: count,
    backoffLimitPerIndex: 0,
    backoffLimit: null,
  });
  const names = stateObjects({ namespace: "shop", name: "prophet-autoscaler-state", count });
  const made = parseAllDocuments(read(`${folder}/state.yaml`)).map((document) => document.toJS().metadata.name);
  expect(["prophet-autoscaler-state", ...made]).toEqual(names);
  const rules = parse(read(`${folder}/role.yaml`)).rules as readonly Rule[];
  expect(rules.find(({ resources }) => resources.includes("configmaps"))?.resourceNames).toEqual(names);
});

describe("every pod", () => {
  interface Pod {
    readonly containers: readonly { readonly image?: string }[];
  }
  const pods = objects.flatMap(({ file, object }) => {
    const spec = object?.spec as
      | { template?: { spec?: Pod }; jobTemplate?: { spec: { template?: { spec: Pod } } } }
      | undefined;
    const pod = spec?.jobTemplate?.spec.template?.spec ?? spec?.template?.spec;
    // an overlay's patch has no image: it is a part of the base's pod
    return pod?.containers[0]?.image === undefined ? [] : [[file, pod] as const];
  });
  test("there are some", () => expect(pods.length).toBeGreaterThanOrEqual(3));
  test.each(pods)("%s meets Pod Security `restricted`, and says what memory it needs", (_file, pod) => {
    expect(pod).toMatchObject({
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: {
            requests: { memory: expect.anything() },
            limits: { memory: expect.anything() },
          },
        },
      ],
    });
  });
});

test("the stress-app has the requests and limits it is known by, and no manifest names replicas", () => {
  expect(read("base/stress-app.yaml")).toMatch(/requests: \{ cpu: 100m.*\n.*limits: \{ cpu: 200m/);
  for (const { object } of objects)
    expect((object as { spec?: object } | null)?.spec ?? {}).not.toHaveProperty("replicas");
});

describe("roles", () => {
  test("a ClusterRole is there for finding in all namespaces alone, and says the same as the Role of one", () => {
    const wide = objects.filter(({ object }) => `${object?.kind}`.startsWith("ClusterRole"));
    expect(new Set(wide.map(({ file }) => file))).toEqual(new Set(["components/discover-all/role.yaml"]));
    const [all, one] = [wide, objects.filter(({ file }) => file === "discover-namespace/role.yaml")].map(
      ([role]) => role?.object.rules,
    );
    expect(all).toEqual(one);
  });

  const roles = objects
    .filter(({ object }) => ["Role", "ClusterRole"].includes(object?.kind ?? ""))
    .map(({ file, object }) => [file, object.rules as unknown as readonly Rule[]] as const);
  test.each(roles)(
    "%s: no wildcard, no watch, no secrets, no pods; writes only to what is named, and Events",
    (file, rules) => {
      for (const rule of rules) {
        const words = [...rule.resources, ...rule.verbs];
        for (const word of ["*", "watch", "delete", "update", "secrets", "pods"]) expect(words).not.toContain(word);
        // the name of an Event holds the uid of its object
        const events = rule.resources.join() === "events";
        // a state may be several ConfigMaps
        const names = rule.resources.includes("configmaps") && /many-targets|sharded/.test(file) ? 3 : 1;
        // what is found by a label has no names that a Role could know: then it is /scale alone
        const found = /discover/.test(file) && rule.resources.every((resource) => resource.endsWith("/scale"));
        if (rule.verbs.includes("patch") && !events && !found) expect(rule.resourceNames).toHaveLength(names);
        if (rule.verbs.includes("patch")) expect(rule.resources).not.toContain("deployments");
      }
    },
  );
});

describe("configurations", () => {
  test.each(yamls.filter((file) => file.endsWith("config.yaml")))("%s is accepted as it is", async (file) => {
    const settings = await loadSettings({
      flags: { config: file },
      env: { PROPHET_AUTOSCALER_NAMESPACE: "shop" },
      readFile: async () => read(file),
    });
    expect(settings.state.configMap).toMatchObject({ namespace: "shop", name: "prophet-autoscaler-state" });
    // how far two decisions are apart. No overlay has another distance, or it would have to say its interval
    const crons = objects.filter(({ object }) => object?.kind === "CronJob").map(({ object }) => object.spec);
    const distances = crons.flatMap((spec) => {
      const { schedule, jobTemplate } = spec as unknown as Cron;
      const args = jobTemplate?.spec.template?.spec.containers?.[0]?.args ?? [];
      const every = args.indexOf("--every");
      return every >= 0 ? [parseUnit("seconds", args[every + 1]!)] : schedule === undefined ? [] : [slotOf(schedule)];
    });
    for (const target of settings.targets) {
      expect(target.namespace).toBe("shop");
      expect(target.podCpuLimit).toBe(0.2);
      expect(distances).toEqual([target.interval, target.interval]);
    }
  });
});

describe.each(["Dockerfile", "stress-app/Dockerfile"])("%s", (path) => {
  test("copies nothing that .dockerignore keeps from it", () => {
    const seen = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
    const copied = [...readFileSync(path, "utf8").matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) =>
      names!.split(" "),
    );
    expect(copied.length).toBeGreaterThan(1);
    expect(
      copied.filter((name) => !seen.some((allowed) => name === allowed || name.startsWith(`${allowed}/`))),
    ).toEqual([]);
  });
});
