/** The fault bench's own judgement: each promise is found broken where it is, and its cases are as many as the page says. */
import { describe, expect, test } from "vitest";
import { CASES } from "../../bench/faults/all-cases.ts";
import { held, KINDS, scaled } from "../../bench/faults/fault-case.ts";
import { broken, PROMISES } from "../../bench/faults/invariants.ts";
import { faultsPage } from "../../bench/faults/page.ts";
import type { CaseObservation } from "../../bench/faults/run-case.ts";

const memory = (at: number, replicas: number) =>
  JSON.stringify({ v: 1, t: { "lane/stress-app": { w: [at, replicas] }, "faults/neighbour": { w: [at, 5] } } });
const now = 1_700_000_000;
const fault = { kind: "data", name: "a", expect: held("NoData", /no sample/) } as const;
const told = { name: "stress-app", action: "held", from: 8, to: 8, reason: "NoData", message: "no sample" };
const sound: CaseObservation = {
  ended: { code: 0, stdout: "", stderr: "", milliseconds: 300, mebibytes: 90 },
  milliseconds: 300,
  mebibytes: 90,
  told: [told],
  before: new Map([["stress-app", 8]]),
  beforeLast: new Map([["stress-app", 8]]),
  after: new Map([["stress-app", 8]]),
  stateBefore: memory(now - 60, 5),
  stateAfter: memory(now - 60, 5),
  calls: [{ text: "GET /scale", status: 200 }],
  bounds: [2, 20],
  timeout: 10,
  events: ["FailedRescale"],
  written: "held",
  now,
};
const at = (stress: number) => new Map([["stress-app", stress]]);
const write = { text: "PATCH /apis/apps/v1/namespaces/a/deployments/stress-app/scale ", status: 200 };
const secrets = ["cAnary-token"];

/** The promise by its number, and an observation that breaks it. */
const breaks: readonly (readonly [string, number, Partial<CaseObservation>])[] = [
  ["replicas that were lowered", 0, { after: at(5) }],
  ["replicas below the minimum", 1, { after: at(1) }],
  ["replicas above the maximum", 1, { after: at(21) }],
  ["two writes", 2, { calls: [write, write] }],
  ["a state that is gone", 3, { stateAfter: null }],
  ["a neighbour that is gone", 3, { stateAfter: JSON.stringify({ v: 1, t: { "lane/stress-app": { w: [now, 5] } } }) }],
  [
    "recommendations that are gone",
    3,
    { stateAfter: JSON.stringify({ v: 1, t: { "lane/stress-app": {}, "faults/neighbour": { w: [now - 60, 5] } } }) },
  ],
  ["a state that grew", 3, { stateAfter: `${memory(now - 60, 5)}${" ".repeat(2000)}` }],
  ["a process that was late", 4, { milliseconds: 15_001 }],
  ["a process that had to be ended", 4, { ended: { ...sound.ended, code: null } }],
  ["too much memory", 5, { mebibytes: 193 }],
  ["memory that nobody measured", 5, { mebibytes: 0 }],
  ["another exit code", 6, { ended: { ...sound.ended, code: 1 } }],
  ["another outcome", 6, { told: [{ ...told, reason: "StaleData" }] }],
  ["another message", 6, { told: [{ ...told, message: "fine" }] }],
  ["a claim that is not so", 6, { told: [{ ...told, action: "scaled", to: 5 }] }],
  ["no JSON", 6, { told: null }],
  ["a secret", 7, { written: "Bearer cAnary-token" }],
  ["a secret in base64", 7, { written: Buffer.from("cAnary-token").toString("base64") }],
  ["a control character", 7, { written: "\u001b[31m" }],
];

describe("the promises", () => {
  test("hold where nothing is wrong", () => {
    expect(broken(fault, sound, secrets)).toEqual([]);
    const out = { ...sound, told: [{ ...told, action: "scaled", to: 5 }], after: at(5), calls: [write] };
    expect(broken({ ...fault, expect: scaled(5) }, out, secrets)).toEqual([]);
  });

  test.each(breaks)("%s", (_name, promise, change) => {
    const found = broken(fault, { ...sound, ...change }, secrets).map(([name]) => name);
    expect(found).toContain(PROMISES[promise]);
  });

  test("an Event that is missing, and one that should not be there", () => {
    const wrong = (expect_: object) => broken({ ...fault, expect: { ...fault.expect, ...expect_ } }, sound, secrets);
    expect(wrong({ event: "FailedRescale", noEvent: "Blind" })).toEqual([]);
    expect(wrong({ event: "Blind" })).toEqual([[PROMISES[6], "no Event Blind: FailedRescale"]]);
    expect(wrong({ noEvent: "FailedRescale" })).toEqual([[PROMISES[6], "an Event FailedRescale"]]);
  });

  test("each is broken by one of these", () => {
    expect(new Set(breaks.map(([, promise]) => promise)).size).toBe(PROMISES.length);
  });
});

describe("the cases", () => {
  test("are of every kind, and named once", () => {
    const names = CASES.map(({ kind, name }) => `${kind}: ${name}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
    expect(CASES.length).toBeGreaterThanOrEqual(250);
  });

  test("stand on the page, with what was broken", () => {
    const row = { fault, seen: sound, broken: [[PROMISES[0]!, "lowered"]] as const };
    expect(faultsPage([row])).toContain("1 promises were broken");
    const known = faultsPage([{ ...row, fault: { ...fault, gap: "why it is so" } }]);
    expect(known).toContain("No promise was broken, but for the 1 known gaps below.");
    expect(known).toMatch(/\| a \| Replicas are never lowered on doubt\. \| why it is so \|/);
    expect(known).toMatch(/\| a \| real \| held 8, NoData \| 0 \| 300 \| 90 \| no sample \|/);
  });
});
