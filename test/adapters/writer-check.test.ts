/** The doctor's line on who else sets the replicas, for answers as a real API server gives them. */
import { describe, expect, it } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import type { Call, Kubernetes } from "../../job/adapters/kubernetes-http.ts";
import { writerCheck } from "../../job/adapters/writer-check.ts";
import { WRITER_ADVICE } from "../../job/core/policy/writer.ts";
import { config } from "../fakes/config.ts";

/** An API server that names these owners, and shows (or refuses) the object. */
function server(conflicts: readonly string[], object: unknown = new ClusterError("GET", 403, "Forbidden", "no")) {
  const calls: Call[] = [];
  const api: Kubernetes = {
    send: async (call) => {
      calls.push(call);
      if (call.method === "GET") {
        if (object instanceof Error) throw object;
        return object;
      }
      if (conflicts.length === 0) return {};
      const causes = conflicts.map((message) => ({ reason: "FieldManagerConflict", field: ".spec.replicas", message }));
      throw new ClusterError("PATCH", 409, "Conflict", "Apply failed", { causes });
    },
    close: () => {},
  };
  return { api, calls };
}
const conflict = (manager: string, more = "") => `conflict with "${manager}"${more} using autoscaling/v1`;
const scale = ' with subresource "scale"';
const applied = (spec: object) => ({
  metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ spec }) } },
});
const line = (conflicts: readonly string[], object?: unknown) =>
  writerCheck(server(conflicts, object).api, config(), 3);

describe("writerCheck", () => {
  it.each([
    ["nobody", [], /no manifest holds them/],
    ["only we", [conflict("prophet-autoscaler", scale)], /no manifest holds them/],
    ["a person, once", [conflict("kubectl", scale)], /last set by hand, by kubectl \(scale\)/],
    ["whoever created it", [conflict("kubectl-create")], /by hand, by kubectl-create/],
  ])("is content with %s", async (_who, conflicts, message) => {
    expect(await line(conflicts)).toMatchObject({ status: "ok", message: expect.stringMatching(message) });
  });

  it("warns of a manifest, by the name of who applies it, and says what to do", async () => {
    expect(await line([conflict("argocd-controller"), conflict("prophet-autoscaler", scale)])).toEqual({
      check: "who else sets the replicas of web",
      status: "warn",
      message: "argocd-controller set them in a manifest: each sync undoes what the job does",
      todo: WRITER_ADVICE,
    });
  });

  it("warns of a manifest that kubectl noted, though the field is ours by now", async () => {
    const ours = [conflict("prophet-autoscaler", scale)];
    expect(await line(ours, applied({ replicas: 2 }))).toMatchObject({
      status: "warn",
      message: expect.stringMatching(/^kubectl apply set them/),
    });
    expect(await line(ours, applied({ template: {} }))).toMatchObject({ status: "ok" });
    const broken = { metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "}{" } } };
    expect(await line(ours, broken)).toMatchObject({ status: "ok" });
  });

  it("warns of an HPA", async () => {
    expect(await line([conflict("kube-controller-manager", scale)])).toMatchObject({
      status: "warn",
      message: "an HPA was the last to set them",
    });
  });

  it("asks without changing anything, under another name than ours, for another number than there is", async () => {
    const { api, calls } = server([]);
    await writerCheck(api, config(), 3);
    const patch = calls.find((call) => call.method === "PATCH")!;
    expect(patch.path).toMatch(/\/scale\?dryRun=All&fieldManager=prophet-autoscaler-question$/);
    expect(patch).toMatchObject({ contentType: "application/apply-patch+yaml", body: { spec: { replicas: 4 } } });
  });

  it("is a warning where it may not ask", async () => {
    const api: Kubernetes = {
      send: () => Promise.reject(new ClusterError("PATCH scale", 403, "Forbidden", "may not")),
      close: () => {},
    };
    expect(await writerCheck(api, config(), 3)).toMatchObject({
      status: "warn",
      message: expect.stringContaining("403 Forbidden"),
    });
  });
});
