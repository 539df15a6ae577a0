/** The stages that only hold, each by itself at its edges: what is just held and what just passes. */
import { describe, expect, it } from "vitest";
import {
  cooldownStage,
  dataStage,
  dropStage,
  fallbackStage,
  missingStage,
  partialStage,
  rolloutStage,
  toleranceStage,
} from "../../../job/core/policy/guards.ts";
import { stabiliseStage } from "../../../job/core/policy/limits.ts";
import type { Draft, PolicyInput, Verdict } from "../../../job/core/policy/stage.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { missing, policyInput, quality, remembered } from "../../fakes/policy-input.ts";

const draft = (replicas: number, urgent = 0): Draft => ({
  replicas,
  urgent,
  level: 0.7,
  value: 1,
  factor: 1,
  recommendation: replicas,
  metrics: [],
});
/** "replicas reason", short where nothing was changed. */
const told = (verdict: Verdict | null) =>
  verdict === null
    ? "nothing"
    : `${verdict.replicas} ${verdict.reason === "DesiredWithinRange" ? "passed" : verdict.reason}`;
const metric = (input: PolicyInput) => input.metrics[0]!;

describe("the data", () => {
  it("are told with their age, and without one where there is no sample", () => {
    const age = (seconds: number) => {
      const input = policyInput({ quality: { ...quality("act", "DataComplete"), age: seconds } });
      return dataStage(draft(2), metric(input), input)?.detail.age;
    };
    expect([age(5), age(Number.POSITIVE_INFINITY)]).toEqual([5, null]);
  });
});

describe("tolerance", () => {
  const tolerance = (to: number, urgent = 0, current = 10) => {
    const rules = behavior({ tolerance: 0.1 }, { tolerance: 0.2 });
    return told(toleranceStage(draft(to, urgent), policyInput({ current, config: config({ behavior: rules }) })));
  };

  it("holds a change of its share or less, each direction by its own", () => {
    expect([11, 12, 10, 8, 7].map((to) => tolerance(to))).toEqual([
      "10 WithinTolerance",
      "12 passed",
      "10 passed",
      "10 WithinTolerance",
      "7 passed",
    ]);
  });

  it("says what there was to hold", () => {
    const message = (to: number) => toleranceStage(draft(to, 0), policyInput({ current: 10 }))?.message;
    expect([message(10), message(20)]).toEqual(["change is none", "change is outside the tolerance"]);
  });

  it("never holds back what is needed now", () => {
    expect([tolerance(22, 21, 20), tolerance(22, 22, 20), tolerance(22, 30, 20)]).toEqual([
      "21 WithinTolerance",
      "22 passed",
      "22 passed",
    ]);
  });
});

describe("cooldown", () => {
  const settings = config({ scaleUpCooldown: 120, scaleDownCooldown: 300, interval: 60 });
  const cooldown = (to: number, ago: number, urgent = 0) => {
    const changes = [
      { at: NOW - ago - 500, from: 1, to: 2 },
      { at: NOW - ago, from: 2, to: 5 },
    ];
    return cooldownStage(
      draft(to, urgent),
      policyInput({ current: 5, config: settings, memory: { ...BLANK, changes } }),
    );
  };

  it("holds until the run nearest to its end, each direction by its own", () => {
    expect([89, 90].map((ago) => told(cooldown(7, ago)))).toEqual(["5 CooldownActive", "7 passed"]);
    expect([269, 270].map((ago) => told(cooldown(3, ago)))).toEqual(["5 CooldownActive", "3 passed"]);
    expect(cooldown(3, 269)!.message).toBe("changed 269 s ago, cooldown 300 s");
    expect(cooldown(3, 200)!.detail).toMatchObject({ left: 70 });
  });

  it("holds nothing that is needed now, nor what stays, nor the first change", () => {
    expect([told(cooldown(7, 10, 6)), told(cooldown(7, 10, 5)), told(cooldown(3, 10, 6))]).toEqual([
      "7 passed",
      "5 CooldownActive",
      "5 CooldownActive",
    ]);
    expect(told(cooldown(5, 10))).toBe("5 passed");
    const first = cooldownStage(draft(7), policyInput({ current: 5, config: settings }));
    expect([told(first), first!.detail.left]).toEqual(["7 passed", null]);
  });
});

