/** Which installed job a workload belongs to, where jobs find their targets by a label. */
import { expect, test } from "vitest";
import { findInstalled } from "../../../job/cli/kubectl/installed.ts";

const web = { apiVersion: "apps/v1", kind: "Deployment", name: "web", namespace: "shop" };

/** The CronJobs of the namespace `ops`, each with such settings. */
function kubectl(jobs: Readonly<Record<string, object>>) {
  const container = (map: string) => ({
    containers: [
      {
        name: "prophet-autoscaler",
        args: ["--once", "--config", "/etc/job/config.yaml"],
        volumeMounts: [{ name: map, mountPath: "/etc/job" }],
      },
    ],
    volumes: [{ name: map, configMap: { name: map } }],
  });
  const items = Object.keys(jobs).map((name) => ({
    metadata: { name },
    spec: { jobTemplate: { spec: { template: { spec: container(name) } } } },
  }));
  return async ([, what, name = ""]: readonly string[]) =>
    JSON.stringify(what === "cronjobs" ? { items } : { data: { "config.yaml": JSON.stringify(jobs[name]) } });
}

test.each<[string, object, boolean]>([
  ["that names its namespace", { discover: [{ namespaces: ["pay", "shop"] }] }, true],
  ["that names it as a single word", { discover: [{ namespaces: "shop" }] }, true],
  ["of all namespaces", { discover: [{ namespaces: ["*"] }] }, true],
  ["of another namespace", { discover: [{ namespaces: ["pay"] }] }, false],
  ["of its own namespace alone", { discover: [{}] }, false],
  ["that finds nothing", { discover: [], targets: [] }, false],
])("a job %s may have found the workload: the run itself then says whether it did", async (_what, settings, may) => {
  const found = findInstalled(kubectl({ job: settings }), "ops", web);
  if (may) expect((await found).cronJob).toBe("job");
  else await expect(found).rejects.toThrow("Deployment shop/web is not a target of job in ops.");
});

test("one that lists it goes before those that may find it", async () => {
  const listing = { targets: [{ namespace: "shop", scaleTargetRef: { name: "web" } }] };
  const jobs = kubectl({ finds: { discover: [{ namespaces: "shop" }] }, lists: listing });
  expect((await findInstalled(jobs, "ops", web)).cronJob).toBe("lists");
});

test("an entry without namespaces is given those that its pods would fill in", async () => {
  const { settings } = await findInstalled(kubectl({ job: { discover: [{ kinds: "Deployment" }] } }), "ops", null);
  expect(settings.discover).toEqual([{ namespaces: ["ops"], kinds: "Deployment" }]);
});
