/** docs/evening.md on a real node: from step 4 on every command runs as it stands on the page, in one shell, and does what the page says. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingNode, programs, skip } from "../../cluster/available.ts";
import { eveningScript } from "../../cluster/evening.ts";
import type { TestNode } from "../../cluster/node.ts";
import { sharedNode } from "./node.ts";

/** The name that kube-prometheus-stack's operator gives to the Service of its Prometheus, here over the node's own. */
const OPERATED = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "prometheus-operated", namespace: "monitoring" },
  spec: { selector: { app: "prometheus" }, ports: [{ port: 9090 }] },
};

describe.skipIf(skip(missingNode()))("the evening", () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await sharedNode();
    await node.kubectl(["apply", "-f", "-"], JSON.stringify(OPERATED));
  });
  afterAll(() => node?.stop());

  test("decides without acting, is looked at, and then acts", async () => {
    const path = `export PATH=${programs("helm")}:$PATH HELM_CACHE_HOME=${node.dir}/helm HELM_CONFIG_HOME=${node.dir}/helm HELM_DATA_HOME=${node.dir}/helm`;
    const output = await node.exec(["bash", "-c", `${path}\n(\n${eveningScript(4)})\necho "ended with $?"`]);
    // a failure shows what the page's commands said
    expect(output).toMatch(/ended with 0\n$/);
  });
});