describe("a sudden drop", () => {
  const drop = (to: number, dropHoldUntil: number | null) =>
    told(dropStage(draft(to), policyInput({ current: 5, memory: { ...BLANK, dropHoldUntil } })));

  it("holds what would go, until its end", () => {
    expect([drop(3, NOW + 1), drop(3, NOW), drop(3, null)]).toEqual(["5 SuddenDrop", "3 passed", "3 passed"]);
    expect([drop(5, NOW + 1), drop(7, NOW + 1)]).toEqual(["5 passed", "7 passed"]);
  });
});

describe("missing pods", () => {
  const count = (to: number, lacking: number) => {
    const input = policyInput({ current: 5, missing: lacking });
    const made = { ...metric(input), missing: lacking };
    return told(missingStage(draft(to), made, input));
  };

  it("count at their full target before a scale-in, and at nothing before a scale-out", () => {
    expect([count(2, 0), count(2, 1), count(2, 3), count(2, 9)]).toEqual([
      "2 passed",
      "3 MissingPods",
      "5 MissingPods",
      "5 MissingPods",
    ]);
    expect([count(5, 2), count(7, 2)]).toEqual(["5 passed", "7 passed"]);
  });
});

describe("partial data", () => {
  const partial = (to: number, verdict: "act" | "upOnly") => {
    const input = policyInput({ current: 5, quality: quality(verdict, "GapsInData") });
    return told(partialStage(draft(to), metric(input), input));
  };

  it("add pods, and take none", () => {
    expect([partial(4, "upOnly"), partial(5, "upOnly"), partial(6, "upOnly"), partial(4, "act")]).toEqual([
      "5 UpOnlyOnPartialData",
      "5 passed",
      "6 passed",
      "4 passed",
    ]);
  });
});

describe("the fallback", () => {
  const fallback = (seconds: number, current = 2, settings = config({ fallback: { after: 120, replicas: 4 } })) => {
    const input = policyInput({ current, config: settings, memory: missing(seconds) });
    const made = fallbackStage(draft(current), metric(input), input);
    return [told(made), made?.next?.urgent];
  };

  it("acts when its time is over, never below the current, and is not held back", () => {
    expect(fallback(119)).toEqual(["2 passed", undefined]);
    expect(fallback(120)).toEqual(["4 FallbackReplicas", 4]);
    expect(fallback(120, 6)).toEqual(["6 FallbackReplicas", 6]);
    expect(fallback(9999, 2, config())).toEqual(["2 passed", undefined]);
  });

  it("waits from when the metric is known to be missing", () => {
    const input = policyInput({ config: config({ fallback: { after: 0.5, replicas: 4 } }), memory: BLANK });
    expect(told(fallbackStage(draft(2), metric(input), input))).toBe("2 passed");
  });
});

describe("a rollout", () => {
  const rollout = (to: number, demand: number, going = true) => {
    const input = policyInput({ current: 5, demand, conditions: { rollout: going } });
    const metrics = [{ input: metric(input), draft: draft(to), state: "usable" as const, why: null }];
    return told(rolloutStage({ ...draft(to), metrics }, input));
  };

  it("takes no pods, and adds those that are needed now", () => {
    // half a core a pod
    expect(rollout(3, 1)).toBe("5 RolloutInProgress");
    expect(rollout(9, 1)).toBe("5 RolloutInProgress");
    expect(rollout(9, 3.2)).toBe("7 RolloutInProgress");
    expect(rollout(9, 30)).toBe("9 RolloutInProgress");
    expect(rollout(9, 1, false)).toBe("9 passed");
  });
});

describe("the last pod", () => {
  const queue = { name: "queue", query: "q", averageValue: 1, activation: 0 };
  const settings = config({
    minReplicas: 0,
    metrics: [queue],
    idlePeriod: 600,
    behavior: behavior({}, { stabilizationWindowSeconds: 0 }),
  });
  const idle = (ago: number, replicas: number, to = 0, current = 1) =>
    told(stabiliseStage(draft(to), policyInput({ current, config: settings, memory: remembered([ago, replicas]) })));

  it("goes after a whole idle period", () => {
    expect([idle(599, 1), idle(600, 1), idle(599, 0)]).toEqual(["1 ScaleDownStabilized", "0 passed", "0 passed"]);
    expect([idle(599, 1, 0, 0), idle(599, 3, 2, 3)]).toEqual(["0 passed", "2 passed"]);
  });
});
