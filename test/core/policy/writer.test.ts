/** Another writer of the replicas: said by name where it is known, counted, and never a change of the decision. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { otherWriteOf, WRITER_ADVICE } from "../../../job/core/policy/writer.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import type { LastWrite } from "../../../job/core/state/types.ts";
import { NOW } from "../../fakes/config.ts";
import { policyInput } from "../../fakes/policy-input.ts";

const inputOf = (lastWritten: LastWrite | null, otherWriter?: string) =>
  policyInput({
    quantileCores: 2.5,
    memory: { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }], lastWritten },
    conditions: otherWriter === undefined ? {} : { otherWriter },
  });
const undone = (overruled: number): LastWrite => ({ at: NOW - 60, replicas: 2, overruled, foreign: true });

describe("otherWriteOf", () => {
  it("is silent while the replicas are ours, or nothing was written", () => {
    expect(otherWriteOf(inputOf(null, "kubectl"))).toBeNull();
    expect(otherWriteOf(inputOf({ at: NOW - 60, replicas: 2, overruled: 0 }, "kubectl"))).toBeNull();
  });

  it("names the manager, or says that there is one", () => {
    const known = { replicas: 2, times: 1, since: NOW - 60 };
    const message = "argocd-controller set 2 replicas after our last change";
    expect(otherWriteOf(inputOf(undone(1), "argocd-controller"))).toEqual({
      ...known,
      by: "argocd-controller",
      message,
    });
    const unnamed = "another writer set 2 replicas after our last change";
    expect(otherWriteOf(inputOf(undone(1)))).toEqual({ ...known, by: null, message: unnamed });
  });

  it.each([
    [2, "2nd"],
    [3, "3rd"],
    [4, "4th"],
    [10, "10th"],
    [11, "11th"],
    [12, "12th"],
    [13, "13th"],
    [14, "14th"],
    [21, "21st"],
    [22, "22nd"],
    [113, "113th"],
    [112, "112th"],
  ])("counts how often: %i", (times, word) => {
    expect(otherWriteOf(inputOf(undone(times)))?.message).toMatch(new RegExp(`, the ${word} time in a row$`));
  });

  it("is in the decision and its trail, and does not change the decision", () => {
    const [told, without] = [decide(inputOf(undone(1), "kubectl")).decision, decide(inputOf(null)).decision];
    expect(told.otherWriter).toMatchObject({ by: "kubectl", times: 1 });
    expect(told.trail[0]).toMatchObject({ stage: "writer", from: 2, to: 2, reason: "ChangedByOther" });
    expect(told.trail.map((e) => e.stage).filter((stage) => stage !== "writer")).toEqual(
      without.trail.map((e) => e.stage),
    );
    expect(told).toMatchObject({ action: "scale", replicas: without.replicas, reason: without.reason });
  });

  it("after repeated resets says who, and what to do", () => {
    const { decision } = decide(inputOf(undone(3), "argocd-controller"));
    expect(decision).toMatchObject({ action: "hold", replicas: 2, reason: "Overruled" });
    expect(decision.message).toContain("argocd-controller undid our last 3 changes");
    expect(decision.message).toContain(WRITER_ADVICE);
  });
});
