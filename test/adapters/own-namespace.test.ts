/** Where objects are whose namespace nobody gives: as kubectl has it, and never an error. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ownNamespace } from "../../job/adapters/own-namespace.ts";

const folder = mkdtempSync(join(tmpdir(), "namespace-"));
afterAll(() => rmSync(folder, { recursive: true }));

function kubeconfig(name: string, current: string, contexts: Readonly<Record<string, string | undefined>>): string {
  const file = join(folder, name);
  const list = Object.entries(contexts).map(([context, namespace]) => ({ name: context, context: { namespace } }));
  writeFileSync(file, JSON.stringify({ "current-context": current, contexts: list }));
  return file;
}

const one = kubeconfig("one", "a", { a: "shop", b: "data", c: undefined });
const two = kubeconfig("two", "d", { d: "other" });
const pod = join(folder, "pod");
writeFileSync(pod, "team\n");
const inCluster = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };

describe("ownNamespace", () => {
  it.each<[string, object, Record<string, string>, string | undefined]>([
    ["the kubeconfig's current context", { kubeconfig: one }, {}, "shop"],
    ["the context that is named", { kubeconfig: one, context: "b" }, {}, "data"],
    ["a context without one", { kubeconfig: one, context: "c" }, {}, undefined],
    ["a context that is not there", { kubeconfig: one, context: "x" }, {}, undefined],
    ["KUBECONFIG", {}, { KUBECONFIG: two }, "other"],
    ["the flag rather than KUBECONFIG", { kubeconfig: one }, { KUBECONFIG: two }, "shop"],
    ["the first of several files, contexts of all", { context: "d" }, { KUBECONFIG: `${one}:${two}` }, "other"],
    ["the pod's own in a cluster", {}, inCluster, "team"],
    ["a kubeconfig rather than the pod's", {}, { ...inCluster, KUBECONFIG: two }, "other"],
    ["nothing at all", {}, {}, undefined],
    ["a file that is not there", { kubeconfig: join(folder, "none") }, {}, undefined],
    ["a folder", { kubeconfig: folder }, {}, undefined],
  ])("%s", async (_name, settings, env, expected) => {
    expect(await ownNamespace(settings, env, pod)).toBe(expected);
  });

  it("the home's kubeconfig, and nothing where it makes no sense", async () => {
    mkdirSync(join(folder, ".kube"));
    const config = join(folder, ".kube/config");
    for (const text of [
      "contexts: 5\ncurrent-context: a",
      "contexts: [{}, null, 3]\ncurrent-context: a",
      "[",
      "a: *b",
      "",
    ]) {
      writeFileSync(config, text);
      expect(await ownNamespace({}, { HOME: folder }, pod)).toBeUndefined();
    }
    writeFileSync(config, "current-context: x\ncontexts: [{ name: x, context: { namespace: home } }]");
    expect(await ownNamespace({}, { HOME: folder }, pod)).toBe("home");
    expect(await ownNamespace({}, { ...inCluster, HOME: folder }, join(folder, "gone"))).toBe("home");
  });
});
