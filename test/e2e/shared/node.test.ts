/** The node is real: pods run and are measured by cadvisor, names resolve, Prometheus answers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingNode, skip } from "../../cluster/available.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";

const burner = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "burner", labels: { app: "burner" } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "burner" } },
    template: {
      metadata: { labels: { app: "burner" } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "burner",
            image: "test.local/busybox:1",
            imagePullPolicy: "Never",
            command: [
              "sh",
              "-c",
              "mkdir /tmp/www; echo hello > /tmp/www/index.html; httpd -p 8080 -h /tmp/www; while :; do :; done",
            ],
            resources: { requests: { cpu: "100m", memory: "16Mi" }, limits: { cpu: "200m", memory: "32Mi" } },
          },
        ],
      },
    },
  },
};

describe.skipIf(skip(missingNode()))("node", () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await sharedNode();
    await node.kubectl(["apply", "-f", "-"], JSON.stringify(burner));
    await node.kubectl(["expose", "deployment", "burner", "--port=80", "--target-port=8080"]);
    await node.kubectl(["rollout", "status", "deployment/burner", "--timeout=90s"]);
  });
  afterAll(async () => {
    // the others still wait, and have better use for the CPU
    await node?.kubectl(["delete", "deployment", "burner", "--wait=false"]);
    await node?.stop();
  });

  test("a pod reaches a service by its name, and so does this machine through a forward", async () => {
    const asked = ["exec", "deploy/burner", "--", "wget", "-qO-", "http://burner.default.svc.cluster.local"];
    // a pod without a probe counts as ready before its server listens
    await expect.poll(() => node.kubectl(asked).catch(String)).toBe("hello\n");
    const address = await node.kubectl(["get", "service", "burner", "-o", "jsonpath={.spec.clusterIP}"]);
    expect(await (await fetch(await node.forward(`${address}:80`))).text()).toBe("hello\n");
    expect(await node.exec(["curl", "-s", `http://${address}`])).toBe("hello\n");
  });

  test("Prometheus sees the container's CPU once, near its limit of 0.2 cores", async () => {
    const query =
      'sum(rate(container_cpu_usage_seconds_total{namespace="default",pod=~"burner-.*",container!=""}[1m]))';
    const cores = async () => Number((await node.promql(query))[0]?.value[1] ?? 0);
    await expect.poll(cores, { timeout: 150_000, interval: 2000 }).toBeGreaterThan(0.1);
    expect(await cores()).toBeLessThan(0.3); // the limit; with the pod's own cgroup counted too it would be 0.4
  });

  test("an image that was not imported gives a real ImagePullBackOff", async () => {
    await node.kubectl(["run", "absent", "--image=test.local/absent:1"]);
    const state = () =>
      node.kubectl(["get", "pod", "absent", "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}"]);
    await expect.poll(state, { timeout: 90_000, interval: 1000 }).toMatch(/ErrImagePull|ImagePullBackOff/);
  });
});
