/** Where the state and targets without a namespace are: what is said, else the job's own, never where the first target happens to be. */
import { expect, it } from "vitest";
import { loadSettings } from "../../job/config/load.ts";

const target = (more = "") => `{ scaleTargetRef: { name: web }, targetCpu: 1, ${more} }`;

it.each<[string, string, Record<string, string>, string | undefined, readonly [string, string]]>([
  ["nothing said, nothing known", target(), {}, undefined, ["default", "default"]],
  ["the job's own: the pod's, or the kubeconfig context's", target(), {}, "team", ["team", "team"]],
  ["a target elsewhere", target("namespace: shop"), {}, "team", ["shop", "team"]],
  ["a flag", target(), { namespace: "given" }, "team", ["given", "given"]],
  ["a flag and a target elsewhere", target("namespace: shop"), { namespace: "given" }, "team", ["shop", "given"]],
])("%s", async (_name, first, flags, own, [ofTarget, ofState]) => {
  const settings = await loadSettings({
    flags: { config: "a.yaml", ...flags },
    env: {},
    readFile: async () => `targets: [${first}]`,
    ownNamespace: async () => own,
  });
  expect(settings.targets[0]!.namespace).toBe(ofTarget);
  expect(settings.state.configMap.namespace).toBe(ofState);
});

it("a namespace of the ConfigMap's own goes before all", async () => {
  const settings = await loadSettings({
    flags: { config: "a.yaml", namespace: "given" },
    env: {},
    readFile: async () => `state: { configMap: { namespace: ours } }\ntargets: [${target()}]`,
    ownNamespace: async () => "team",
  });
  expect(settings.state.configMap.namespace).toBe("ours");
});
